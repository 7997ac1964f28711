import { KubernetesError } from './errors'
import type { Kubernetes, KubernetesObject } from './kubernetes'

type Resource = { name: string; kind: string; namespaced: boolean }

/** Kinds asked for often, so that discovery is not needed for them. */
const KNOWN: Record<string, Resource> = {
  'v1/Namespace': { name: 'namespaces', kind: 'Namespace', namespaced: false },
  'v1/Secret': { name: 'secrets', kind: 'Secret', namespaced: true },
  'v1/ConfigMap': { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
  'v1/Node': { name: 'nodes', kind: 'Node', namespaced: false },
  'v1/Pod': { name: 'pods', kind: 'Pod', namespaced: true },
}

/** `/api/v1` or `/apis/<group>/<version>`. */
export const groupPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

/**
 * The path of an object, by the API's own discovery for kinds that the panel does not know by heart.
 * Throws `kubernetes.not-found` (a definition that is not there yet, say) naming the kind.
 */
export async function objectPath(
  object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'>,
  kubernetes: Pick<Kubernetes, 'get'>,
): Promise<string> {
  const { apiVersion, kind, metadata } = object
  const resource = KNOWN[`${apiVersion}/${kind}`] ?? (await discover(apiVersion, kind, kubernetes))
  const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : ''
  return `${groupPath(apiVersion)}${namespace}/${resource.name}/${metadata.name}`
}

async function discover(
  apiVersion: string,
  kind: string,
  kubernetes: Pick<Kubernetes, 'get'>,
): Promise<Resource> {
  const list = (await kubernetes.get(groupPath(apiVersion))) as { resources?: Resource[] } | null
  // Subresources ("pods/status") share their kind with the resource.
  const found = list?.resources?.find((each) => each.kind === kind && !each.name.includes('/'))
  if (found) return found
  throw new KubernetesError(
    'kubernetes.not-found',
    `The cluster knows no ${kind} of ${apiVersion}. Its definition comes with an add-on that is not installed or not ready.`,
    { status: 404 },
  )
}

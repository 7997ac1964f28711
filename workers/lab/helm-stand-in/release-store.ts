import type { Kubernetes, KubernetesObject } from '@/lib/kubernetes/kubernetes'

/** One revision of a release, kept as Helm 3 keeps it: a Secret of type helm.sh/release.v1. */
export type Release = {
  name: string
  namespace: string
  revision: number
  status: string
  chart: string
  version: string
  labels: Record<string, string>
  objects: KubernetesObject[]
}

const secretName = ({ name, revision }: Pick<Release, 'name' | 'revision'>) =>
  `sh.helm.release.v1.${name}.v${revision}`

/** Stores a revision, or its new status. */
export async function saveRelease(kubernetes: Kubernetes, release: Release): Promise<void> {
  const { name, namespace, revision, status, labels } = release
  await kubernetes.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretName(release),
      namespace,
      labels: { ...labels, owner: 'helm', name, status, version: String(revision) },
    },
    type: 'helm.sh/release.v1',
    data: { release: Buffer.from(JSON.stringify(release)).toString('base64') },
  })
}

/** Every stored revision of one release or of all, oldest first. */
export async function listReleases(
  kubernetes: Kubernetes,
  of: { namespace?: string; name?: string } = {},
): Promise<Release[]> {
  const path =
    of.namespace === undefined ? '/api/v1/secrets' : `/api/v1/namespaces/${of.namespace}/secrets`
  const labelSelector = of.name === undefined ? 'owner=helm' : `owner=helm,name=${of.name}`
  const secrets = await kubernetes.list(path, { labelSelector })
  return secrets
    .map((secret) => {
      const text = Buffer.from((secret.data as { release: string }).release, 'base64').toString(
        'utf8',
      )
      return {
        ...(JSON.parse(text) as Release),
        status: secret.metadata.labels?.status ?? 'unknown',
      }
    })
    .sort((a, b) => a.revision - b.revision)
}

export const deleteRelease = (kubernetes: Kubernetes, release: Release): Promise<void> =>
  kubernetes.delete(`/api/v1/namespaces/${release.namespace}/secrets/${secretName(release)}`)

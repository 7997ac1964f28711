import { type KubeAnswer, problem } from './answer'
import { type Kube, type KubeObject, list } from './kube'
import type { Resource } from './resources'
import { isAvailable } from './workloads'

/** Webhooks that add-ons bring: API group -> the deployment that answers for it. */
const WEBHOOKS: Record<string, { namespace: string; deployment: string; name: string }> = {
  'metallb.io': {
    namespace: 'metallb-system',
    deployment: 'metallb-controller',
    name: 'ipaddresspoolvalidationwebhook.metallb.io',
  },
  'cert-manager.io': {
    namespace: 'cert-manager',
    deployment: 'cert-manager-webhook',
    name: 'webhook.cert-manager.io',
  },
}

/** Why an object is refused, null if it is let in: its namespace, and its add-on's webhook. */
export function admission(kube: Kube, resource: Resource, object: KubeObject): KubeAnswer | null {
  const namespace = object.metadata.namespace
  if (resource.namespaced && namespace && !kube.objects[`/api/v1/namespaces/${namespace}`]) {
    return problem(404, 'NotFound', `namespaces "${namespace}" not found`)
  }
  const webhook = WEBHOOKS[resource.group]
  if (!webhook) return null
  const deployment = list(kube, '/apis/apps/v1/deployments', webhook.namespace).find(
    (each) => each.metadata.name === webhook.deployment,
  )
  if (deployment && isAvailable(deployment)) return null
  return problem(
    500,
    'InternalError',
    `Internal error occurred: failed calling webhook "${webhook.name}": failed to call webhook: Post "https://${webhook.deployment}.${webhook.namespace}.svc:443/": no endpoints available for service "${webhook.deployment}"`,
  )
}

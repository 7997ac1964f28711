import { type Kube, type KubeObject, type KubeWorld, list, pathIn, put } from './kube'
import { isAvailable } from './workloads'

const SERVICES = '/api/v1/services'

const deployment = (kube: Kube, namespace: string, name: string) =>
  list(kube, '/apis/apps/v1/deployments', namespace).find((each) => each.metadata.name === name)

const runs = (kube: Kube, namespace: string, name: string) => {
  const found = deployment(kube, namespace, name)
  return found !== undefined && isAvailable(found)
}

/** What add-ons do once they run: MetalLB gives addresses, cert-manager signs, the metrics API answers. */
export function reconcileServices(kube: Kube, world: KubeWorld): void {
  if (runs(kube, 'metallb-system', 'metallb-controller')) assignAddresses(kube, world)
  if (runs(kube, 'cert-manager', 'cert-manager')) {
    for (const kind of ['certificates', 'clusterissuers', 'issuers']) {
      const collection = `/apis/cert-manager.io/v1/${kind}`
      for (const object of list(kube, collection)) setReady(kube, collection, object, world)
    }
  }
  const metrics = '/apis/apiregistration.k8s.io/v1/apiservices'
  for (const object of list(kube, metrics)) {
    if (!runs(kube, 'kube-system', 'metrics-server')) continue
    setCondition(kube, metrics, object, 'Available', world)
  }
}

const setReady = (kube: Kube, collection: string, object: KubeObject, world: KubeWorld) =>
  setCondition(kube, collection, object, 'Ready', world)

function setCondition(
  kube: Kube,
  collection: string,
  object: KubeObject,
  type: string,
  world: KubeWorld,
): void {
  const status = { conditions: [{ type, status: 'True' }] }
  if (JSON.stringify(object.status) === JSON.stringify(status)) return
  put(
    kube,
    pathIn(collection, object.metadata.name, object.metadata.namespace),
    { ...object, status },
    world,
  )
}

type ServiceStatus = { loadBalancer?: { ingress?: { ip: string }[] } }

function assignAddresses(kube: Kube, world: KubeWorld): void {
  const ranges = list(kube, '/apis/metallb.io/v1beta1/ipaddresspools').flatMap(
    (pool) => (pool.spec as { addresses: string[] }).addresses,
  )
  const services = list(kube, SERVICES)
  const taken = new Set(
    services.flatMap(
      (each) =>
        ((each.status ?? {}) as ServiceStatus).loadBalancer?.ingress?.map(({ ip }) => ip) ?? [],
    ),
  )
  for (const service of services) {
    if ((service.spec as { type?: string }).type !== 'LoadBalancer') continue
    if (((service.status ?? {}) as ServiceStatus).loadBalancer?.ingress?.length) continue
    const ip = ranges.flatMap(addressesOf).find((each) => !taken.has(each))
    if (!ip) continue
    taken.add(ip)
    const path = pathIn(SERVICES, service.metadata.name, service.metadata.namespace)
    put(kube, path, { ...service, status: { loadBalancer: { ingress: [{ ip }] } } }, world)
  }
}

/** `10.2.0.100-10.2.0.150`: the addresses of a range within one /24; a single address as itself. */
function addressesOf(range: string): string[] {
  const [from = '', to = from] = range.split('-').map((each) => each.trim())
  const base = from.slice(0, from.lastIndexOf('.') + 1)
  const first = Number(from.slice(base.length))
  const last = Number(to.slice(to.lastIndexOf('.') + 1))
  return Array.from({ length: last - first + 1 }, (_, index) => `${base}${first + index}`)
}

import { parseAllDocuments } from 'yaml'
import { nestsDeeper } from '@/lib/base/yaml-nesting'

/** The YAML library ends the process at the end of the stack. */
const MOST_LEVELS = 64

type Bag = Record<string, unknown>

/** What the simulated kubeadm reads of a configuration file. */
export type KubeadmConfig = {
  apiVersion: string
  nodeName: string | null
  advertiseAddress: string | null
  endpoint: { name: string; port: number } | null
  clusterName: string
  version: string
  podCidr: string
  serviceCidr: string
  certSans: string[]
  certificateKey: string | null
  skipProxy: boolean
  token: string | null
  controlPlane: boolean
}

const bag = (value: unknown): Bag =>
  typeof value === 'object' && value !== null ? (value as Bag) : {}
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

function endpointOf(value: unknown): KubeadmConfig['endpoint'] {
  const [name, port] = (text(value) ?? '').split(':')
  return name ? { name, port: Number(port ?? 6443) } : null
}

/** Null if it is no kubeadm configuration. */
export function parseKubeadm(source: string): KubeadmConfig | null {
  if (nestsDeeper(source, MOST_LEVELS)) return null
  const documents = parseAllDocuments(source).map((each) => bag(each.toJS()))
  const of = (kind: string) => documents.find((each) => each.kind === kind)
  const init = of('InitConfiguration')
  const join = of('JoinConfiguration')
  const cluster = bag(of('ClusterConfiguration'))
  const own = init ?? join
  if (!own) return null
  const registration = bag(own.nodeRegistration)
  const networking = bag(cluster.networking)
  const controlPlane = bag(join?.controlPlane)
  const discovery = bag(bag(bag(join).discovery).bootstrapToken)
  const localApi = bag(own.localAPIEndpoint ?? controlPlane.localAPIEndpoint)
  return {
    apiVersion: text(own.apiVersion) ?? '',
    nodeName: text(registration.name),
    advertiseAddress: text(localApi.advertiseAddress),
    endpoint: endpointOf(cluster.controlPlaneEndpoint ?? discovery.apiServerEndpoint),
    clusterName: text(cluster.clusterName) ?? 'kubernetes',
    version: text(cluster.kubernetesVersion) ?? 'v1.29.0',
    podCidr: text(networking.podSubnet) ?? '',
    serviceCidr: text(networking.serviceSubnet) ?? '10.96.0.0/12',
    certSans: Array.isArray(bag(cluster.apiServer).certSANs)
      ? (bag(cluster.apiServer).certSANs as string[])
      : [],
    certificateKey: text(init?.certificateKey ?? controlPlane.certificateKey),
    skipProxy:
      Array.isArray(init?.skipPhases) && (init.skipPhases as string[]).includes('addon/kube-proxy'),
    token: text(discovery.token),
    controlPlane: join?.controlPlane !== undefined,
  }
}

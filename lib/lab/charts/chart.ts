import type { KubeObject } from '../kubernetes/kube'

/** What a chart is rendered with. */
export type ChartInput = {
  release: string
  namespace: string
  values: Record<string, unknown>
}

/** What a simulated chart makes: its objects in the order in which they are applied. */
export type Chart = {
  /** Definitions first, as Helm installs them. */
  definitions?: {
    group: string
    version: string
    plural: string
    kind: string
    cluster?: boolean
  }[]
  /** Throws {@link ChartError} where the real templates would refuse the values. */
  render(input: ChartInput): KubeObject[]
}

/** Rendering failed, in Helm's words. */
export class ChartError extends Error {
  override name = 'ChartError'
}

/** A value by its dotted path. */
export function valueAt(values: Record<string, unknown>, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) =>
        typeof node === 'object' && node !== null
          ? (node as Record<string, unknown>)[key]
          : undefined,
      values,
    )
}

type WorkloadOptions = {
  image: string
  replicas?: number
  labels?: Record<string, string>
  namespace?: string
  hostNetwork?: boolean
  /** Runs on control planes too. */
  everywhere?: boolean
}

/** A deployment, stateful set or daemon set of one container. */
export function workload(
  { release, namespace }: ChartInput,
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  options: WorkloadOptions,
): KubeObject {
  const labels = {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': release,
    ...options.labels,
  }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: options.namespace ?? namespace, labels },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: options.replicas ?? 1 }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...(options.hostNetwork ? { hostNetwork: true } : {}),
          ...(options.everywhere ? { tolerations: [{ operator: 'Exists' }] } : {}),
          containers: [{ name, image: options.image }],
        },
      },
    },
  }
}

/** A storage class. */
export const storageClass = (name: string, provisioner: string, isDefault = false): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name,
    ...(isDefault
      ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }
      : {}),
  },
  provisioner,
})

/** A service of the release's namespace. */
export const service = ({ namespace }: ChartInput, name: string, type: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { type, ports: [{ port: 80 }, { port: 443 }] },
})

/** The monitor object that many charts offer; refused by the API until its definition is there. */
export const serviceMonitor = ({ namespace }: ChartInput, name: string): KubeObject => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { name, namespace },
  spec: {},
})

import { stringify } from 'yaml'
import { formatIpv4, parseCidr } from '@/lib/topology/ipv4'
import type { ClusterRef, GuestRef, K3sRef, K3sServers } from '../step'

/** Everything that the panel writes for k3s on a machine. */
export const K3S = {
  binary: '/usr/local/bin/k3s',
  folder: '/etc/rancher/k3s',
  config: '/etc/rancher/k3s/config.yaml',
  /** Mode 0600: what joins as a server, and what joins as an agent. */
  token: '/etc/rancher/k3s/token',
  agentToken: '/etc/rancher/k3s/agent-token',
  registries: '/etc/rancher/k3s/registries.yaml',
  auditPolicy: '/etc/rancher/k3s/audit-policy.yaml',
  auditLogs: '/var/lib/rancher/k3s/server/logs',
} as const

/**
 * What k3s would install by itself. None of it is wanted: what runs in a cluster is what its
 * document draws, and those add-ons come as charts of the catalogue.
 */
export const PACKAGED = ['local-storage', 'metrics-server', 'servicelb', 'traefik'] as const

const HEAD = '# Written by Drawbridge.\n'
const DNS_ADDRESS = 10

export type K3sNode = {
  guest: GuestRef
  /** `https://name:port` of the servers that are there; null on the one that begins the cluster. */
  server: string | null
  labels: Readonly<Record<string, string>>
}

/** config.yaml of a server (`k3s server --help`, docs.k3s.io/cli/server; names of flags without dashes). */
export function serverConfig(cluster: ClusterRef, servers: K3sServers, node: K3sNode): string {
  const k3s = cluster.k3s as K3sRef
  return file({
    ...nodeConfig(node, K3S.token),
    'agent-token-file': K3S.agentToken,
    ...(node.server === null && k3s.datastore === 'etcd' ? { 'cluster-init': true } : {}),
    ...(servers.dedicated
      ? { 'node-taint': ['node-role.kubernetes.io/control-plane:NoSchedule'] }
      : {}),
    'write-kubeconfig-mode': '0600',
    'tls-san': servers.certSans,
    'cluster-cidr': cluster.podCidr,
    'service-cidr': cluster.serviceCidr,
    'cluster-dns': dnsAddress(cluster.serviceCidr),
    disable: [...PACKAGED],
    ...networkConfig(cluster, k3s),
    ...(servers.encryptSecrets ? { 'secrets-encryption': true } : {}),
    // Prometheus must reach their metrics.
    'kube-controller-manager-arg': ['bind-address=0.0.0.0'],
    'kube-scheduler-arg': ['bind-address=0.0.0.0'],
    ...(servers.audit ? { 'kube-apiserver-arg': auditArgs(servers.audit.keepDays) } : {}),
    ...(k3s.datastore === 'etcd'
      ? {
          'etcd-expose-metrics': true,
          'etcd-snapshot-schedule-cron': '0 */6 * * *',
          'etcd-snapshot-retention': 12,
        }
      : {}),
  })
}

/** config.yaml of an agent (docs.k3s.io/cli/agent). */
export const agentConfig = (node: K3sNode): string => file(nodeConfig(node, K3S.agentToken))

const nodeConfig = ({ guest, server, labels }: K3sNode, tokenFile: string) => ({
  ...(server === null ? {} : { server }),
  'token-file': tokenFile,
  'node-name': guest.name,
  // A node may have a second NIC; without this k3s may pick its address.
  'node-ip': guest.address,
  'node-label': Object.entries(labels).map(([key, value]) => `${key}=${value}`),
  'kubelet-arg': ['container-log-max-files=3', 'container-log-max-size=10Mi'],
})

/** Another network than flannel does its own policies; in eBPF mode it takes kube-proxy's place too. */
const networkConfig = ({ cniMode }: ClusterRef, { network }: K3sRef) =>
  network === 'flannel'
    ? {}
    : {
        'flannel-backend': 'none',
        'disable-network-policy': true,
        ...(cniMode === 'ebpf' ? { 'disable-kube-proxy': true } : {}),
      }

const auditArgs = (keepDays: number) => [
  `audit-policy-file=${K3S.auditPolicy}`,
  `audit-log-path=${K3S.auditLogs}/audit.log`,
  `audit-log-maxage=${keepDays}`,
  'audit-log-maxbackup=10',
  'audit-log-maxsize=100',
]

/** The tenth address of the services, where Kubernetes puts its DNS by custom. Empty for no CIDR. */
function dnsAddress(serviceCidr: string): string {
  const cidr = parseCidr(serviceCidr)
  return cidr === null ? '' : formatIpv4(cidr.first + DNS_ADDRESS)
}

const LEVELS = {
  metadata: 'Metadata',
  request: 'Request',
  'request-response': 'RequestResponse',
} as const

/** What the API server writes down: never the content of Secrets and tokens, whatever the level. */
export function auditPolicy(level: keyof typeof LEVELS): string {
  const secrets = [{ group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] }]
  return file({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version'] },
      { level: 'Metadata', resources: secrets },
      { level: LEVELS[level] },
    ],
  })
}

const file = (content: object) => `${HEAD}${stringify(content, { lineWidth: 0 })}`

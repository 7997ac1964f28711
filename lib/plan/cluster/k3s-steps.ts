import type { Cluster } from '@/lib/topology/topology'
import type { K3sMirror, K3sServers, Step } from '../step'
import { machineStep } from './machine-step'
import type { Member, WantedCluster } from './wanted'

/** Days that the API server's audit log is kept if the document names none. */
const AUDIT_DAYS = 30

/** The release on a machine, checked against its published sum, and how it pulls images. */
export const k3sStep = (wanted: WantedCluster, member: Member): Step =>
  machineStep(
    wanted,
    'guest.k3s',
    member,
    {
      guest: member.guest,
      release: wanted.ref.k3s?.release ?? '',
      mirrors: mirrorsOf(wanted.cluster),
      cas: wanted.cluster.cas ?? [],
    },
    {
      needs: [`guest.kernel:${member.vm.id}`],
      reason: `k3s ${wanted.ref.k3s?.release}: Kubernetes, its container runtime and kubectl in one program.`,
    },
  )

/**
 * The first server: its datastore, its authority, its API. Of a cluster that is there it moves the
 * data from SQLite to etcd, so that others can join (docs.k3s.io/datastore/ha-embedded).
 */
export const foundStep = (wanted: WantedCluster, member: Member, needs: string[]): Step => ({
  ...machineStep(
    wanted,
    'k3s.server',
    member,
    {
      cluster: wanted.ref,
      guest: member.guest,
      servers: serversOf(wanted),
      labels: labelsAtBirth(wanted, member),
    },
    wanted.exists
      ? {
          needs,
          reason: `${wanted.ref.name} keeps its data in SQLite, which one server has to itself; for several it moves to etcd. The API is away for a minute.`,
          effect: 'change',
        }
      : { needs, reason: `The cluster ${wanted.ref.name} does not exist.`, effect: 'create' },
  ),
  id: `k3s.server:${wanted.id}`,
  object: ['clusters', wanted.id],
})

/** A further server: another member of etcd, so that they come one at a time. */
export const joinServerStep = (wanted: WantedCluster, member: Member, needs: string[]): Step =>
  machineStep(
    wanted,
    'k3s.join-server',
    member,
    {
      cluster: wanted.ref,
      guest: member.guest,
      servers: serversOf(wanted),
      labels: labelsAtBirth(wanted, member),
    },
    {
      needs,
      reason: `${member.vm.name} is not a server of ${wanted.ref.name} yet.`,
      effect: 'create',
    },
  )

/** An agent: it runs pods. */
export const joinAgentStep = (wanted: WantedCluster, member: Member, needs: string[]): Step =>
  machineStep(
    wanted,
    'k3s.join-agent',
    member,
    { cluster: wanted.ref, guest: member.guest, labels: labelsAtBirth(wanted, member) },
    {
      needs,
      reason: `${member.vm.name} is not a node of ${wanted.ref.name} yet.`,
      effect: 'create',
    },
  )

/** Names and addresses that the certificate of the API servers is for. */
export function certSans({ ref, loadBalancers, controlPlanes }: WantedCluster): string[] {
  const sans = [
    ref.endpoint.name,
    ref.endpoint.address,
    ...loadBalancers.map(({ guest }) => guest.address),
    ...controlPlanes.flatMap(({ guest, vm }) => [guest.address, vm.name]),
  ]
  return [...new Set(sans)]
}

/** Zone = what fails together: the host, or its named failure domain. */
export function zoneOf({ topology }: WantedCluster, { vm }: Member): string {
  const host = vm.host === null ? undefined : topology.hosts?.[vm.host]
  return host?.failureDomain ?? vm.host ?? 'unknown'
}

/**
 * Labels that a kubelet may give itself (NodeRestriction refuses it the roles), so that the first
 * pods are spread already. What changes later is the labels step's.
 */
const labelsAtBirth = (wanted: WantedCluster, member: Member) => ({
  'topology.kubernetes.io/zone': zoneOf(wanted, member),
})

function serversOf(wanted: WantedCluster): K3sServers {
  const { cluster } = wanted
  return {
    certSans: certSans(wanted),
    dedicated: cluster.workers.length > 0,
    encryptSecrets: cluster.encryptSecrets ?? false,
    audit: cluster.audit
      ? { level: cluster.audit.level, keepDays: cluster.audit.keepDays ?? AUDIT_DAYS }
      : null,
  }
}

const mirrorsOf = ({ registries }: Cluster): K3sMirror[] =>
  Object.values(registries ?? {}).map(({ registry, mirror, ca, user, password }) => ({
    ...{ registry, mirror },
    ...{ ca: ca ?? null, user: user ?? null, password: password?.$secret ?? null },
  }))

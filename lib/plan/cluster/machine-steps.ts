import { DEFAULT_EXPORT, DEFAULT_LONGHORN_PATH } from '@/lib/topology/resolve-cluster'
import { sandboxImage } from '../files/containerd'
import type { Step } from '../step'
import { k3sStep } from './k3s-steps'
import { machineStep } from './machine-step'
import type { Member, WantedCluster } from './wanted'

/** Where releases of k3s are fetched from. */
const K3S_HOST = 'github.com'

/** Id of the step after which a machine answers over SSH. */
const ready = ({ vm }: Member) => `guest.ready:${vm.id}`

const reach = (wanted: WantedCluster, member: Member): Step =>
  machineStep(
    wanted,
    'guest.reach',
    member,
    {
      guest: member.guest,
      gateway: member.vm.nics.find((nic) => nic.gateway !== null)?.gateway ?? null,
      ntp: wanted.topology.access?.ntp ?? [],
      ...(wanted.ref.k3s ? { probe: K3S_HOST } : {}),
    },
    {
      needs: [ready(member)],
      reason: 'Route, names and time must work before packages are fetched.',
    },
  )

/** The load balancer in front of the API servers. It must run before the first control plane. */
export function loadBalancerSteps(wanted: WantedCluster, member: Member): Step[] {
  const backends = wanted.controlPlanes.map(({ vm, guest }) => ({
    name: vm.name,
    address: guest.address,
  }))
  return [
    reach(wanted, member),
    machineStep(
      wanted,
      'guest.haproxy',
      member,
      {
        ...{ guest: member.guest, port: wanted.resolved.endpoint.port, backends },
        ...(wanted.ref.k3s ? { anonymous: false as const } : {}),
      },
      {
        needs: [`guest.reach:${member.vm.id}`],
        reason: `Stands in front of the API of ${backends.length} control planes.`,
      },
    ),
  ]
}

/** The NFS server: formats only a disk without any signature. */
export function nfsSteps(wanted: WantedCluster, member: Member): Step[] {
  const disk = member.vm.disks.find((each) => each.use === 'nfs')
  if (!disk?.serial) return []
  return [
    reach(wanted, member),
    machineStep(
      wanted,
      'guest.nfs',
      member,
      {
        guest: member.guest,
        serial: disk.serial,
        mount: disk.mount ?? DEFAULT_EXPORT,
        clients: nfsClients(wanted),
      },
      {
        needs: [`guest.reach:${member.vm.id}`],
        reason: `Exports ${disk.mount ?? DEFAULT_EXPORT} (${disk.sizeGib} GiB) to the nodes.`,
      },
    ),
  ]
}

/** CIDRs that may mount: the export's own network if every worker stands in it too, and the nodes'. */
export function nfsClients(wanted: WantedCluster): string[] {
  const networks = new Set(wanted.workers.flatMap(({ vm }) => vm.nics.map((nic) => nic.network)))
  const cidrs = [...networks].flatMap((id) => wanted.topology.networks?.[id]?.cidr ?? [])
  return [...new Set(cidrs)].sort()
}

/** Everything that a machine needs before it becomes a node. The last id is `lastNodeStep`. */
export function nodeSteps(wanted: WantedCluster, member: Member): Step[] {
  const { vm, guest } = member
  const longhorn = vm.disks.find((disk) => disk.use === 'longhorn')
  return [
    reach(wanted, member),
    machineStep(
      wanted,
      'guest.kernel',
      member,
      { guest },
      {
        needs: [`guest.reach:${vm.id}`],
        reason: 'Kubernetes needs these kernel modules, forwarding, and no swap.',
      },
    ),
    ...(wanted.ref.k3s ? [k3sStep(wanted, member)] : packageSteps(wanted, member)),
    ...(longhorn?.serial
      ? [
          machineStep(
            wanted,
            'guest.data-disk',
            member,
            { guest, serial: longhorn.serial, mount: longhorn.mount ?? DEFAULT_LONGHORN_PATH },
            {
              needs: [softwareStep(wanted, member)],
              reason: `Longhorn keeps its replicas on this disk (${longhorn.sizeGib} GiB).`,
            },
          ),
        ]
      : []),
  ]
}

/** Id of the last of {@link nodeSteps}. */
export const lastNodeStep = (wanted: WantedCluster, member: Member) =>
  member.vm.disks.some((disk) => disk.use === 'longhorn' && disk.serial)
    ? `guest.data-disk:${member.vm.id}`
    : softwareStep(wanted, member)

const softwareStep = ({ ref }: WantedCluster, { vm }: Member) =>
  ref.k3s ? `guest.k3s:${vm.id}` : `guest.kube-packages:${vm.id}`

/** Container runtime and kubeadm's packages. */
function packageSteps(wanted: WantedCluster, member: Member): Step[] {
  const { vm, guest } = member
  const { version } = wanted.ref
  return [
    machineStep(
      wanted,
      'guest.containerd',
      member,
      { guest, sandboxImage: sandboxImage(version) },
      { needs: [`guest.kernel:${vm.id}`], reason: 'Pods need a container runtime.' },
    ),
    machineStep(
      wanted,
      'guest.kube-packages',
      member,
      { guest, version },
      {
        needs: [`guest.containerd:${vm.id}`],
        reason: `kubeadm, kubelet and kubectl ${version}.`,
      },
    ),
  ]
}

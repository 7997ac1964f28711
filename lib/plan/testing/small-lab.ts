import { resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import { alignSpec } from '../align-spec'
import type { PlanContext } from '../context'
import { toSpec } from '../desired'
import { formatMarker } from '../marker'
import type { Observed, ObservedGuest, ObservedVm, Seen } from '../observed'
import { proxmoxHosts } from '../places'
import { wantTemplate } from '../template-steps'

/** For tests: a small homelab with one VM of each role, everything allocated. */
export function smallLab(): Topology {
  const nic = (n: number, pool?: string) => ({
    lan: {
      network: 'k8s',
      ...(pool ? { pool } : {}),
      address: `10.2.0.${n}`,
      mac: `BC:24:11:00:00:${n.toString(16).toUpperCase().padStart(2, '0')}`,
    },
  })
  const vm = (vmid: number, n: number) => ({
    ...{ host: 'pve1', vmid, template: 'jammy', size: 'small', nics: nic(n) },
  })
  return {
    drawbridge: 1,
    name: 'Small lab',
    hosts: {
      pve1: {
        ...{ role: 'proxmox', connection: 'lab', memoryMib: 131_072, cpuThreads: 32 },
        storages: {
          local: { kind: 'dir', sizeGib: 100, content: ['iso', 'import', 'backup'] },
          'local-lvm': { kind: 'lvmthin', sizeGib: 1800, content: ['images'] },
        },
      },
    },
    networks: { k8s: { cidr: '10.2.0.0/24', vlan: 20, gateway: '10.2.0.1' } },
    sizes: { small: { cpus: 2, memoryMib: 4096, diskGib: 40 } },
    templates: {
      jammy: {
        ...{ vmid: 9000, os: 'ubuntu', release: '22.04' },
        image: { url: 'https://images.example/jammy.img' },
      },
    },
    vms: {
      lb: { role: 'load-balancer', ...vm(200, 5) },
      m1: { role: 'control-plane', ...vm(201, 11) },
      w1: {
        role: 'worker',
        ...vm(202, 31),
        disks: { root: { kind: 'system' }, data: { kind: 'data', sizeGib: 100, use: 'longhorn' } },
      },
      w2: { role: 'worker', ...vm(203, 32) },
      box: { role: 'plain', ...vm(204, 90) },
    },
  } as Topology
}

export const CONTEXT: PlanContext & { problems: [] } = {
  topologyId: 'small',
  panelId: 'p1',
  revision: 7,
  durations: {},
  connections: ['lab'],
  now: 1_000_000,
  problems: [],
}

const known = <T>(value: T): Seen<T> => ({ state: 'known', value, at: 1000 })

/** For tests: the world after a perfect deploy of everything in `topology`, clusters left out. */
export function deployed(topology: Topology, context: PlanContext = CONTEXT): Observed {
  const observed = empty(topology)
  const guests: ObservedGuest[] = []
  for (const vm of resolveVms(topology)) {
    const spec = toSpec(vm)
    const seen: ObservedVm = {
      ...{ vmid: vm.vmid ?? 0, node: vm.host ?? '', running: true, lock: null, uptimeS: 100 },
      ...{ digest: 'd', uuid: `uuid-${vm.id}`, spec: alignSpec(spec, spec), pending: [] },
      addresses: vm.nics.flatMap((nic) => nic.address ?? []),
      ...{ cpuLoad: 0, memoryUsedMib: 100, seedAttached: false },
    }
    observed.vms[vm.id] = known(seen)
    guests.push(guest(vm.vmid ?? 0, vm.name, formatMarker({ ...context, kind: 'vms', id: vm.id })))
  }
  for (const id of Object.keys(topology.templates ?? {})) {
    const wanted = wantTemplate(topology, id, context)
    if ('refused' in wanted) continue
    const { ref, specHash } = wanted
    observed.templates[id] = known({
      ...{ vmid: ref.vmid, node: ref.at.node, name: ref.name, baked: true, specHash },
    })
    guests.push({ ...guest(ref.vmid, ref.name, ref.marker), template: true })
  }
  const host = observed.hosts.pve1
  if (host?.state === 'known') host.value.guests = guests
  return observed
}

/** For tests: hosts that answer and hold nothing. */
export function empty(topology: Topology): Observed {
  const content = ['images', 'iso', 'import']
  const storage = { type: 'dir', totalGib: 1000, usedGib: 10, content, active: true }
  const host = (node: string) => ({
    ...{ node, version: '9.0.4', cpuThreads: 32, memoryMib: 131_072, memoryUsedMib: 0, uptimeS: 9 },
    ...{ cpuLoad: 0, storages: { local: storage, 'local-lvm': storage } },
    ...{ bridges: ['vmbr0'], guests: [] as ObservedGuest[] },
  })
  const absent = <T>(): Seen<T> => ({ state: 'absent', at: 1000 })
  const keys = (map: object | undefined) => Object.keys(map ?? {})
  return {
    at: 1000,
    hosts: Object.fromEntries(proxmoxHosts(topology).map((id) => [id, known(host(id))])),
    templates: Object.fromEntries(keys(topology.templates).map((id) => [id, absent()])),
    vms: Object.fromEntries(keys(topology.vms).map((id) => [id, absent()])),
    clusters: Object.fromEntries(keys(topology.clusters).map((id) => [id, absent()])),
    parked: [],
  }
}

export const guest = (vmid: number, name: string, marker: string | null): ObservedGuest => ({
  ...{ vmid, name, kind: 'qemu', running: true, template: false, cpus: 2, memoryMib: 4096 },
  ...{ diskGib: 40, marker },
})

/** For tests and benches: so many workers and one control plane on one large host. */
export function bigLab(vms: number): Topology {
  const lab = smallLab()
  const made = Array.from({ length: vms }, (_, i) => {
    const [high, low] = [(i >> 8) & 255, i & 255]
    const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0')
    const nics = {
      lan: {
        ...{ network: 'k8s', address: `10.2.${high}.${low}` },
        mac: `BC:24:11:00:${hex(high)}:${hex(low)}`,
      },
    }
    const role = i === 0 ? 'control-plane' : 'worker'
    return [
      `vm-${i}`,
      { role, host: 'pve1', vmid: 10_000 + i, template: 'jammy', size: 'small', nics },
    ]
  })
  const networks = { k8s: { ...lab.networks!.k8s!, cidr: '10.2.0.0/16' } }
  return { ...lab, networks, vms: Object.fromEntries(made) } as Topology
}

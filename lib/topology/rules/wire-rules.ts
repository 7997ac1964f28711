import { DEFAULT_BRIDGE } from '../defaults'
import type { Problem } from '../problem'
import type { Switch } from '../topology'
import { blocker, fixTo, listed, note, warning } from './rule'
import type { Survey, SurveyedHost } from './survey'

const DEFAULT_MTU = 1500

/** Hosts with VMs in each network. */
function hostsOf({ nics }: Survey): Map<string, Set<string>> {
  const hosts = new Map<string, Set<string>>()
  for (const { vm, nic } of nics) {
    if (vm.vm.host === undefined) continue
    const found = hosts.get(nic.network)
    if (found) found.add(vm.vm.host)
    else hosts.set(nic.network, new Set([vm.vm.host]))
  }
  return hosts
}

/** `host.no-bridge`, `network.mtu-bridge`, `nic.mtu`: what a host's bridges carry. Source: qemu-server QemuServer.pm, "MTU is bigger than the bridge MTU". */
export function bridgesCarryTheirNetworks(survey: Survey): Problem[] {
  const members = hostsOf(survey)
  const hostById = new Map(survey.proxmox.map((each) => [each.id, each]))
  const networks = survey.networks.flatMap(({ id, network }) => {
    const bridge = network.bridge ?? DEFAULT_BRIDGE
    return [...(members.get(id) ?? [])].flatMap((hostId) => {
      const bridges = hostById.get(hostId)?.host.bridges
      if (!bridges || network.sdn) return []
      const found = bridges[bridge]
      if (!found) {
        // The panel makes it, without a port where the host's entry gives none.
        if (network.realise === 'bridge') return []
        return [
          blocker(
            'host.no-bridge',
            ['networks', id, 'bridge'],
            `${id} is on bridge ${bridge} and ${hostId} has ${listed(Object.keys(bridges)) || 'none'} - Proxmox refuses the VMs there. Write the bridge that carries it.`,
          ),
        ]
      }
      const mtu = found.mtu ?? DEFAULT_MTU
      if (network.mtu === undefined || network.mtu <= mtu) return []
      const path = ['hosts', hostId, 'bridges', bridge, 'mtu']
      return [
        blocker(
          'network.mtu-bridge',
          path,
          `${id} has an MTU of ${network.mtu} and bridge ${bridge} of ${hostId} passes ${mtu} - Proxmox refuses to start a VM whose MTU is above its bridge's. Raise the bridge, and the switch with it.`,
          fixTo(`Raise ${bridge} to ${network.mtu}`, {
            path,
            ...(found.mtu === undefined ? {} : { from: found.mtu }),
            to: network.mtu,
          }),
        ),
      ]
    })
  })
  const nics = survey.nics.flatMap(({ nic, path, vm, id }) => {
    const mtu = survey.networkById.get(nic.network)?.network.mtu ?? DEFAULT_MTU
    if (nic.mtu === undefined || nic.mtu <= mtu) return []
    return [
      warning(
        'nic.mtu',
        [...path, 'mtu'],
        `${id} of ${vm.id} sends packets of ${nic.mtu} and ${nic.network} carries ${mtu} - larger ones are lost without a word, and transfers hang half-way. Leave its MTU to the network.`,
        fixTo('Leave it to the network', { path: [...path, 'mtu'], from: nic.mtu }),
      ),
    ]
  })
  return [...networks, ...nics]
}

/** What is plugged into what: by machine, the switches it hangs on, and by switch its machines. */
type Cabling = ReadonlyMap<string, ReadonlySet<string>>

function cablingOf(switches: readonly (readonly [string, Switch])[]): Cabling {
  const cables = new Map<string, Set<string>>()
  const join = (a: string, b: string) => {
    cables.set(a, (cables.get(a) ?? new Set()).add(b))
    cables.set(b, (cables.get(b) ?? new Set()).add(a))
  }
  for (const [id, { links, portMap }] of switches) {
    for (const to of links ?? []) join(id, to)
    for (const { to } of Object.values(portMap ?? {})) if (to !== undefined) join(id, to)
  }
  return cables
}

/** The machines from one to the other, both included; null if no cable is written. Only switches pass frames on. */
function pathBetween(cables: Cabling, switches: ReadonlySet<string>, from: string, to: string) {
  const came = new Map<string, string | null>([[from, null]])
  const queue = [from]
  for (let i = 0; i < queue.length; i++) {
    const here = queue[i]!
    if (here === to) {
      const path: string[] = []
      for (let at: string | null = here; at !== null; at = came.get(at) ?? null) path.unshift(at)
      return path
    }
    if (here !== from && !switches.has(here)) continue
    for (const next of cables.get(here) ?? []) {
      if (came.has(next)) continue
      came.set(next, here)
      queue.push(next)
    }
  }
  return null
}

/** `network.vlan-not-carried`, `network.mtu-switch`: what lies between the hosts of a network and its router. */
export function switchesPassTheirNetworks(survey: Survey): Problem[] {
  const switches = Object.entries(survey.topology.switches ?? {})
  if (switches.length === 0) return []
  const byId = new Map(switches)
  const ids = new Set(byId.keys())
  const cables = cablingOf(switches)
  const members = hostsOf(survey)
  const told = new Set<string>()
  return survey.networks.flatMap(({ id, network }) => {
    const hosts = [...(members.get(id) ?? [])]
    const [first] = hosts
    const end = network.router ?? first
    if (end === undefined) return []
    return hosts.flatMap((host) => {
      const path = host === end ? null : pathBetween(cables, ids, host, end)
      return (path ?? []).flatMap((machine, i) => {
        const each = byId.get(machine)
        if (!each) return []
        const neighbours = [path![i - 1], path![i + 1]].filter((next) => next !== undefined)
        return [
          ...(network.vlan === undefined ? [] : untagged(id, machine, each, neighbours)),
          ...(network.mtu === undefined ? [] : tooSmall(id, network.mtu, machine, each)),
        ].filter((problem) => {
          const key = `${problem.path.join('/')} ${id}`
          return !told.has(key) && told.add(key)
        })
      })
    })
  })
}

/** Ports towards a neighbour on the way that do not carry the network. A port that is not written says nothing. */
function untagged(
  network: string,
  id: string,
  { portMap }: Switch,
  neighbours: readonly string[],
): Problem[] {
  return Object.entries(portMap ?? {}).flatMap(([port, each]) => {
    if (each.to === undefined || !neighbours.includes(each.to)) return []
    if (each.untagged === network || each.tagged?.includes(network)) return []
    const path = ['switches', id, 'portMap', port, 'tagged']
    return [
      warning(
        'network.vlan-not-carried',
        path,
        `Port ${port} of ${id}, towards ${each.to}, does not carry ${network}, and the way between its VMs and its router goes through it - frames end there. Tag it.`,
        fixTo(`Tag ${network} on ${port}`, {
          path,
          ...(each.tagged ? { from: each.tagged } : {}),
          to: [...(each.tagged ?? []), network],
        }),
      ),
    ]
  })
}

function tooSmall(network: string, mtu: number, id: string, each: Switch): Problem[] {
  const passes = each.mtu ?? DEFAULT_MTU
  if (mtu <= passes) return []
  return [
    warning(
      'network.mtu-switch',
      ['switches', id, 'mtu'],
      `${network} has an MTU of ${mtu} and switch ${id}, on the way, passes ${passes}${each.mtu === undefined ? ' unless it says otherwise' : ''} - larger packets are dropped without a word. Switch jumbo frames on there and write its MTU.`,
    ),
  ]
}

/** `switch.unmanaged-tagged`: a plan of ports for a switch that cannot be told. */
export function unmanagedSwitchesAreDumb({ topology }: Survey): Problem[] {
  return Object.entries(topology.switches ?? {}).flatMap(([id, { managed, portMap }]) => {
    if (managed !== false) return []
    const told = Object.entries(portMap ?? {}).filter(
      ([, { tagged, untagged: native }]) => (tagged?.length ?? 0) > 0 || native !== undefined,
    )
    const [first] = told
    if (!first) return []
    return [
      warning(
        'switch.unmanaged-tagged',
        ['switches', id, 'portMap', first[0]],
        `${told.length === 1 ? `Port ${first[0]}` : `${told.length} ports`} of ${id} would carry chosen networks, and ${id} cannot be configured - it passes every tag to every port, or none. Use a managed switch, or take the ports' networks away.`,
      ),
    ]
  })
}

/** Below so much a storage network holds up a single NVMe or SATA disk: 2,500 Mbit/s are 298 MiB/s. */
const FAST_MBIT = 2500

/** What a host's cable carries at most: its fastest port and its switch's; null where nothing is written. */
function speedOf({ id, host }: SurveyedHost, switches: readonly (readonly [string, Switch])[]) {
  const nics = Object.values(host.nics ?? {}).flatMap(({ speedMbit }) => speedMbit ?? [])
  const ports = switches.flatMap(([, each]) => {
    const own = Object.values(each.portMap ?? {}).find(({ to }) => to === id)
    if (!own && !each.links?.includes(id)) return []
    return own?.speedMbit ?? each.speedMbit ?? []
  })
  const known = [
    ...(nics.length > 0 ? [Math.max(...nics)] : []),
    ...(ports.length > 0 ? [Math.max(...ports)] : []),
  ]
  return known.length === 0 ? null : Math.min(...known)
}

/** `network.storage-slow`: volumes that cross a slow wire. */
export function storageHasAFastWire(survey: Survey): Problem[] {
  const switches = Object.entries(survey.topology.switches ?? {})
  const byId = new Map(survey.proxmox.map((each) => [each.id, each]))
  return survey.clusters.flatMap(([id, { workers, nfs, addOns }]) => {
    const hostOf = (vm: string) => survey.vmById.get(vm)?.vm.host
    const used = new Set(workers.flatMap((vm) => hostOf(vm) ?? []))
    const server = nfs === undefined ? undefined : hostOf(nfs)
    const longhorn = addOns?.longhorn && addOns.longhorn.enabled !== false
    const what = [
      ...(longhorn && used.size > 1 ? ['Longhorn replicas'] : []),
      ...(server !== undefined && [...used].some((host) => host !== server) ? ['NFS volumes'] : []),
    ]
    if (what.length === 0) return []
    if (server !== undefined) used.add(server)
    const speeds = [...used].flatMap((hostId) => {
      const host = byId.get(hostId)
      const mbit = host ? speedOf(host, switches) : null
      return mbit === null ? [] : [{ hostId, mbit }]
    })
    const slowest = speeds.toSorted((a, b) => a.mbit - b.mbit)[0]
    if (!slowest || slowest.mbit >= FAST_MBIT) return []
    const mib = Math.floor((slowest.mbit * 1e6) / 8 / 1024 ** 2)
    return [
      note(
        'network.storage-slow',
        ['clusters', id, nfs === undefined || longhorn ? 'workers' : 'nfs'],
        `${listed(what)} of ${id} cross the wire of ${slowest.hostId}, which carries ${slowest.mbit.toLocaleString('en')} Mbit/s, ${mib} MiB/s - one SATA SSD writes four times that, and a rebuilt replica fills it. 2,500 Mbit/s or a storage network of its own helps.`,
      ),
    ]
  })
}

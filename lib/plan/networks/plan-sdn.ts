import { vnetOf } from '@/lib/topology/plug'
import type { Network, Topology } from '@/lib/topology/topology'
import type { PlanContext } from '../context'
import type { HoldOn } from '../holds'
import { makeStep } from '../make-step'
import { formatMarker, parseMarker } from '../marker'
import type { ObservedSdn } from '../observed'
import { placeOf, proxmoxHosts } from '../places'
import type { ObjectChange } from '../plan'
import { whyUnknown } from '../refusals'
import type { SdnVnet, SdnZone, Step } from '../step'
import { missingPrivilege, type NetworkDraft, type NetworkInput } from './plan-bridges'
import { membersOf } from './wanted-interfaces'

/** One network of the document that is wanted in the SDN of one Proxmox. */
type Wanted = { id: string; network: Network; sdn: NonNullable<Network['sdn']>; vnet: string }

const sdnLock = (connection: string): string => `sdn:${connection}`

/**
 * Zones, VNets and subnets that the document asks for and that are missing, not as asked or not on
 * every node: one step for each Proxmox, because the SDN is applied as a whole and everywhere.
 */
export function planSdn(input: NetworkInput, on: HoldOn): NetworkDraft {
  const draft: NetworkDraft = {
    ...{ steps: [], changes: [], refusals: [], notes: [] },
    makes: new Map(),
  }
  const byConnection = wantVnets(input.topology, on)
  for (const [connection, wanted] of byConnection) planConnection(connection, wanted, input, draft)
  draft.notes.push(...leftovers(input, byConnection))
  return draft
}

/** By connection: networks in its SDN that have a VM on one of its hosts. */
function wantVnets(topology: Topology, on: HoldOn): Map<string, Wanted[]> {
  const members = membersOf(topology)
  const found = new Map<string, Wanted[]>()
  for (const [id, network] of Object.entries(topology.networks ?? {})) {
    const { sdn } = network
    if (!sdn || on(['networks', id])) continue
    const connections = [...(members.get(id) ?? [])].flatMap(
      (host) => placeOf(topology, host)?.connection ?? [],
    )
    for (const connection of new Set(connections))
      found.set(connection, [
        ...(found.get(connection) ?? []),
        { id, network, sdn, vnet: vnetOf(id, network) },
      ])
  }
  return found
}

function planConnection(
  connection: string,
  wanted: readonly Wanted[],
  input: NetworkInput,
  draft: NetworkDraft,
): void {
  const { context, observed, topology } = input
  const object = ['networks', wanted[0]?.id ?? '']
  // Also where it is refused: one reason is enough, its VMs need not say that the VNet is missing.
  for (const hostId of proxmoxHosts(topology))
    if (placeOf(topology, hostId)?.connection === connection)
      for (const { vnet } of wanted)
        draft.makes.set(`${hostId} ${vnet}`, `sdn.network:${connection}`)
  const seen = observed.sdn?.[connection]
  if (seen?.state !== 'known') {
    draft.refusals.push({
      code: 'plan.unknown-sdn',
      message: `The SDN of ${connection} cannot be planned - ${whyUnknown(seen, context.now)} - refresh, then plan again.`,
      object,
    })
    return
  }
  const zones = wantZones(connection, wanted, seen.value, input, draft)
  const vnets = wanted.flatMap((each) => wantVnet(each, zones, seen.value, input, draft))
  const todo = {
    zones: zones.filter(({ zone }) => !seen.value.zones.some((each) => each.zone === zone)),
    vnets: vnets.filter((each) => !isAsWanted(each, seen.value)),
  }
  const lacking = nodesLacking(wanted, seen.value)
  if (todo.zones.length === 0 && todo.vnets.length === 0 && lacking.length === 0) return
  if (seen.value.mayChange === false)
    draft.refusals.push(missingPrivilege(`The SDN of ${connection}`, 'SDN.Allocate', object))
  const foreign = foreignStaged(seen.value, context, todo.zones)
  if (foreign.length > 0)
    draft.refusals.push({
      code: 'plan.foreign-network-changes',
      message: `The SDN of ${connection} cannot be changed - changes of ${foreign.join(', ')} are staged that are not ours, and Proxmox would apply them along - apply or revert them under Datacenter > SDN in Proxmox, then plan again.`,
      object,
    })
  const step = makeStep(
    context,
    'sdn.network',
    { connection, ...todo, remove: { vnets: [], zones: [] } },
    {
      ...{ of: connection, object, effect: 'change', locks: [sdnLock(connection)] },
      reason:
        todo.vnets.length > 0
          ? `${todo.vnets.map(({ vnet }) => vnet).join(', ')} is not there or not as asked`
          : `${lacking.join(', ')} has not taken it over`,
    },
  )
  draft.steps.push(step)
  draft.changes.push(...wanted.flatMap((each) => toChange(each, todo, seen.value, step.reason)))
  draft.notes.push(
    `Applying the SDN reloads the network of every node of ${connection} at once, also of those that have no VM of this document.`,
  )
}

/** The kinds of zone that need nothing which the document does not say. */
const MADE = ['simple', 'vlan', 'vxlan'] as const
const isMade = (kind: string): kind is SdnZone['kind'] => MADE.some((each) => each === kind)

function wantZones(
  connection: string,
  wanted: readonly Wanted[],
  seen: ObservedSdn,
  { topology }: NetworkInput,
  draft: NetworkDraft,
): SdnZone[] {
  const refuse = (id: string, code: string, message: string) =>
    draft.refusals.push({ code, message, object: ['networks', id] })
  const zones = new Map<string, SdnZone>()
  for (const { id, network, sdn } of wanted) {
    const there = seen.zones.find(({ zone }) => zone === sdn.zone)
    const bridge = sdn.kind === 'vlan' ? (network.bridge ?? 'vmbr0') : null
    if (there && there.kind !== sdn.kind)
      refuse(
        id,
        'plan.zone-differs',
        `${id} cannot be made - zone ${sdn.zone} of ${connection} is of the kind ${there.kind} and not ${sdn.kind} - choose another zone, or write its kind.`,
      )
    else if (there && bridge !== null && there.bridge !== bridge)
      refuse(
        id,
        'plan.zone-differs',
        `${id} cannot be made - zone ${sdn.zone} of ${connection} stands on ${there.bridge ?? 'no bridge'} and not on ${bridge} - choose another zone, or write its bridge.`,
      )
    else if (!isMade(sdn.kind)) {
      if (!there)
        refuse(
          id,
          'plan.zone-by-hand',
          `${id} cannot be made - a zone of the kind ${sdn.kind} needs a controller or an outer tag that the document has no place for - add zone ${sdn.zone} under Datacenter > SDN in Proxmox, then plan again.`,
        )
    } else if (!zones.has(sdn.zone)) {
      const peers = sdn.kind === 'vxlan' ? peersOf(topology, connection) : []
      if (peers === null)
        refuse(
          id,
          'plan.no-peer-address',
          `${id} cannot be made - a zone of the kind vxlan names the address of every host, and one of ${connection} has none written - write it.`,
        )
      else
        zones.set(sdn.zone, {
          ...{ zone: sdn.zone, kind: sdn.kind, bridge, peers, mtu: network.mtu ?? null },
        })
    }
  }
  return [...zones.values()]
}

/** Addresses of all hosts of a Proxmox; null where one is not written. */
function peersOf(topology: Topology, connection: string): string[] | null {
  const hosts = proxmoxHosts(topology).filter(
    (id) => placeOf(topology, id)?.connection === connection,
  )
  const addresses = hosts.flatMap((id) => topology.hosts?.[id]?.address ?? [])
  return addresses.length === hosts.length ? addresses.toSorted() : null
}

/** Empty where somebody else's VNet is used as it is. */
function wantVnet(
  { id, network, sdn, vnet }: Wanted,
  zones: readonly SdnZone[],
  seen: ObservedSdn,
  { context }: NetworkInput,
  draft: NetworkDraft,
): SdnVnet[] {
  const marker = formatMarker({ ...context, kind: 'networks', id })
  const there = seen.vnets.find((each) => each.vnet === vnet)
  const tag = sdn.kind === 'simple' ? null : (network.vlan ?? null)
  if (there && there.marker !== marker) {
    const alike = there.zone === sdn.zone && there.tag === tag
    if (alike && there.marker === null)
      draft.notes.push(`${vnet} in zone ${there.zone} is somebody else's and used as it is.`)
    else
      draft.refusals.push({
        code: 'plan.vnet-not-ours',
        message: `${id} cannot be made - VNet ${vnet} is not this network's - it is in zone ${there.zone}${there.tag === null ? '' : ` with tag ${there.tag}`} and ${there.marker === null ? 'nobody marked it' : 'belongs to another topology'} - write another name under sdn.vnet.`,
        object: ['networks', id],
      })
    return []
  }
  const zoneIsNew = !seen.zones.some((each) => each.zone === sdn.zone)
  const zoneIsOurs = seen.vnets.some((each) => each.zone === sdn.zone && each.withZone)
  const isNew = zoneIsNew && zones.some((each) => each.zone === sdn.zone)
  const { gateway, router, cidr } = network
  // Where the document has a router, the nodes must not answer at its address.
  const routed = sdn.kind === 'simple' && gateway !== undefined && router === undefined
  return [
    {
      ...{ vnet, zone: sdn.zone, tag, marker, withZone: isNew || zoneIsOurs },
      subnet: routed ? { cidr, gateway } : null,
    },
  ]
}

function isAsWanted({ vnet, zone, tag, subnet }: SdnVnet, seen: ObservedSdn): boolean {
  const there = seen.vnets.find((each) => each.vnet === vnet)
  if (!there || there.staged || there.zone !== zone || there.tag !== tag) return false
  if (subnet === null) return true
  return there.subnets.some(
    ({ cidr, gateway, staged }) => cidr === subnet.cidr && gateway === subnet.gateway && !staged,
  )
}

/** Nodes that do not run a zone which is applied. */
function nodesLacking(wanted: readonly Wanted[], seen: ObservedSdn): string[] {
  const applied = wanted
    .map(({ sdn }) => sdn.zone)
    .filter((zone) => seen.zones.some((each) => each.zone === zone && !each.staged))
  return Object.entries(seen.nodes)
    .filter(([, zones]) => applied.some((zone) => !zones.includes(zone)))
    .map(([node]) => node)
}

/** What is staged of the SDN and is not this topology's. */
function foreignStaged(
  seen: ObservedSdn,
  { panelId, topologyId }: PlanContext,
  ours: readonly SdnZone[],
): string[] {
  const isOurs = (marker: string | null) => {
    const read = parseMarker(marker)
    return read?.panelId === panelId && read.topologyId === topologyId
  }
  const zoneIsOurs = (zone: string) =>
    ours.some((each) => each.zone === zone) ||
    seen.vnets.some((each) => each.zone === zone && each.withZone && isOurs(each.marker))
  return [
    ...seen.zones.filter((each) => each.staged && !zoneIsOurs(each.zone)).map(({ zone }) => zone),
    ...seen.vnets
      .filter(({ marker, staged, subnets }) => {
        return !isOurs(marker) && (staged || subnets.some((each) => each.staged))
      })
      .map(({ vnet }) => vnet),
  ]
}

function toChange(
  { id, vnet }: Wanted,
  todo: { zones: readonly SdnZone[]; vnets: readonly SdnVnet[] },
  seen: ObservedSdn,
  reason: string,
): ObjectChange[] {
  const wanted = todo.vnets.find((each) => each.vnet === vnet)
  if (!wanted) return []
  const there = seen.vnets.find((each) => each.vnet === vnet)
  const zone = todo.zones.find((each) => each.zone === wanted.zone)
  const inWords = (each: { zone: string; tag: number | null }) =>
    `zone ${each.zone}${each.tag === null ? '' : `, tag ${each.tag}`}`
  const fields = [
    ...(zone
      ? [
          {
            field: `zone ${zone.zone}`,
            from: null,
            to: [zone.kind, zone.bridge ?? []].flat().join(' on '),
          },
        ]
      : []),
    { field: `VNet ${vnet}`, from: there ? inWords(there) : null, to: inWords(wanted) },
    ...(wanted.subnet
      ? [
          {
            field: 'subnet',
            from: null,
            to: `${wanted.subnet.cidr}, gateway ${wanted.subnet.gateway}`,
          },
        ]
      : []),
  ].filter(({ from, to }) => from !== to)
  return [
    {
      ...{ object: ['networks', id], name: id, effect: there ? 'change' : 'create', reason },
      fields: fields.map((field) => ({ ...field, cost: 'in-place' as const })),
    },
  ]
}

/** VNets of this topology, by connection, with the zones that go with the last of them. */
function ownSdn({ topology, observed, context }: NetworkInput) {
  return Object.entries(observed.sdn ?? {}).flatMap(([connection, seen]) => {
    const here = proxmoxHosts(topology).some(
      (id) => placeOf(topology, id)?.connection === connection,
    )
    if (seen.state !== 'known' || !here) return []
    const vnets = seen.value.vnets.flatMap((each) => {
      const marker = parseMarker(each.marker)
      const ours = marker?.panelId === context.panelId && marker.topologyId === context.topologyId
      return ours ? [{ ...each, network: marker.id }] : []
    })
    const zones = [
      ...new Set(vnets.filter((each) => each.withZone).map(({ zone }) => zone)),
    ].filter((zone) =>
      seen.value.vnets.every(
        (each) => each.zone !== zone || vnets.some((own) => own.vnet === each.vnet),
      ),
    )
    return vnets.length === 0 ? [] : [{ connection, vnets, zones }]
  })
}

function leftovers(input: NetworkInput, wanted: ReadonlyMap<string, readonly Wanted[]>): string[] {
  return ownSdn(input).flatMap(({ connection, vnets }) =>
    vnets
      .filter(({ vnet }) => !wanted.get(connection)?.some((each) => each.vnet === vnet))
      .map(
        ({ vnet, network }) =>
          `VNet ${vnet} of ${connection} was made for ${network}, which does not ask for it any more; it is left alone until Destroy.`,
      ),
  )
}

/** Steps that take our VNets away, and the zones that were made for them. */
export function removeSdn(
  input: NetworkInput,
  needs: readonly string[],
): { steps: Step[]; changes: ObjectChange[] } {
  const { context } = input
  const reason = 'the topology is taken down'
  const own = ownSdn(input)
  return {
    steps: own.map(({ connection, vnets, zones }) =>
      makeStep(
        context,
        'sdn.network',
        {
          ...{ connection, zones: [], vnets: [] },
          remove: {
            vnets: vnets.map(({ vnet, network }) => ({
              vnet,
              marker: formatMarker({ ...context, kind: 'networks', id: network }),
            })),
            zones,
          },
        },
        {
          ...{ of: connection, object: ['networks', vnets[0]?.network ?? ''], effect: 'destroy' },
          ...{ needs, reason, locks: [sdnLock(connection)] },
        },
      ),
    ),
    changes: own.flatMap(({ vnets }) =>
      vnets.map(({ vnet, zone, network }) => ({
        ...{ object: ['networks', network], name: network, effect: 'destroy' as const, reason },
        fields: [
          { field: `VNet ${vnet}`, from: `zone ${zone}`, to: null, cost: 'in-place' as const },
        ],
      })),
    ),
  }
}

import { PanelError } from '@/lib/base/errors'
import { mapBounded } from '@/lib/io/bounded'
import type { PlanContext } from '@/lib/plan/context'
import { originalOf } from '@/lib/plan/copies'
import { type Marker, parseMarker } from '@/lib/plan/marker'
import type { Observed, ObservedVm, ParkedDisk, Seen } from '@/lib/plan/observed'
import { placeOf, proxmoxHosts } from '@/lib/plan/places'
import { drivesOf } from '@/lib/proxmox/drive'
import type { Proxmox, VmConfig } from '@/lib/proxmox/proxmox'
import type { Topology } from '@/lib/topology/topology'
import { observeFirewall } from './firewall/observe-firewall'
import type { StepContext } from './handler'
import { mayChangeNetwork, observeSdn } from './network/observe-network'
import { type NodeReading, readNode, readVm } from './observe-host'
import { observeClusters, observeGuests } from './observe-inside'
import { observeSightings, type SightedNode } from './observe-sightings'
import { toUnmarked } from './observe-unmarked'
import type { Lookout } from './panel-lookout'
import { pinnedHostKeys } from './pinned-host-keys'
import { madeAtOf, specHashOf } from './vm/template'

/** What observing may use: the connections of a step, without anything that changes the world. */
export type ObserveDeps = Pick<
  StepContext,
  'proxmox' | 'guest' | 'kubernetes' | 'signal' | 'now'
> & {
  secrets: Pick<StepContext['secrets'], 'find'>
  /** What the panel itself can tell of the networks behind a connection; absent: nothing. */
  lookout?: (connectionId: string) => Promise<Lookout>
}

const AT_ONCE = 6

/** One node that could be read, and a guest of ours found on it. */
type Reading = NodeReading & { proxmox: Proxmox; node: string; connection: string }
type Found = {
  marker: Marker
  config: VmConfig
  vmid: number
  connection: string
  reading: Reading
  /** VMID of another guest with the same marker, where nobody can tell which is ours. */
  twin: number | null
}

/**
 * Reads what there is: hosts, templates, VMs by their marker wherever they stand, parked disks,
 * guests and clusters. What cannot be read is unknown with the reason, for a host and for
 * everything that may be on it. Throws only when aborted or when the code is wrong. `previous`
 * tells since when something has been unknown.
 */
export async function observe(
  topology: Topology,
  context: PlanContext,
  deps: ObserveDeps,
  previous: Observed | null = null,
): Promise<Observed> {
  const at = deps.now()
  const hostIds = proxmoxHosts(topology)
  const looked = await mapBounded(hostIds, AT_ONCE, (id) => lookAtHost(topology, id, deps))
  const readings = looked.flatMap((one) => ('reading' in one ? [one.reading] : []))
  const ours = findOurs(readings, topology, context)

  const hosts: Observed['hosts'] = Object.fromEntries(
    looked.map((one, index) => [
      hostIds[index],
      'reading' in one ? known(one.reading.host, at) : unknown(one.reason),
    ]),
  )
  const missing = whyMissing(topology, hostIds, looked)
  const vms = await seeVms(topology, ours, missing, at)
  const partial: Observed = {
    at,
    hosts,
    vms,
    templates: seeTemplates(topology, ours, missing, at),
    clusters: {},
    parked: parkedDisks(ours),
    unmarked: unmarkedAt(topology, readings, ours),
  }
  const [clusters, guests, hostKeys, sdn, firewall] = await Promise.all([
    observeClusters(topology, context, partial, deps),
    observeGuests(topology, context, partial, deps),
    pinnedHostKeys(topology, context, deps),
    observeSdn(topology, deps, { at, read: new Set(readings.map(({ connection }) => connection)) }),
    observeFirewall(topology, deps, { at, vms, previous }),
  ])
  const nodes = looked.flatMap((one, index) => sightedNode(one, hostIds[index] ?? ''))
  const sightings = await observeSightings(
    topology,
    context,
    { observed: { ...partial, guests }, nodes, previous },
    deps,
  )
  deps.signal.throwIfAborted()
  return withSince(
    {
      ...partial,
      clusters,
      guests,
      hostKeys,
      sightings,
      ...(sdn ? { sdn } : {}),
      ...(firewall ? { firewall } : {}),
    },
    previous,
  )
}

const known = <T>(value: T, at: number): Seen<T> => ({ state: 'known', value, at })
const unknown = (reason: string): Seen<never> => ({ state: 'unknown', reason, since: null })

type Looked = { reading: Reading } | { reason: string }

function sightedNode(looked: Looked, hostId: string): SightedNode[] {
  if (!('reading' in looked)) return []
  const { proxmox, node, configs, host } = looked.reading
  return [{ hostId, proxmox, node, configs, guests: host.guests }]
}

async function lookAtHost(topology: Topology, hostId: string, deps: ObserveDeps): Promise<Looked> {
  const place = placeOf(topology, hostId)
  if (!place) return { reason: `${hostId} names no connection` }
  const { connection, node } = place
  try {
    const proxmox = await deps.proxmox(connection)
    const nodes = await proxmox.nodes()
    const there = nodes.find((one) => one.node === node)
    if (!there) {
      const names = nodes.map((one) => one.node).join(', ')
      return { reason: `this Proxmox has no node ${node}, it has ${names}` }
    }
    if (!there.online) return { reason: `${node} is offline, says its Proxmox` }
    const own = [topology.hosts?.[hostId]?.address ?? []].flat()
    const [reading, mayChange] = await Promise.all([
      readNode(proxmox, node, own),
      mayChangeNetwork(topology, proxmox, node),
    ])
    const { network } = reading.host
    if (network && mayChange !== undefined) reading.host.network = { ...network, mayChange }
    return { reading: { ...reading, proxmox, node, connection } }
  } catch (error) {
    if (deps.signal.aborted || !(error instanceof PanelError)) throw error
    return { reason: error.message }
  }
}

/** Guests that carry this panel's and this topology's marker, by `kind/id`; copies are left out. */
function findOurs(
  readings: readonly Reading[],
  topology: Topology,
  { topologyId, panelId }: Pick<PlanContext, 'topologyId' | 'panelId'>,
): Map<string, Found> {
  const found = new Map<string, Found>()
  for (const reading of readings) {
    for (const [vmid, config] of reading.configs) {
      const marker = parseMarker(config.values.description)
      if (marker?.panelId !== panelId || marker.topologyId !== topologyId) continue
      const key = `${marker.kind}/${marker.id}`
      const seen: Found = {
        ...{ marker, config, vmid, reading, twin: null },
        connection: reading.connection,
      }
      const held = found.get(key)
      const original = held ? originalOf(topology, marker, held, seen) : seen
      found.set(key, original ?? { ...(held ?? seen), twin: vmid })
    }
  }
  return found
}

/**
 * Why something that was not found may be there all the same: a host of its connection could not be
 * read, and a VM may have been moved to any of them. Null if all were read.
 */
function whyMissing(topology: Topology, hostIds: readonly string[], looked: readonly Looked[]) {
  const blind = hostIds.flatMap((id, index) => {
    const one = looked[index]
    const connection = placeOf(topology, id)?.connection
    return one && 'reason' in one ? [{ id, connection, reason: one.reason }] : []
  })
  return (hostId: string | undefined): string | null => {
    const connection = hostId === undefined ? undefined : placeOf(topology, hostId)?.connection
    const mine = blind.find(({ id }) => id === hostId)
    const other = blind.find((one) => hostId === undefined || one.connection === connection)
    const cause = mine ?? other
    return cause ? `${cause.id} could not be read: ${cause.reason}` : null
  }
}

/** VMs of the document, and those of ours that left it. */
async function seeVms(
  topology: Topology,
  ours: ReadonlyMap<string, Found>,
  missing: (hostId: string | undefined) => string | null,
  at: number,
): Promise<Observed['vms']> {
  const inDocument = Object.keys(topology.vms ?? {})
  const left = [...ours.values()]
    .filter(({ marker }) => marker.kind === 'vms')
    .map(({ marker }) => marker.id)
  const ids = [...new Set([...inDocument, ...left])]
  const hostOf = (id: string) => topology.vms?.[id]?.host ?? proxmoxHosts(topology)[0]
  const seen = await mapBounded(ids, AT_ONCE, async (id): Promise<Seen<ObservedVm>> => {
    const found = ours.get(`vms/${id}`)
    const absent: Seen<never> = { state: 'absent', at }
    if (!found) {
      const reason = missing(hostOf(id))
      return reason === null ? absent : unknown(reason)
    }
    if (found.twin !== null)
      return unknown(
        `VMID ${found.vmid} and ${found.twin} both carry its marker; take the line out of the notes of the copy`,
      )
    try {
      const { proxmox, node } = found.reading
      const vm = await readVm(proxmox, node, found.vmid, found.config)
      return vm ? known(vm, at) : absent
    } catch (error) {
      if (!(error instanceof PanelError)) throw error
      return unknown(error.message)
    }
  })
  return Object.fromEntries(ids.map((id, index) => [id, seen[index] as Seen<ObservedVm>]))
}

function seeTemplates(
  topology: Topology,
  ours: ReadonlyMap<string, Found>,
  missing: (hostId: string | undefined) => string | null,
  at: number,
): Observed['templates'] {
  return Object.fromEntries(
    Object.entries(topology.templates ?? {}).map(([id, template]) => {
      const found = ours.get(`templates/${id}`)
      if (found) {
        const { values } = found.config
        const { vmid, reading } = found
        // Baked means finished: a builder that only ran is not a template to clone from.
        const baked = values.template === '1'
        const name = values.name ?? id
        const madeAt = madeAtOf(values)
        return [
          id,
          known(
            {
              ...{ vmid, node: reading.node, name, baked, specHash: specHashOf(values) },
              ...(madeAt === null ? {} : { madeAt }),
            },
            at,
          ),
        ]
      }
      const reason = missing(template.host ?? proxmoxHosts(topology)[0])
      return [id, reason === null ? { state: 'absent', at } : unknown(reason)]
    }),
  )
}

/** Data disks that the topology's holder VMs keep. */
const parkedDisks = (ours: ReadonlyMap<string, Found>): ParkedDisk[] =>
  [...ours.values()]
    .filter(({ marker }) => marker.kind === 'holders')
    .flatMap(({ config, vmid, reading }) =>
      drivesOf(config.values).flatMap(({ serial, storage, sizeGib }) =>
        serial === null ? [] : [{ serial, node: reading.node, holderVmid: vmid, storage, sizeGib }],
      ),
    )

/** What stands where the document has a VM that nothing carries the marker of. */
function unmarkedAt(
  topology: Topology,
  readings: readonly Reading[],
  ours: ReadonlyMap<string, Found>,
): NonNullable<Observed['unmarked']> {
  return Object.fromEntries(
    Object.entries(topology.vms ?? {}).flatMap(([id, { vmid, host }]) => {
      if (vmid === undefined || ours.has(`vms/${id}`)) return []
      const connection = placeOf(topology, host ?? '')?.connection
      const reading = readings.find(
        (each) => each.connection === connection && each.configs.has(vmid),
      )
      const config = reading?.configs.get(vmid)
      return reading && config ? [[id, toUnmarked(vmid, reading.node, config)] as const] : []
    }),
  )
}

/** Dates what is unknown: since the reading before if that was unknown as well, else since now. */
function withSince(observed: Observed, previous: Observed | null): Observed {
  const date = <T>(seen: Record<string, Seen<T>>, before: Record<string, Seen<T>> | undefined) =>
    Object.fromEntries(
      Object.entries(seen).map(([id, one]) => {
        if (one.state !== 'unknown') return [id, one]
        const was = before?.[id]
        const since = was?.state === 'unknown' ? (was.since ?? observed.at) : observed.at
        return [id, { ...one, since }]
      }),
    )
  return {
    ...observed,
    hosts: date(observed.hosts, previous?.hosts),
    templates: date(observed.templates, previous?.templates),
    vms: date(observed.vms, previous?.vms),
    clusters: date(observed.clusters, previous?.clusters),
    guests: date(observed.guests ?? {}, previous?.guests),
    ...(observed.sdn ? { sdn: date(observed.sdn, previous?.sdn) } : {}),
    ...(observed.firewall ? { firewall: date(observed.firewall, previous?.firewall) } : {}),
  }
}

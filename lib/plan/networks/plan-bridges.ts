import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from '../context'
import type { HoldOn } from '../holds'
import { makeStep } from '../make-step'
import { formatMarker, parseMarker } from '../marker'
import type { Observed, ObservedInterface, ObservedNetwork } from '../observed'
import { placeOf, proxmoxHosts } from '../places'
import type { ObjectChange, Refused } from '../plan'
import type { HostInterface, Place, Step } from '../step'
import {
  diffInterface,
  interfaceCommands,
  interfacesDiff,
  type SettingChange,
} from './interface-diff'
import { type WantedBridge, wantBridges } from './wanted-interfaces'

/** What networks come to in a plan. `makes`: steps by what they make, as `host bridge`. */
export type NetworkDraft = {
  steps: Step[]
  changes: ObjectChange[]
  refusals: Refused[]
  notes: string[]
  makes: Map<string, string>
}

export type NetworkInput = { topology: Topology; observed: Observed; context: PlanContext }

/** Lock on a host's network: it is staged in one file and reloaded as a whole (trap T11). */
const networkLock = ({ connection, node }: Place): string => `network:${connection}/${node}`

type Entry =
  | { what: 'new'; wanted: HostInterface; network: string }
  | { what: 'changed'; wanted: HostInterface; network: string; settings: SettingChange[] }

/**
 * Bridges and VLAN interfaces that the document asks for and that are missing or not as asked. One
 * host after the other, so that a fault stops at the first. Refused where it would touch what carries
 * the host itself, with the commands for its console, and where an interface is somebody else's.
 */
export function planBridges(input: NetworkInput, on: HoldOn): NetworkDraft {
  const draft: NetworkDraft = {
    ...{ steps: [], changes: [], refusals: [], notes: [] },
    makes: new Map(),
  }
  const wanted = wantBridges(input.topology, input.context).filter(
    ({ hostId, network }) => !on(['hosts', hostId]) && !on(['networks', network]),
  )
  for (const hostId of new Set(wanted.map((each) => each.hostId)))
    planHost(
      hostId,
      wanted.filter((each) => each.hostId === hostId),
      input,
      draft,
    )
  draft.notes.push(...leftovers(input, wanted))
  return draft
}

function planHost(
  hostId: string,
  wanted: readonly WantedBridge[],
  { topology, observed, context }: NetworkInput,
  draft: NetworkDraft,
): void {
  const host = observed.hosts[hostId]
  const at = wanted[0]?.at
  if (!at || host?.state !== 'known') {
    draft.refusals.push(unread(hostId, 'it could not be read'))
    return
  }
  const network = host.value.network
  if (!network) {
    draft.refusals.push(unread(hostId, 'its interfaces were not read yet'))
    return
  }
  const entries = wanted.flatMap((each) => compare(hostId, each, network, draft))
  if (entries.length === 0) return
  // Also where it is refused: one reason is enough, its VMs need not say that the bridge is missing.
  for (const each of wanted) draft.makes.set(`${hostId} ${each.bridge}`, `host.network:${hostId}`)
  const stop = whyNotHost(hostId, at, entries, network)
  if (stop) {
    draft.refusals.push(stop)
    return
  }
  const address = topology.hosts?.[hostId]?.address
  const step = makeStep(
    context,
    'host.network',
    {
      at,
      make: entries.map((entry) => entry.wanted),
      ...{ remove: [], management: address === undefined ? [] : [address] },
    },
    {
      ...{ of: hostId, object: ['hosts', hostId], effect: 'change' },
      needs: [draft.steps.at(-1)?.id ?? null],
      reason: `${[...new Set(entries.map((entry) => entry.network))].join(', ')} asks for a bridge of its own`,
      locks: [networkLock(at)],
    },
  )
  draft.steps.push(step)
  draft.changes.push(toChange(hostId, entries, step.reason))
}

const unread = (hostId: string, why: string): Refused => ({
  code: 'plan.unknown-network',
  message: `The bridges of ${hostId} cannot be planned - ${why} - refresh, then plan again.`,
  object: ['hosts', hostId],
})

/** What of one network's interfaces is to be made or changed on a host. */
function compare(
  hostId: string,
  { network, interfaces, bridge }: WantedBridge,
  seen: ObservedNetwork,
  draft: NetworkDraft,
): Entry[] {
  return interfaces.flatMap((wanted): Entry[] => {
    const there = seen.interfaces.find(({ name }) => name === wanted.name)
    if (wanted.name === bridge && wanted.ports.length === 0 && !there)
      draft.notes.push(
        `${bridge} of ${hostId} gets no port: VMs in ${network} reach each other on ${hostId} alone. Write the port as the bridge's nic to lead it out.`,
      )
    if (!there) {
      draft.notes.push(...stolenTag(hostId, wanted, seen))
      return [{ what: 'new', wanted, network }]
    }
    const settings = diffInterface(there, wanted)
    if (settings.length === 0 && there.active) return []
    if (there.marker === wanted.marker) return [{ what: 'changed', wanted, network, settings }]
    const are = settings.map(({ setting, from }) => `${setting} ${from ?? 'none'}`).join(', ')
    if (settings.length > 0)
      draft.refusals.push({
        code: 'plan.interface-not-ours',
        message: `${wanted.name} of ${hostId} is somebody else's and not as ${network} asks (${are}) - the panel changes only what it made - name another bridge, or change it in Proxmox.`,
        object: ['networks', network],
      })
    return []
  })
}

/** A VLAN interface on a card gets its frames before the bridge that stands on the same card (Linux). */
const stolenTag = (
  hostId: string,
  { type, name, rawDevice, tag }: HostInterface,
  { interfaces }: ObservedNetwork,
): string[] =>
  interfaces
    .filter(({ ports }) => type === 'vlan' && rawDevice !== null && ports.includes(rawDevice))
    .map(
      (bridge) =>
        `${name} of ${hostId} takes tag ${tag} from ${bridge.name}, which stands on the same port: guests with that tag on ${bridge.name} lose their way out.`,
    )

function whyNotHost(
  hostId: string,
  { node }: Place,
  entries: readonly Entry[],
  { management, staged, interfaces, mayChange }: ObservedNetwork,
): Refused | null {
  const object = ['hosts', hostId]
  // A VLAN interface beside the management address, on the same wire, changes nothing for what is there.
  const touches = entries.filter(
    ({ wanted }) =>
      management.includes(wanted.name) || wanted.ports.some((port) => management.includes(port)),
  )
  if (touches.length > 0) {
    const names = touches.map(({ wanted }) => wanted.name).join(', ')
    return {
      code: 'plan.management-interface',
      message: `${names} of ${hostId} cannot be set up from here - the host's own address is on it or on its port, and a fault there cuts the host off from the panel - use a tag on its bridge, or run the commands below at the host's console, with a way back at hand.`,
      object,
      commands: interfaceCommands(
        node,
        entries.map(({ wanted, what }) => ({ wanted, exists: what === 'changed' })),
      ),
    }
  }
  if (mayChange === false) return missingPrivilege(`The network of ${hostId}`, 'Sys.Modify', object)
  if (staged !== null)
    return {
      code: 'plan.foreign-network-changes',
      message: `The network of ${hostId} cannot be changed - somebody staged changes there that are not applied yet, and Proxmox would apply them along - apply or revert them under ${node} > Network in Proxmox, then plan again.`,
      object,
    }
  const taken = takenPort(entries, interfaces)
  if (taken)
    return {
      code: 'plan.port-taken',
      message: `The network of ${hostId} cannot be changed - ${taken.port} is a port of ${taken.by} already, and Linux gives a port to one bridge - write another port, or a tag to the network.`,
      object,
    }
  const missing = entries
    .flatMap(({ wanted }) => [...wanted.ports, wanted.rawDevice ?? []].flat())
    .find((port) => !hasInterface(port, interfaces, entries))
  if (missing === undefined) return null
  return {
    code: 'plan.no-port',
    message: `The network of ${hostId} cannot be changed - it has no port ${missing} - write one of ${portNames(interfaces)} as the bridge's nic.`,
    object,
  }
}

/** Deploying VMs needs neither; who wants networks made adds it to the panel's role. */
export const missingPrivilege = (
  what: string,
  privilege: string,
  object: readonly string[],
): Refused => ({
  code: 'plan.missing-privilege',
  message: `${what} cannot be changed - the panel's token lacks ${privilege}, which VMs alone do not need - add it to its role on a node, then plan again.`,
  object,
  commands: [`pveum role modify Drawbridge --append 1 --privs ${privilege}`],
})

function takenPort(entries: readonly Entry[], interfaces: readonly ObservedInterface[]) {
  for (const { wanted } of entries)
    for (const port of wanted.ports) {
      const holder = interfaces.find(
        ({ name, ports }) => name !== wanted.name && ports.includes(port),
      )
      if (holder) return { port, by: holder.name }
    }
  return null
}

const hasInterface = (
  name: string,
  interfaces: readonly ObservedInterface[],
  entries: readonly Entry[],
): boolean =>
  interfaces.some((each) => each.name === name) || entries.some((each) => each.wanted.name === name)

const portNames = (interfaces: readonly ObservedInterface[]): string =>
  interfaces
    .filter(({ type }) => type === 'eth' || type === 'bond')
    .map(({ name }) => name)
    .join(', ') || 'its ports'

function toChange(hostId: string, entries: readonly Entry[], reason: string): ObjectChange {
  const fields = entries.flatMap((entry) =>
    entry.what === 'new'
      ? [{ field: entry.wanted.name, from: null, to: inWords(entry.wanted) }]
      : entry.settings.map(({ setting, from, to }) => ({
          ...{ field: `${entry.wanted.name} ${setting}`, from, to },
        })),
  )
  return {
    ...{ object: ['hosts', hostId], name: hostId, effect: 'change', reason },
    fields: fields.map((field) => ({ ...field, cost: 'in-place' })),
    diff: interfacesDiff(entries),
  }
}

const inWords = ({ type, ports, vlanAware, rawDevice, tag }: HostInterface): string =>
  type === 'vlan'
    ? `tag ${tag} on ${rawDevice}`
    : `bridge${vlanAware ? ', VLAN aware' : ''}, ${ports.length === 0 ? 'no port' : `port ${ports.join(', ')}`}`

/** One interface of ours on a host, and the network that it is for. */
export type OwnInterface = { hostId: string; network: string; seen: ObservedInterface }

/** Interfaces that carry this topology's marker, bridges before what they stand on. */
export function ownInterfaces({ topology, observed, context }: NetworkInput): OwnInterface[] {
  return proxmoxHosts(topology).flatMap((hostId) => {
    const host = observed.hosts[hostId]
    if (host?.state !== 'known') return []
    const found = (host.value.network?.interfaces ?? []).flatMap((seen) => {
      const marker = parseMarker(seen.marker)
      const ours = marker?.panelId === context.panelId && marker.topologyId === context.topologyId
      return ours ? [{ hostId, network: marker.id, seen }] : []
    })
    return found.toSorted((a, b) => Number(a.seen.type === 'vlan') - Number(b.seen.type === 'vlan'))
  })
}

/** Ours that nothing asks for any more. Deploy never takes them away. */
function leftovers(input: NetworkInput, wanted: readonly WantedBridge[]): string[] {
  const asked = new Set(
    wanted.flatMap(({ hostId, interfaces }) => interfaces.map(({ name }) => `${hostId} ${name}`)),
  )
  return ownInterfaces(input)
    .filter(({ hostId, seen }) => !asked.has(`${hostId} ${seen.name}`))
    .map(
      ({ hostId, seen, network }) =>
        `${seen.name} of ${hostId} was made for ${network}, which does not ask for it any more; it is left alone until Destroy.`,
    )
}

/** Steps that take our interfaces away, each host's in one, after the given steps. */
export function removeBridges(
  input: NetworkInput,
  needsOf: (hostId: string) => readonly string[],
): { steps: Step[]; changes: ObjectChange[] } {
  const { topology, context } = input
  const own = ownInterfaces(input)
  const steps: Step[] = []
  const changes: ObjectChange[] = []
  for (const hostId of new Set(own.map((each) => each.hostId))) {
    const at = placeOf(topology, hostId)
    if (!at) continue
    const mine = own.filter((each) => each.hostId === hostId)
    const remove = mine.map(({ seen, network }) => ({
      name: seen.name,
      marker: formatMarker({ ...context, kind: 'networks', id: network }),
    }))
    const address = topology.hosts?.[hostId]?.address
    const reason = 'the topology is taken down'
    steps.push(
      makeStep(
        context,
        'host.network',
        { at, make: [], remove, management: address === undefined ? [] : [address] },
        {
          ...{ of: hostId, object: ['hosts', hostId], effect: 'change', reason },
          needs: [...needsOf(hostId), steps.at(-1)?.id ?? null],
          locks: [networkLock(at)],
        },
      ),
    )
    changes.push({
      ...{ object: ['hosts', hostId], name: hostId, effect: 'change', reason },
      fields: remove.map(({ name }) => ({
        ...{ field: name, from: 'made by this panel', to: null, cost: 'in-place' },
      })),
      diff: interfacesDiff(remove.map(({ name }) => ({ what: 'gone', name }))),
    })
  }
  return { steps, changes }
}

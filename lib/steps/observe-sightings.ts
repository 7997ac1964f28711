import { z } from 'zod'
import { PanelError } from '@/lib/base/errors'
import { mapBounded } from '@/lib/io/bounded'
import type { PlanContext } from '@/lib/plan/context'
import { toGuest } from '@/lib/plan/desired'
import { parseMarker } from '@/lib/plan/marker'
import type { Observed, ObservedGuest } from '@/lib/plan/observed'
import type { AgentInterface, Proxmox, VmConfig } from '@/lib/proxmox/proxmox'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { networkOf } from '@/lib/topology/ipam'
import { mergeSightings, type Sighting } from '@/lib/topology/ipam-sighting'
import { parseIpv4 } from '@/lib/topology/ipv4'
import { type ResolvedVm, resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import type { ObserveDeps } from './observe'
import { panelSightings } from './panel-lookout'

const AT_ONCE = 4
/** At most so many addresses are tried from one machine at each look: a second for four of them. */
const TRIED_MOST = 16

/** What was read of one node, with the id of its host. */
export type SightedNode = {
  hostId: string
  node: string
  proxmox: Proxmox
  guests: readonly ObservedGuest[]
  configs: ReadonlyMap<number, VmConfig>
}

type Deps = Pick<ObserveDeps, 'guest' | 'signal' | 'lookout'>

/**
 * Who has which address beside the machines of the document: what guests that are not this
 * topology's say or are configured with, whom our running machines have for neighbours, and where none
 * runs whom the panel itself meets. A
 * convenience, never a precondition: whoever cannot be asked adds nothing, and what was known of its
 * neighbours stays until it is too old.
 */
export async function observeSightings(
  topology: Topology,
  context: PlanContext,
  {
    observed,
    nodes,
    previous,
  }: { observed: Observed; nodes: readonly SightedNode[]; previous: Observed | null },
  deps: Deps,
): Promise<Sighting[]> {
  const { at } = observed
  const { lookout, signal } = deps
  const covered = new Set(
    lookouts(resolveVms(topology), observed).flatMap(({ networks }) => networks),
  )
  const [guests, inside, outside] = await Promise.all([
    mapBounded(nodes, AT_ONCE, (node) => guestSightings(node, context, at, deps)),
    neighbourSightings(topology, context, observed, deps),
    lookout
      ? orNone(() => panelSightings(topology, observed, covered, { lookout, signal }), deps)
      : [],
  ])
  const known = new Set(nodes.map(({ hostId }) => hostId))
  const blind = new Set(Object.keys(observed.hosts).filter((id) => !known.has(id)))
  const ours = new Set(nodes.flatMap((node) => ownCards(node, context)))
  const strangers = [...inside, ...outside].filter(({ mac }) => mac === null || !ours.has(mac))
  const drawn = [...guests.flat(), ...strangers].filter(
    ({ address }) => parseIpv4(address) !== null && networkOf(topology, address) !== null,
  )
  return mergeSightings(previous?.sightings ?? [], drawn, { at, blind })
}

type Place = Pick<PlanContext, 'panelId' | 'topologyId'>

const isOurs = ({ marker }: Pick<ObservedGuest, 'marker'>, { panelId, topologyId }: Place) => {
  const parsed = parseMarker(marker)
  return parsed?.panelId === panelId && parsed.topologyId === topologyId
}

/** MACs of everything on a node that is ours, builders of templates included. */
const ownCards = ({ guests, configs }: SightedNode, place: Place): string[] =>
  guests
    .filter((guest) => isOurs(guest, place))
    .flatMap(({ vmid }) => Object.entries(configs.get(vmid)?.values ?? {}))
    .flatMap(([key, value]) => (/^net\d+$/.test(key) ? (macIn(value) ?? []) : []))

const macIn = (text: string): string | undefined =>
  /([0-9A-F]{2}(?::[0-9A-F]{2}){5})/i.exec(text)?.[1]?.toUpperCase()

async function guestSightings(
  { hostId, node, proxmox, guests, configs }: SightedNode,
  place: Place,
  at: number,
  deps: Deps,
): Promise<Sighting[]> {
  const strangers = guests.filter((guest) => !guest.template && !isOurs(guest, place))
  const seen = await mapBounded(strangers, AT_ONCE, async ({ vmid, name, kind, running }) => {
    const config = configs.get(vmid)?.values ?? {}
    const cards = running
      ? await orNone(() => cardsOf(proxmox, node, { vmid, kind, config }), deps)
      : []
    const guest = { vmid, name, host: hostId }
    return [...cards, ...configured(config)].flatMap(({ mac, addresses }) =>
      addresses.map(
        (address): Sighting => ({
          ...{ address, mac: mac || null, at, guest },
          by: `host ${hostId}`,
          source: 'guest',
        }),
      ),
    )
  })
  return seen.flat()
}

type Guest = { vmid: number; kind: 'qemu' | 'lxc'; config: Readonly<Record<string, string>> }
type Cards = Pick<AgentInterface, 'mac' | 'addresses'>[]

/** What a running guest says of its addresses; nothing from a VM without an agent. */
export async function cardsOf(proxmox: Proxmox, node: string, guest: Guest): Promise<Cards> {
  if (guest.kind === 'lxc') return proxmox.containerInterfaces(node, guest.vmid)
  const asksAgent = /(^|,)(enabled=)?1(,|$)/.test(guest.config.agent ?? '')
  return asksAgent ? ((await proxmox.agentInterfaces(node, guest.vmid)) ?? []) : []
}

/** What Proxmox gives a guest through cloud-init, whether it runs or not. */
export function configured(config: Readonly<Record<string, string>>): Cards {
  return Object.keys(config).flatMap((key) => {
    const slot = /^ipconfig(\d+)$/.exec(key)?.[1]
    const address = /(?:^|,)ip=([\d.]+)\//.exec(config[key] ?? '')?.[1]
    if (slot === undefined || address === undefined) return []
    return [{ mac: macIn(config[`net${slot}`] ?? '') ?? '', addresses: [address] }]
  })
}

/** One running machine of ours for each network, and whom it has there for neighbours. */
async function neighbourSightings(
  topology: Topology,
  context: PlanContext,
  observed: Observed,
  deps: Deps,
): Promise<Sighting[]> {
  const vms = resolveVms(topology)
  const found = await mapBounded(lookouts(vms, observed), AT_ONCE, async ({ vm, networks }) => {
    const ref = toGuest(vm, topology, context)
    if (!ref) return []
    return orNone(async () => {
      const session = await deps.guest(ref)
      await callAll(session, awaited(vms, observed, networks), deps)
      return readNeighbours(session, { by: `VM ${vm.name}`, at: observed.at })
    }, deps)
  })
  return found.flat()
}

/** The fewest machines that stand in every network, those that are asked over SSH anyway first. */
function lookouts(vms: readonly ResolvedVm[], observed: Observed) {
  const asked = (vm: ResolvedVm) => (observed.guests?.[vm.id]?.state === 'known' ? 0 : 1)
  const running = vms.filter(({ id }) => {
    const seen = observed.vms[id]
    return seen?.state === 'known' && seen.value.running
  })
  const covered = new Set<string>()
  return running
    .toSorted((a, b) => asked(a) - asked(b))
    .flatMap((vm) => {
      const networks = [...new Set(vm.nics.map(({ network }) => network))]
      const fresh = networks.filter((network) => !covered.has(network))
      for (const network of fresh) covered.add(network)
      return fresh.length > 0 ? [{ vm, networks: fresh }] : []
    })
}

/** Addresses that VMs are about to get: nobody should answer there yet. */
const awaited = (
  vms: readonly ResolvedVm[],
  observed: Observed,
  networks: readonly string[],
): string[] =>
  vms
    .filter(({ id }) => observed.vms[id]?.state === 'absent')
    .flatMap(({ nics }) =>
      nics.flatMap(({ address, network }) =>
        address !== null && networks.includes(network) ? [address] : [],
      ),
    )
    .slice(0, TRIED_MOST)

/** One packet to each, so that whoever is there gets into the table of neighbours. */
const callAll = (session: GuestSession, addresses: readonly string[], { signal }: Deps) =>
  mapBounded(addresses, AT_ONCE, (address) =>
    session.run(sh`ping -c 1 -W 1 ${address}`, { signal, timeoutMs: 5_000 }),
  )

/** `ip -s -j neigh` of iproute2: seconds since each was confirmed; without a MAC nobody answered. */
const Neighbours = z.array(
  z.object({
    dst: z.string(),
    lladdr: z.string().optional(),
    confirmed: z.number().optional(),
    state: z.array(z.string()).optional(),
  }),
)

async function readNeighbours(
  session: GuestSession,
  { by, at }: { by: string; at: number },
): Promise<Sighting[]> {
  const { code, out } = await session.run(sh`ip -s -j neigh show`, { timeoutMs: 10_000 })
  const parsed = code === 0 ? Neighbours.safeParse(jsonOf(out)) : null
  if (!parsed?.success) return []
  return parsed.data.flatMap(({ dst, lladdr, confirmed = 0, state = [] }): Sighting[] =>
    lladdr === undefined || state.some((each) => each === 'FAILED' || each === 'INCOMPLETE')
      ? []
      : [
          {
            ...{ address: dst, mac: lladdr.toUpperCase(), by, source: 'neighbour' },
            at: at - confirmed * 1000,
          },
        ],
  )
}

/** Null where an old iproute2 answers with words. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Nothing where the world cannot be asked; throws when aborted or when the code is wrong. */
async function orNone<T>(look: () => Promise<T[]>, { signal }: Pick<Deps, 'signal'>): Promise<T[]> {
  try {
    return await look()
  } catch (error) {
    if (signal.aborted || !(error instanceof PanelError)) throw error
    return []
  }
}

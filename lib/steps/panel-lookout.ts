import { kindOfAddress } from '@/lib/io/address-kind'
import { mapBounded } from '@/lib/io/bounded'
import { DialError, type Dialer } from '@/lib/io/dialer'
import { type Neighbour, readNeighbours } from '@/lib/io/neighbour-table'
import type { Observed } from '@/lib/plan/observed'
import { networkOf } from '@/lib/topology/ipam'
import type { Sighting } from '@/lib/topology/ipam-sighting'
import { type ResolvedVm, resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'

/** What the panel can tell by itself of the networks behind a connection. */
export type Lookout = {
  /** Whether somebody answers at an address; false also where nobody can tell. */
  answers(address: string, signal: AbortSignal): Promise<boolean>
  /** Who is in the panel's own table of neighbours; nobody where it reaches guests another way. */
  neighbours(): Promise<Neighbour[]>
}

const AT_ONCE = 8
/** At most so many addresses are tried at each look. */
const TRIED_MOST = 16
/** A machine on the same site answers within milliseconds, or not at all. */
const ANSWER_MS = 700
/** Ports that most machines have open; one that is closed and says so is an answer too. */
const PORTS = [22, 443]

/** A lookout over a connection's way to guests, whose gate judges every address. */
export const lookoutOver = (dialer: Dialer, direct: boolean): Lookout => ({
  neighbours: async () => (direct ? readNeighbours() : []),
  async answers(address, signal) {
    for (const port of PORTS) if (await answersAt(dialer, { address, port }, signal)) return true
    return false
  },
})

/** Whether a TCP connection is accepted, or refused by the machine itself. */
async function answersAt(
  dialer: Dialer,
  { address, port }: { address: string; port: number },
  signal: AbortSignal,
): Promise<boolean> {
  const timeout = AbortSignal.timeout(ANSWER_MS)
  const within = AbortSignal.any([signal, timeout])
  try {
    const stream = await dialer.dial(address, port, within)
    stream.destroy()
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted) return false
    if (error instanceof DialError) return error.code === 'dial.refused'
    throw error
  }
}

/**
 * Who is met from the panel where no VM of ours runs that could look: a few of the addresses that
 * VMs are about to get there are tried, then the table of neighbours is read. Only private addresses
 * inside drawn networks are tried, and only those that a VM of the document is to have.
 */
export async function panelSightings(
  topology: Topology,
  observed: Observed,
  covered: ReadonlySet<string>,
  { lookout, signal }: { lookout: (connection: string) => Promise<Lookout>; signal: AbortSignal },
): Promise<Sighting[]> {
  const wanted = awaitedAt(topology, observed, covered)
  const found = await mapBounded([...wanted], 1, async ([connection, addresses]) => {
    const out = await lookout(connection)
    const answered = await mapBounded(addresses, AT_ONCE, async (address) =>
      (await out.answers(address, signal)) ? [address] : [],
    )
    // Read after trying: who was called is in it now.
    const neighbours = await out.neighbours()
    const macs = new Map(neighbours.map(({ address, mac }) => [address, mac]))
    const met = new Set([...answered.flat(), ...neighbours.map(({ address }) => address)])
    return [...met]
      .filter((address) => {
        const network = networkOf(topology, address)
        return network !== null && !covered.has(network)
      })
      .map(
        (address): Sighting => ({
          ...{ address, mac: macs.get(address) ?? null, at: observed.at },
          by: 'the panel',
          source: 'neighbour',
        }),
      )
  })
  return found.flat()
}

/** By connection: addresses of VMs that are not there yet, in networks where none of ours can look. */
function awaitedAt(
  topology: Topology,
  observed: Observed,
  covered: ReadonlySet<string>,
): Map<string, string[]> {
  const byConnection = new Map<string, string[]>()
  let tried = 0
  for (const vm of resolveVms(topology)) {
    const connection = vm.host === null ? undefined : topology.hosts?.[vm.host]?.connection
    if (connection === undefined || observed.vms[vm.id]?.state !== 'absent') continue
    for (const address of addressesOf(topology, vm, covered)) {
      if (tried++ === TRIED_MOST) return byConnection
      byConnection.set(connection, [...(byConnection.get(connection) ?? []), address])
    }
  }
  return byConnection
}

const addressesOf = (topology: Topology, { nics }: ResolvedVm, covered: ReadonlySet<string>) =>
  nics.flatMap(({ address, network }) =>
    address !== null &&
    !covered.has(network) &&
    networkOf(topology, address) === network &&
    kindOfAddress(address) === 'private'
      ? [address]
      : [],
  )

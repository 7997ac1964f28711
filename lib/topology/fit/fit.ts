import { allocate } from '../allocate'
import { applyChanges } from '../apply'
import type { Change, Json } from '../change'
import { diff } from '../diff'
import { atPath } from '../json'
import type { Problem } from '../problem'
import type { Unmanaged } from '../rules/rule'
import type { Topology } from '../topology'
import { validate } from '../validate'
import { fitClusters } from './fit-clusters'
import { fitGuests } from './fit-guests'
import { fitHosts, type Inventories } from './fit-hosts'
import { fitNames } from './fit-names'
import { fitNetworks } from './fit-networks'
import { fitRoom } from './fit-room'
import { fitStorages } from './fit-storages'
import type { FitAnswers, FitQuestion, Fitting, SeenAddress, Unmet } from './fitting'

/** What a document is fitted to. */
export type FitInput = {
  inventories: Inventories
  /** Connection that the person came from: its nodes are proposed first. */
  preferred: string | null
  answers: FitAnswers
  /** Where somebody was seen, or what is promised to others; none if absent. */
  seen?: readonly SeenAddress[]
}

/** A document that fits, how it came about, and what stays open. */
export type Fit = {
  topology: Topology
  /** From the document that was given to the fitted one. */
  changes: Change[]
  /** Those that nobody can read from Proxmox first. */
  questions: FitQuestion[]
  took: string[]
  /** What cannot be had on these machines; empty if the fitted document can be planned. */
  unmet: Unmet[]
  /** Of the fitted document, with the guests of others counted. */
  problems: Problem[]
}

/**
 * Fits a document to machines: bridges, tags or one flat network, addresses outside of what DHCP hands
 * out, storages, VMIDs, CPU types, names, and sizes that have room. Equal inputs give equal fits, and a
 * fitted document fits as it is. No answer is needed: each question has a proposal that counts until
 * there is one.
 */
export function fitTopology(
  topology: Topology,
  { inventories, preferred, answers, seen = [] }: FitInput,
): Fit {
  const made = { questions: [], took: [], unmet: [], hosts: [] }
  const fitting: Fitting = { topology, answers, seen, ...made }
  fitHosts(fitting, inventories, preferred)
  if (fitting.hosts.length > 0) {
    fitStorages(fitting)
    fitGuests(fitting, topology)
    fitNetworks(fitting)
    fitClusters(fitting)
    fitNames(fitting)
    fitRoom(fitting)
    giveAgain(fitting, topology)
  }
  const problems = validate(fitting.topology, { unmanaged: strangersOf(fitting) })
  return {
    topology: fitting.topology,
    changes: diff(topology, fitting.topology),
    questions: sorted(fitting.questions),
    took: fitting.took,
    unmet: [...fitting.unmet, ...left(problems, fitting.unmet)],
    problems,
  }
}

/**
 * New addresses and VMIDs for those that were taken away: a save would else give back what the head
 * has. What never had one gets it with the save.
 */
function giveAgain(fitting: Fitting, before: Topology): void {
  const strangers = strangersOf(fitting)
  const taken = {
    vmids: fitting.hosts.flatMap(({ facts }) => facts.guests.map(({ vmid }) => vmid)),
    addresses: strangers.addresses.map(({ address }) => address),
    macs: [],
  }
  // MACs stay with their NICs.
  const given = allocate(fitting.topology, taken, String).filter(
    ({ path }) => path.at(-1) !== 'mac' && atPath(before as unknown as Json, path) !== undefined,
  )
  fitting.topology = applyChanges(fitting.topology, given)
}

const ORDER: Record<FitQuestion['origin'], number> = { guess: 0, document: 1, found: 2 }

/** Faulty answers and guesses first; within, as they were asked. */
const sorted = (questions: readonly FitQuestion[]): FitQuestion[] =>
  questions.toSorted(
    (a, b) =>
      Number(a.fault === null) - Number(b.fault === null) || ORDER[a.origin] - ORDER[b.origin],
  )

/** Guests of others on the fitted machines, as the rules count them. */
function strangersOf({ hosts, seen }: Fitting): Unmanaged {
  const strangers = hosts.flatMap(({ id, facts }) =>
    facts.guests.filter(({ ours }) => !ours).map((guest) => ({ host: id, guest })),
  )
  const loads: Record<string, Unmanaged['hosts'][string]> = {}
  for (const { host, guest } of strangers) {
    if (!guest.running) continue
    const load = loads[host] ?? { cpus: 0, memoryMib: 0, storages: {} }
    loads[host] = {
      ...load,
      cpus: load.cpus + guest.cpus,
      memoryMib: load.memoryMib + guest.memoryMib,
    }
  }
  return {
    guests: strangers.map(({ host, guest }) => ({ vmid: guest.vmid, name: guest.name, host })),
    addresses: [
      ...strangers.flatMap(({ guest }) =>
        guest.addresses.map((address) => ({
          address,
          owner: `${guest.name} (VMID ${guest.vmid})`,
        })),
      ),
      ...seen,
    ],
    hosts: loads,
  }
}

/** Blockers that are another side of what cannot be had, and those that were in the document before. */
const SAME_AS: Readonly<Record<string, readonly string[]>> = {
  'fit.no-memory': ['host.memory-exceeded'],
  'fit.no-disk': ['storage.exceeded'],
  'fit.no-threads': ['vm.cpu-exceeds-host'],
  'fit.no-addresses': ['vm.no-address'],
  'fit.no-bridge': ['host.no-bridge'],
}

function left(problems: readonly Problem[], told: readonly Unmet[]): Unmet[] {
  const known = new Set(told.flatMap(({ code }) => SAME_AS[code] ?? []))
  return problems
    .filter(({ severity, code }) => severity === 'blocker' && !known.has(code))
    .map(({ code, message }) => ({ code, message }))
}

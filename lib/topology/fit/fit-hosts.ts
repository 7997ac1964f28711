import { removeObject } from '../edits/remove-object'
import { listReferrals, refersTo } from '../references'
import type { Host, Topology } from '../topology'
import { type DrawnMachine, drawMachines } from './draw-machines'
import { ask, type FittedHost, type Fitting, hostOf, put } from './fitting'
import type { Inventory } from './inventory'

/** Inventories by the id of their connection. */
export type Inventories = Readonly<Record<string, { name: string; inventory: Inventory }>>

type Machine = DrawnMachine & { key: string; label: string }

/**
 * Says which machine each Proxmox host of the document is, and makes one host of those that are to be
 * the same machine. `preferred`: the connection that the person came from; its nodes come first. Where
 * the document has none yet, what is there is drawn.
 */
export function fitHosts(
  fitting: Fitting,
  inventories: Inventories,
  preferred: string | null,
): void {
  const machines = machinesOf(inventories, preferred)
  if (machines.length === 0) {
    fitting.unmet.push({
      code: 'fit.no-machine',
      message:
        'No machine is known to fit to - none was looked at yet, or none of its nodes answered - have a connection looked at, or add one in Settings > Connections.',
    })
    return
  }
  if (proxmoxHosts(fitting.topology).length === 0) drawMachines(fitting, machines)
  const taken = new Map<string, string>()
  const ids = proxmoxHosts(fitting.topology)
  const proposals = propose(fitting.topology, ids, machines, preferred)
  for (const id of ids) {
    const proposed = proposals.get(id)!
    const key = ask(fitting, {
      id: `host:${id}`,
      title: `Which machine is ${id}?`,
      why: 'Its VMs are made there. Two hosts on one machine become one.',
      options: machines.map(({ key: value, label }) => ({ value, label })),
      proposed: proposed.key,
      origin: proposed.origin,
    })
    const machine = machines.find((each) => each.key === key)!
    const holder = taken.get(key)
    if (holder !== undefined) fold(fitting, id, holder, machine.node)
    else {
      taken.set(key, id)
      fitting.hosts.push(settle(fitting, id, machine))
    }
  }
}

const proxmoxHosts = ({ hosts }: Topology): string[] =>
  Object.entries(hosts ?? {}).flatMap(([id, { role }]) => (role === 'proxmox' ? [id] : []))

function machinesOf(inventories: Inventories, preferred: string | null): Machine[] {
  const ids = Object.keys(inventories)
  const first = ids.filter((id) => id === preferred)
  return [...first, ...ids.filter((id) => id !== preferred)].flatMap((connection) => {
    const { name, inventory } = inventories[connection]!
    return inventory.nodes.flatMap(({ node, facts }) =>
      facts
        ? [
            {
              key: `${connection}/${node}`,
              label: `${node} of ${name} (${facts.cpuThreads} threads, ${Math.round(facts.memoryMib / 1024)} GiB)`,
              ...{ connection, connectionName: name, node, facts },
            },
          ]
        : [],
    )
  })
}

type Proposal = { key: string; origin: 'document' | 'found' | 'guess' }

/** Its own machine, one of its name, the next that is free, and where none is left the first. */
function propose(
  topology: Topology,
  ids: readonly string[],
  machines: readonly Machine[],
  preferred: string | null,
): Map<string, Proposal> {
  const wanted = machines.filter(({ connection }) => connection === preferred)
  const offered = wanted.length > 0 ? wanted : machines
  const used = new Set<string>()
  const proposals = new Map<string, Proposal>()
  const give = (id: string, machine: Machine | undefined, origin: Proposal['origin']) => {
    if (!machine || used.has(machine.key) || proposals.has(id)) return
    used.add(machine.key)
    proposals.set(id, { key: machine.key, origin })
  }
  for (const id of ids) {
    const { connection, node = id } = hostOf(topology, id)
    const own = `${connection}/${node}`
    give(
      id,
      offered.find(({ key }) => key === own),
      'document',
    )
  }
  for (const id of ids) {
    const { node = id } = hostOf(topology, id)
    give(
      id,
      offered.find((each) => each.node === node),
      'found',
    )
  }
  for (const id of ids) {
    give(
      id,
      offered.find(({ key }) => !used.has(key)),
      'guess',
    )
  }
  for (const id of ids) {
    if (!proposals.has(id)) proposals.set(id, { key: offered[0]!.key, origin: 'guess' })
  }
  return proposals
}

/** Host `id` becomes `target`: what names it names the target. */
function fold(fitting: Fitting, id: string, target: string, node: string): void {
  const moved = Object.values(fitting.topology.vms ?? {}).filter(({ host }) => host === id).length
  for (const referral of listReferrals(fitting.topology)) {
    if (!referral.listed && refersTo(referral, 'hosts', id)) put(fitting, referral.path, target)
  }
  fitting.topology = removeObject(fitting.topology, { collection: 'hosts', id })
  mergeTemplates(fitting)
  fitting.took.push(
    `Host ${id}: its ${moved === 1 ? 'VM is' : `${moved} VMs are`} made on ${target} (${node}) too, and ${moved === 1 ? 'fails' : 'fail'} with it.`,
  )
}

/** One template a host and image is enough. */
function mergeTemplates(fitting: Fitting): void {
  const seen = new Map<string, string>()
  for (const [id, template] of Object.entries(fitting.topology.templates ?? {})) {
    const { host, os, release, image, packages, user } = template
    const key = JSON.stringify([host, os, release, image?.url, image?.sha256, packages, user])
    const first = seen.get(key)
    if (first === undefined) {
      seen.set(key, id)
      continue
    }
    for (const referral of listReferrals(fitting.topology)) {
      if (refersTo(referral, 'templates', id)) put(fitting, referral.path, first)
    }
    fitting.topology = removeObject(fitting.topology, { collection: 'templates', id })
  }
}

/** Fields that tell of one machine, and are wrong of any other. */
const OF_A_MACHINE = [
  'model',
  'version',
  'address',
  'diskGib',
  'disks',
  'storages',
  'nics',
  'bridges',
  'gpus',
  'devices',
  'bmc',
] as const satisfies readonly (keyof Host)[]

/** Writes what the machine is. */
function settle(
  fitting: Fitting,
  id: string,
  { key, connection, node, facts }: Machine,
): FittedHost {
  const before = hostOf(fitting.topology, id)
  const moved = before.connection !== connection || (before.node ?? id) !== node
  const path = ['hosts', id]
  if (moved) {
    for (const field of OF_A_MACHINE) put(fitting, [...path, field], undefined)
    dropPassthrough(fitting, id)
  }
  put(fitting, [...path, 'connection'], connection)
  put(fitting, [...path, 'node'], node === id ? undefined : node)
  if (moved && facts.cpuModel !== null) put(fitting, [...path, 'model'], facts.cpuModel)
  const version = /^\d{1,2}(\.\d{1,2}){0,2}/.exec(facts.version)?.[0]
  if (moved && version !== undefined) put(fitting, [...path, 'version'], version)
  put(fitting, [...path, 'cpuThreads'], facts.cpuThreads)
  put(fitting, [...path, 'memoryMib'], facts.memoryMib)
  const reserve = before.reserveMemoryMib
  const fair = Math.max(1024, Math.floor(facts.memoryMib / 8))
  if (moved && reserve !== undefined && reserve > fair)
    put(fitting, [...path, 'reserveMemoryMib'], fair)
  return { id, key, facts, moved }
}

/** Cards of another machine are not in this one. */
function dropPassthrough(fitting: Fitting, host: string): void {
  for (const [id, vm] of Object.entries(fitting.topology.vms ?? {})) {
    if (vm.host !== host) continue
    const cards = [...(vm.gpus ?? []), ...(vm.devices ?? [])]
    if (cards.length === 0) continue
    put(fitting, ['vms', id, 'gpus'], undefined)
    put(fitting, ['vms', id, 'devices'], undefined)
    fitting.took.push(`${id}: ${cards.join(', ')}, which this machine may not have.`)
  }
}

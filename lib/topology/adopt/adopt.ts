import type { Change } from '../change'
import { diff } from '../diff'
import type { Inventories } from '../fit/fit-hosts'
import { ask, type FitAnswers, type FitQuestion, type Fitting, put } from '../fit/fitting'
import type { InventoryGuest } from '../fit/inventory'
import { freeId } from '../free-id'
import type { Problem } from '../problem'
import type { Topology, UnmanagedGuest } from '../topology'
import { validate } from '../validate'
import { drawHost, type ReadMachine } from './draw-hosts'
import { drawNetworks } from './draw-networks'
import { drawVm } from './draw-vm'
import { inferSizes } from './infer-sizes'
import { remarksOn, type Standing, whyNotManaged } from './judge-guest'
import { idOf } from './names'

/** One guest that was found, and what becomes of it. */
export type FoundGuest = {
  /** Id of the answer that decides: `guest:<connection>/<vmid>`, with `vm` or `unmanaged`. */
  key: string
  /** Id in the drawing; null where it is not drawn. */
  id: string | null
  vmid: number
  name: string
  kind: 'qemu' | 'lxc'
  node: string
  running: boolean
  standing: Standing
  /** Why it cannot be managed; null if it can. */
  cannot: string | null
  remarks: string[]
  /** What is managed of it from then on, or only told of. */
  as: 'vm' | 'unmanaged' | null
  /** Settings that the document has no field for: they stay as they are. */
  left: string[]
}

/** What was read of the machines of one connection, as a document. */
export type Adoption = {
  topology: Topology
  changes: Change[]
  found: FoundGuest[]
  questions: FitQuestion[]
  /** Nodes that could not be read, with why. */
  unread: { node: string; reason: string }[]
  problems: Problem[]
}

/**
 * Draws what runs: the hosts of a connection, the networks that its VMs stand in, the VMs that a person
 * chose to have managed, and all other guests as unmanaged ones. What nobody can tell is asked and not
 * invented. Equal inputs give equal documents, and nothing that is drawn already is changed, but a guest
 * that was drawn as unmanaged and is chosen.
 */
export function adoptMachines(
  topology: Topology,
  {
    inventories,
    connection,
    answers,
  }: { inventories: Inventories; connection: string; answers: FitAnswers },
): Adoption {
  const made = { questions: [], took: [], unmet: [], hosts: [] }
  const fitting: Fitting = { topology, answers, seen: [], ...made }
  const nodes = inventories[connection]?.inventory.nodes ?? []
  const machines = nodes.flatMap(({ node, facts }): ReadMachine[] =>
    facts ? [{ connection, node, facts }] : [],
  )
  const hosts = new Map(machines.map((each) => [each.node, drawHost(fitting, each)]))
  const rows = machines.flatMap(({ node, facts }) =>
    facts.guests.map((guest) => ({
      guest,
      host: hosts.get(node)!,
      row: judge(fitting, connection, node, guest),
    })),
  )
  const chosen = rows.filter(({ row }) => row.as === 'vm' && row.standing === 'free')
  const networks = drawNetworks(
    fitting,
    chosen.flatMap(({ guest }) =>
      (guest.machine?.nics ?? []).map((nic, _, all) => ({
        nic,
        addresses: all.length === 1 ? guest.addresses : [],
      })),
    ),
    machines,
  )
  const ids: string[] = []
  for (const { guest, host, row } of chosen) {
    forgetUnmanaged(fitting, host, guest.vmid)
    const id = freeId(fitting.topology.vms, idOf(guest.name, `vm-${guest.vmid}`))
    row.id = id
    row.left = drawVm(fitting, { id, host, guest, machine: guest.machine! }, networks).left
    ids.push(id)
  }
  inferSizes(fitting, ids)
  for (const { guest, host, row } of rows)
    if (row.as === 'unmanaged') row.id = drawUnmanaged(fitting, host, guest)
  return {
    topology: fitting.topology,
    changes: diff(topology, fitting.topology),
    found: rows.map(({ row }) => row),
    questions: fitting.questions,
    unread: nodes.flatMap(({ node, trouble }) =>
      trouble === null ? [] : [{ node, reason: trouble }],
    ),
    problems: validate(fitting.topology),
  }
}

function judge(
  fitting: Fitting,
  connection: string,
  node: string,
  guest: InventoryGuest,
): FoundGuest {
  const { topology } = fitting
  const { vmid, name, kind, running } = guest
  const drawn = Object.entries(topology.vms ?? {}).find(
    ([, vm]) => vm.vmid === vmid && topology.hosts?.[vm.host ?? '']?.connection === connection,
  )?.[0]
  const standing = drawn === undefined ? 'free' : guest.ours ? 'managed' : 'unmarked'
  const key = `guest:${connection}/${vmid}`
  const cannot = whyNotManaged(topology, guest)
  const row = { key, id: drawn ?? null, vmid, name, kind, node, running, standing, cannot } as const
  const common = { ...row, remarks: remarksOn(guest), left: [] }
  // Its own: a VM that left the drawing, a template, a keeper of disks.
  if (guest.ours && drawn === undefined) return { ...common, as: null }
  if (drawn !== undefined) return { ...common, as: cannot === null ? 'vm' : null }
  if (cannot !== null) return { ...common, as: guest.template ? null : 'unmanaged' }
  const answer = choose(fitting, key, guest)
  return { ...common, as: answer === 'vm' ? 'vm' : 'unmanaged' }
}

/** A choice, but no question: it stands in the table of what was found. */
function choose(fitting: Fitting, key: string, { name }: InventoryGuest): string {
  const answer = ask(fitting, {
    ...{ id: key, title: name, why: '', proposed: 'vm', origin: 'found' },
    options: ['vm', 'unmanaged'].map((value) => ({ value, label: value })),
  })
  fitting.questions.pop()
  return answer
}

const unmanagedAt = ({ topology }: Fitting, host: string, vmid: number): string | null =>
  Object.entries(topology.unmanaged ?? {}).find(
    ([, guest]) =>
      guest.vmid === vmid &&
      topology.hosts?.[guest.host ?? '']?.connection === topology.hosts?.[host]?.connection,
  )?.[0] ?? null

/** A guest that is managed from now on is no unmanaged one. */
function forgetUnmanaged(fitting: Fitting, host: string, vmid: number): void {
  const id = unmanagedAt(fitting, host, vmid)
  if (id !== null) put(fitting, ['unmanaged', id], undefined)
}

/** The id under which a guest of others is told of; drawn where it is not yet. */
function drawUnmanaged(fitting: Fitting, host: string, guest: InventoryGuest): string {
  const known = unmanagedAt(fitting, host, guest.vmid)
  if (known !== null) return known
  const id = freeId(fitting.topology.unmanaged, idOf(guest.name, `guest-${guest.vmid}`))
  const drawn: UnmanagedGuest = {
    kind: guest.kind === 'lxc' ? 'lxc' : 'vm',
    ...{ host, vmid: guest.vmid },
    ...(guest.cpus >= 1 ? { cpus: Math.floor(guest.cpus) } : {}),
    ...(guest.memoryMib >= 1 ? { memoryMib: Math.floor(guest.memoryMib) } : {}),
    ...(guest.addresses.length > 0 ? { addresses: guest.addresses } : {}),
  }
  put(fitting, ['unmanaged', id], drawn)
  return id
}

import { isDeepStrictEqual } from 'node:util'
import { ProxmoxError } from './errors'
import type { HostInterface, HostNetwork, HostNetworkState } from './host-network'
import type { Tasks, TaskWait } from './tasks'
import type { VmParams } from './values'

/** One wanted change of a node's interfaces. */
export type InterfaceChange =
  | { do: 'create' | 'update'; name: string; type: string; params: VmParams }
  | { do: 'remove'; name: string }

/** What loses its own address once it is a port of a bridge. */
const CARDS = ['eth', 'bond']

/**
 * Names of the interfaces that carry one of these addresses, or a default gateway, and of everything
 * below them, and of cards with any address of their own, such as one for storage or corosync: touching
 * one may cut off the host, and Proxmox takes nothing back by itself (T11). `addresses` are the node's
 * own, without prefix.
 */
export function managementInterfaces(
  interfaces: readonly HostInterface[],
  addresses: readonly string[],
): Set<string> {
  const byName = new Map(interfaces.map((one) => [one.name, one]))
  const carries = ({ type, cidr, cidr6, gateway, gateway6 }: HostInterface) =>
    gateway !== null ||
    gateway6 !== null ||
    (CARDS.includes(type) && (cidr !== null || cidr6 !== null)) ||
    [cidr, cidr6].some((own) => own !== null && addresses.includes(own.split('/')[0] ?? ''))
  const found = new Set<string>()
  const add = (name: string) => {
    if (found.has(name)) return
    found.add(name)
    const one = byName.get(name)
    for (const below of [...(one?.ports ?? []), one?.rawDevice ?? null]) if (below) add(below)
  }
  for (const one of interfaces) if (carries(one)) add(one.name)
  return found
}

/** Names of the interfaces that differ between two readings, sorted. */
export function changedInterfaces(
  before: readonly HostInterface[],
  after: readonly HostInterface[],
): string[] {
  const old = new Map(before.map((one) => [one.name, one.raw]))
  const now = new Map(after.map((one) => [one.name, one.raw]))
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => !isDeepStrictEqual(old.get(name), now.get(name)))
    .toSorted()
}

export type ChangeHostNetwork = {
  node: string
  changes: readonly InterfaceChange[]
  /** The node's own addresses that the panel and the cluster reach it by. */
  managementAddresses: readonly string[]
  wait: TaskWait
}

/**
 * Stages, checks and applies changes of one node's network, and looks afterwards whether they are
 * there. Refused before anything is staged: while somebody else's changes are staged, and where one
 * concerns what carries host management. Refused before it is applied, with our part dropped: where
 * somebody else staged something meanwhile nothing is dropped, and the message says whose it is.
 */
export async function changeHostNetwork(
  { network, waitForTask }: { network: HostNetwork; waitForTask: Tasks['waitForTask'] },
  { node, changes, managementAddresses, wait }: ChangeHostNetwork,
): Promise<void> {
  const before = await network.read(node)
  refuseForeign(node, before)
  refuseManagement(node, changes, managementInterfaces(before.interfaces, managementAddresses))
  try {
    for (const change of changes) await stage(network, node, change)
  } catch (error) {
    await dropOurs(network, node, before, changes)
    throw error
  }
  const ours = new Set(changes.map(({ name }) => name))
  const staged = await network.read(node)
  refuseStrangers(node, strangersIn(before, staged, changes))
  if (staged.staged === null) return
  // As late as can be: between this look and the call nobody can be kept out.
  const last = await network.read(node)
  if (last.staged !== staged.staged)
    refuseStrangers(node, [
      ...strangersIn(before, last, changes),
      // Ours as well, where it is not as it was staged: that was somebody else.
      ...changedInterfaces(staged.interfaces, last.interfaces).filter((name) => ours.has(name)),
    ])
  await waitForTask(await network.apply(node), wait)
  const after = await network.read(node)
  const missing = changedInterfaces(last.interfaces, after.interfaces).filter((name) =>
    ours.has(name),
  )
  if (after.staged !== null || missing.length > 0)
    throw new ProxmoxError(
      'proxmox.not-applied',
      `The network of ${node} was reloaded, but ${missing.join(', ') || 'something'} is not as it was staged - look at the task's log and at ${node} > Network in Proxmox.`,
    )
}

const strangersIn = (
  before: HostNetworkState,
  now: HostNetworkState,
  changes: readonly InterfaceChange[],
): string[] => {
  const ours = new Set(changes.map(({ name }) => name))
  return changedInterfaces(before.interfaces, now.interfaces).filter((name) => !ours.has(name))
}

/** Dropping takes along what others staged, so it is done only where nobody did. */
async function dropOurs(
  network: HostNetwork,
  node: string,
  before: HostNetworkState,
  changes: readonly InterfaceChange[],
): Promise<void> {
  const now = await network.read(node)
  if (now.staged !== null && strangersIn(before, now, changes).length === 0)
    await network.revert(node)
}

function stage(network: HostNetwork, node: string, change: InterfaceChange): Promise<void> {
  switch (change.do) {
    case 'create':
      return network.create(node, change.name, change.type, change.params)
    case 'update':
      return network.update(node, change.name, change.type, change.params)
    case 'remove':
      return network.remove(node, change.name)
  }
}

function refuseForeign(node: string, { staged }: HostNetworkState): void {
  if (staged === null) return
  throw new ProxmoxError(
    'proxmox.foreign-changes',
    `Somebody staged changes of the network of ${node} that are not applied yet, and applying ours would apply theirs too - apply or revert them under ${node} > Network in Proxmox first.`,
  )
}

function refuseStrangers(node: string, names: readonly string[]): void {
  if (names.length === 0) return
  throw new ProxmoxError(
    'proxmox.foreign-changes',
    `While our changes of the network of ${node} were staged somebody staged ${names.join(', ')} too, so nothing was applied and nothing dropped - apply or revert all of it under ${node} > Network in Proxmox.`,
  )
}

function refuseManagement(
  node: string,
  changes: readonly InterfaceChange[],
  management: ReadonlySet<string>,
): void {
  const wrong = changes
    .filter(
      (change) =>
        management.has(change.name) ||
        (change.do !== 'remove' &&
          portsOf(change.params).some((port) => management.has(port) && !isVlanOn(change, port))),
    )
    .map(({ name }) => name)
  if (wrong.length === 0) return
  throw new ProxmoxError(
    'proxmox.management-interface',
    `${wrong.join(', ')} on ${node} carries the host's own address or stands below it, and a fault there cuts off the host - change it at the host's console, or use a tag on its VLAN-aware bridge.`,
  )
}

const portsOf = (params: VmParams): string[] =>
  ['bridge_ports', 'slaves', 'ovs_ports', 'vlan-raw-device']
    .flatMap((key) => String(params[key] ?? '').split(/[,; ]+/))
    .filter(Boolean)

/** A VLAN beside the management address, on the same wire, changes nothing for what is there. */
const isVlanOn = (change: InterfaceChange, port: string): boolean =>
  change.do === 'create' &&
  change.type === 'vlan' &&
  (change.params['vlan-raw-device'] === port || change.name.startsWith(`${port}.`))

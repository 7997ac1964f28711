import { PanelError } from '@/lib/base/errors'
import { diffInterface } from '@/lib/plan/networks/interface-diff'
import type { StepArgs } from '@/lib/plan/step'
import {
  changedInterfaces,
  changeHostNetwork,
  type InterfaceChange,
} from '@/lib/proxmox/change-host-network'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { HostInterface } from '@/lib/proxmox/host-network'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { StepContext, StepHandler } from '../handler'
import { waitUntil } from '../wait'
import { bridgesOf, guestConfig } from './nic-bridges'
import { toObservedInterface } from './observe-network'

type Args = StepArgs['host.network']

/** After a reload the host must answer the panel again within this time. */
const ANSWER_MS = 60_000
/** Note of what the interfaces were before ours were staged. */
const BEFORE = 'before'

/**
 * Bridges and VLAN interfaces of one host: staged, compared, applied, and read again from the panel's
 * side. Never while somebody else's changes are staged, and never what carries the host itself.
 */
export const hostNetwork: StepHandler<Args> = {
  async check(args, ctx) {
    const { network } = await ctx.proxmox(args.at.connection)
    const { interfaces, staged } = await network.read(args.at.node)
    return staged === null && changesFor(args, interfaces).length === 0
  },

  async apply(args, ctx) {
    const proxmox = await ctx.proxmox(args.at.connection)
    const { node } = args.at
    await dropWhatWasStaged(proxmox, args, ctx)
    const { interfaces } = await proxmox.network.read(node)
    const changes = changesFor(args, interfaces)
    await refuseInUse(proxmox, node, args.remove)
    await ctx.notes.set(BEFORE, JSON.stringify(interfaces))
    await changeHostNetwork(proxmox, {
      ...{ node, changes },
      managementAddresses: [...args.management, ...(await addressesOf(proxmox, node))],
      wait: { log: ctx.log, signal: ctx.signal },
    })
    await waitForAnswer(proxmox, node, ctx)
  },
}

/** The node's own addresses, as its Proxmox tells them. */
async function addressesOf(proxmox: Proxmox, node: string): Promise<string[]> {
  const { nodes } = await proxmox.cluster.status()
  return nodes.flatMap((each) => (each.node === node ? (each.address ?? []) : []))
}

/** What is still to be staged. Throws where an interface is somebody else's. */
function changesFor(
  { at, make, remove }: Args,
  interfaces: readonly HostInterface[],
): InterfaceChange[] {
  const byName = new Map(interfaces.map((each) => [each.name, each]))
  const made = make.flatMap((wanted): InterfaceChange[] => {
    const found = byName.get(wanted.name)
    const { name, type } = wanted
    if (!found) return [{ do: 'create', name, type, params: paramsOf(wanted) }]
    const seen = toObservedInterface(found)
    if (seen.marker !== wanted.marker) throw notOurs(name, at.node)
    if (found.active && diffInterface(seen, wanted).length === 0) return []
    return [{ do: 'update', name, type, params: { ...kept(found), ...paramsOf(wanted) } }]
  })
  const gone = remove.flatMap(({ name, marker }): InterfaceChange[] => {
    const found = byName.get(name)
    if (!found || toObservedInterface(found).marker !== marker) return []
    return [{ do: 'remove', name }]
  })
  return [...made, ...gone]
}

const notOurs = (name: string, node: string) =>
  new ProxmoxError(
    'proxmox.not-ours',
    `${name} of ${node} was made by somebody else since this was planned, and the panel changes only what it made - plan again.`,
  )

function paramsOf(wanted: Args['make'][number]): Record<string, string | number> {
  const { name, type, ports, vlanAware, rawDevice, tag, mtu, marker } = wanted
  return {
    ...{ autostart: 1, comments: marker },
    ...(type === 'bridge'
      ? { bridge_ports: ports.join(' '), ...(vlanAware ? { bridge_vlan_aware: 1 } : {}) }
      : name.includes('.')
        ? {}
        : { 'vlan-raw-device': rawDevice ?? '', 'vlan-id': tag ?? 0 }),
    ...(mtu === null ? {} : { mtu }),
  }
}

/** What somebody set on an interface of ours and the panel does not decide: changing it keeps that. */
const KEPT = ['cidr', 'gateway', 'cidr6', 'gateway6', 'mtu', 'bridge_vids']
const kept = ({ raw }: HostInterface): Record<string, string | number> =>
  Object.fromEntries(
    KEPT.flatMap((key) => {
      const value = raw[key]
      return typeof value === 'string' || typeof value === 'number' ? [[key, value]] : []
    }),
  )

/**
 * An attempt that died between staging and applying leaves our part staged. It is dropped where it is
 * all that is staged, so that the next attempt begins where the first did.
 */
async function dropWhatWasStaged(proxmox: Proxmox, args: Args, ctx: StepContext): Promise<void> {
  const noted = ctx.notes.get(BEFORE)
  const { node } = args.at
  const now = await proxmox.network.read(node)
  if (noted === undefined || now.staged === null) return
  const before = JSON.parse(noted) as HostInterface[]
  const ours = new Set([...args.make, ...args.remove].map(({ name }) => name))
  if (changedInterfaces(before, now.interfaces).some((name) => !ours.has(name))) return
  ctx.log(`An attempt before left our changes of ${node} staged; they are dropped and made anew.`)
  await proxmox.network.revert(node)
}

/** A bridge goes only when no VM on its host is plugged into it. */
async function refuseInUse(proxmox: Proxmox, node: string, remove: Args['remove']): Promise<void> {
  if (remove.length === 0) return
  const names = new Set(remove.map(({ name }) => name))
  for (const { kind, vmid, name } of await proxmox.listGuests(node)) {
    const config = await guestConfig(proxmox, kind, { node, vmid })
    const used = config ? bridgesOf(config.values).find((bridge) => names.has(bridge)) : undefined
    if (used !== undefined)
      throw new ProxmoxError(
        'proxmox.in-use',
        `${used} of ${node} stays - ${name} (VMID ${vmid}) is plugged into it and is not ours - plug it in elsewhere, then retry.`,
      )
  }
}

/** The panel's own way to the host, tried anew. */
async function waitForAnswer(proxmox: Proxmox, node: string, ctx: StepContext): Promise<void> {
  let last = 'it did not answer'
  await waitUntil(
    async () => {
      try {
        await proxmox.network.read(node)
        return true
      } catch (error) {
        if (!(error instanceof PanelError)) throw error
        last = error.message
        return false
      }
    },
    {
      ...{ everyMs: 2_000, timeoutMs: ANSWER_MS, signal: ctx.signal, now: ctx.now },
      onTimeout: () =>
        new ProxmoxError(
          'proxmox.not-applied',
          `The network of ${node} was reloaded, and the panel does not reach it since (${last}) - at its console restore /etc/network/interfaces and run ifreload -a.`,
        ),
    },
  )
}

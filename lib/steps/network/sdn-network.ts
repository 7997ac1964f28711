import type { SdnVnet, SdnZone, StepArgs } from '@/lib/plan/step'
import { applySdn } from '@/lib/proxmox/apply-sdn'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { Sdn, SdnZone as SeenZone, Vnet } from '@/lib/proxmox/sdn'
import type { StepHandler } from '../handler'
import { bridgesOf, guestConfig } from './nic-bridges'
import { formatAlias, parseAlias } from './vnet-alias'

type Args = StepArgs['sdn.network']
type Seen = { zones: SeenZone[]; vnets: Vnet[] }

/**
 * Zones, VNets and subnets of one Proxmox: staged, applied everywhere, and asked of every node, because
 * Proxmox's task ends well where a node failed. What is there already is staged again only where it
 * differs, so an attempt that was cut off is taken up.
 */
export const sdnNetwork: StepHandler<Args> = {
  async check(args, ctx) {
    const proxmox = await ctx.proxmox(args.connection)
    const seen = await look(proxmox.sdn)
    return (await isThere(proxmox.sdn, args, seen)) && (await isEverywhere(proxmox, args))
  },

  async apply(args, ctx) {
    const proxmox = await ctx.proxmox(args.connection)
    const seen = await look(proxmox.sdn)
    for (const { vnet, marker } of args.remove.vnets) {
      if (ownerOf(seen, vnet) !== marker) continue
      await refuseInUse(proxmox, vnet)
      await removeVnet(proxmox.sdn, vnet)
    }
    const left = (await proxmox.sdn.vnets()).filter(({ state }) => state !== 'deleted')
    for (const zone of args.remove.zones)
      if (isStill(seen.zones, 'zone', zone) && !left.some((each) => each.zone === zone))
        await proxmox.sdn.removeZone(zone)
    for (const zone of args.zones) await makeZone(proxmox.sdn, zone, seen)
    for (const vnet of args.vnets) await makeVnet(proxmox.sdn, vnet, seen)
    await applySdn(proxmox, {
      ours: namesIn(args),
      wait: { log: ctx.log, signal: ctx.signal },
    })
  },
}

async function look(sdn: Sdn): Promise<Seen> {
  const [zones, vnets] = await Promise.all([sdn.zones(), sdn.vnets()])
  return { zones, vnets }
}

const isStill = <K extends string>(
  list: readonly (Record<K, string> & { state: string | null })[],
  key: K,
  id: string,
): boolean => list.some((each) => each[key] === id && each.state !== 'deleted')

const namesIn = ({ zones, vnets, remove }: Args): Set<string> =>
  new Set([
    ...zones.map(({ zone }) => zone),
    ...vnets.map(({ vnet }) => vnet),
    ...remove.zones,
    ...remove.vnets.map(({ vnet }) => vnet),
  ])

const ownerOf = ({ vnets }: Seen, vnet: string): string | null =>
  parseAlias(vnets.find((each) => each.vnet === vnet)?.alias ?? null)?.marker ?? null

/** Whether all of it is there, applied, and what is to be gone is gone. */
async function isThere(sdn: Sdn, args: Args, seen: Seen): Promise<boolean> {
  const zones = args.zones.every(({ zone, kind }) =>
    seen.zones.some((each) => each.zone === zone && each.type === kind && each.state === null),
  )
  const gone =
    args.remove.vnets.every(
      ({ vnet, marker }) =>
        ownerOf(seen, vnet) !== marker || !seen.vnets.some((each) => each.vnet === vnet),
    ) &&
    // A zone that somebody else has put a VNet into meanwhile stays.
    args.remove.zones.every(
      (zone) =>
        !seen.zones.some((each) => each.zone === zone) ||
        seen.vnets.some((each) => each.zone === zone),
    )
  if (!zones || !gone) return false
  const vnets = await Promise.all(args.vnets.map((wanted) => vnetIsThere(sdn, wanted, seen)))
  return vnets.every(Boolean)
}

async function vnetIsThere(sdn: Sdn, wanted: SdnVnet, { vnets }: Seen): Promise<boolean> {
  const there = vnets.find(({ vnet }) => vnet === wanted.vnet)
  if (!there || there.state !== null || !isAlike(there, wanted)) return false
  if (!wanted.subnet) return true
  const subnets = await sdn.subnets(wanted.vnet)
  return subnets.some(
    ({ cidr, gateway, state }) =>
      cidr === wanted.subnet?.cidr && gateway === wanted.subnet.gateway && state === null,
  )
}

const isAlike = (there: Vnet, wanted: SdnVnet): boolean =>
  there.zone === wanted.zone && there.tag === wanted.tag && there.alias === formatAlias(wanted)

/** Every zone that is concerned runs on every node that is up. */
async function isEverywhere(proxmox: Proxmox, { vnets, zones }: Args): Promise<boolean> {
  const wanted = new Set([...zones, ...vnets].map(({ zone }) => zone))
  if (wanted.size === 0) return true
  const online = (await proxmox.nodes()).filter((node) => node.online)
  for (const { node } of online) {
    const shown = await proxmox.sdn.nodeZones(node)
    const good = shown.filter(({ status }) => status === 'available').map(({ zone }) => zone)
    if ([...wanted].some((zone) => !good.includes(zone))) return false
  }
  return true
}

async function makeZone(sdn: Sdn, wanted: SdnZone, seen: Seen): Promise<void> {
  const { zone, kind, bridge, peers, mtu } = wanted
  if (isStill(seen.zones, 'zone', zone)) return
  await sdn.createZone(zone, kind, {
    bridge,
    peers: peers.length > 0 ? peers.join(',') : undefined,
    mtu,
  })
}

async function makeVnet(sdn: Sdn, wanted: SdnVnet, seen: Seen): Promise<void> {
  const { vnet, zone, tag, subnet } = wanted
  const there = seen.vnets.find((each) => each.vnet === vnet && each.state !== 'deleted')
  const alias = formatAlias(wanted)
  if (there && parseAlias(there.alias)?.marker !== wanted.marker)
    throw new ProxmoxError(
      'proxmox.not-ours',
      `VNet ${vnet} was made by somebody else since this was planned, and the panel changes only what it made - plan again.`,
    )
  if (!there) await sdn.createVnet(vnet, zone, { alias, ...(tag === null ? {} : { tag }) })
  else if (!isAlike(there, wanted))
    await sdn.updateVnet(vnet, {
      set: { zone, alias, ...(tag === null ? {} : { tag }) },
      ...(tag === null && there.tag !== null ? { remove: ['tag'] } : {}),
    })
  await makeSubnet(sdn, vnet, subnet)
}

async function makeSubnet(sdn: Sdn, vnet: string, wanted: SdnVnet['subnet']): Promise<void> {
  if (!wanted) return
  const { cidr, gateway } = wanted
  const there = (await sdn.subnets(vnet)).find(
    (each) => each.cidr === cidr && each.state !== 'deleted',
  )
  if (there?.gateway === gateway) return
  if (there) await sdn.removeSubnet(vnet, there.id)
  await sdn.createSubnet(vnet, cidr, { gateway })
}

async function removeVnet(sdn: Sdn, vnet: string): Promise<void> {
  for (const { id, state } of await sdn.subnets(vnet))
    if (state !== 'deleted') await sdn.removeSubnet(vnet, id)
  if (isStill(await sdn.vnets(), 'vnet', vnet)) await sdn.removeVnet(vnet)
}

/** A VNet goes only when no VM or container of any node is plugged into it. */
async function refuseInUse(proxmox: Proxmox, vnet: string): Promise<void> {
  for (const { kind, node, vmid, name } of await proxmox.cluster.resources('vm')) {
    if (node === null || vmid === null || (kind !== 'qemu' && kind !== 'lxc')) continue
    const config = await guestConfig(proxmox, kind, { node, vmid })
    if (config && bridgesOf(config.values).includes(vnet))
      throw new ProxmoxError(
        'proxmox.in-use',
        `VNet ${vnet} stays - ${name} (VMID ${vmid} on ${node}) is plugged into it and is not ours - plug it in elsewhere, then retry.`,
      )
  }
}

import { z } from 'zod'
import { flag, list, nullable, num, text } from './answer-values'
import { type Ask, path, type Verbs, verbsOf } from './ask'
import { ProxmoxError } from './errors'
import { type Change, paramsOf, type Upid, type VmParams } from './values'

/** What is staged of one object: null where it is as it runs. */
export type SdnState = 'new' | 'changed' | 'deleted' | null

export type SdnZone = {
  zone: string
  type: string
  bridge: string | null
  /** Empty: all nodes. */
  nodes: string[]
  mtu: number | null
  ipam: string | null
  state: SdnState
}
export type Vnet = {
  vnet: string
  zone: string
  tag: number | null
  alias: string | null
  vlanAware: boolean
  isolated: boolean
  state: SdnState
}
export type Subnet = {
  /** `zone-10.30.0.0-24` */
  id: string
  vnet: string
  cidr: string
  gateway: string | null
  snat: boolean
  state: SdnState
}
/** A zone as one node has it: `available` is good. */
export type NodeZone = { zone: string; status: string }

/**
 * Software-defined networks of the cluster. Everything is staged until `apply`, whose task ends OK
 * even where a node failed: use `applySdn` (lib/proxmox/apply-sdn.ts), which asks each node.
 */
export type Sdn = {
  /** With what is staged. */
  zones(): Promise<SdnZone[]>
  createZone(zone: string, type: string, params: VmParams): Promise<void>
  updateZone(zone: string, change: Change): Promise<void>
  removeZone(zone: string): Promise<void>
  vnets(): Promise<Vnet[]>
  createVnet(
    vnet: string,
    zone: string,
    options?: { tag?: number; alias?: string; vlanAware?: boolean; isolated?: boolean },
  ): Promise<void>
  updateVnet(vnet: string, change: Change): Promise<void>
  removeVnet(vnet: string): Promise<void>
  subnets(vnet: string): Promise<Subnet[]>
  createSubnet(
    vnet: string,
    cidr: string,
    options?: { gateway?: string; snat?: boolean; dhcpRanges?: { start: string; end: string }[] },
  ): Promise<void>
  /** By its id, `zone-10.30.0.0-24`. */
  removeSubnet(vnet: string, id: string): Promise<void>
  /** Everything staged, by whomever, on every node. `lock` where it was taken (9). */
  apply(lock?: string): Promise<Upid>
  nodeZones(node: string): Promise<NodeZone[]>
  /**
   * PVE 9: nobody else stages anything until `unlock` or an `apply` with it, whatever is staged now.
   * Null where there is no such lock (8).
   */
  lock(): Promise<string | null>
  unlock(lock: string): Promise<void>
  /** PVE 9: drops everything staged. */
  rollback(lock?: string): Promise<void>
}

const state = z
  .enum(['new', 'changed', 'deleted'])
  .nullish()
  .transform((value) => value ?? null)
const pending = z.record(z.string(), z.unknown()).optional()
const Zone = z.object({
  zone: z.string(),
  type: z.string(),
  bridge: nullable(z.string()),
  nodes: list,
  mtu: nullable(num),
  ipam: nullable(z.string()),
})
const VnetAnswer = z.object({
  vnet: z.string(),
  zone: z.string(),
  tag: nullable(num),
  alias: nullable(text),
  vlanaware: flag,
  'isolate-ports': flag,
})
const SubnetAnswer = z.object({
  subnet: z.string(),
  vnet: z.string(),
  cidr: z.string().optional(),
  network: z.string().optional(),
  mask: text.optional(),
  gateway: nullable(z.string()),
  snat: flag,
})

/** What is asked with `pending=1`: the staged values stand over the running ones (recorded). */
const staged = <S extends z.ZodType>(schema: S) =>
  z
    .object({ state, pending })
    .catchall(z.unknown())
    .transform((found) => ({ ...found, ...found.pending, state: found.state }))
    .transform((found, ctx) => {
      const parsed = schema.safeParse(found)
      if (parsed.success) return { value: parsed.data, state: found.state }
      ctx.addIssue({ code: 'custom', message: z.prettifyError(parsed.error) })
      return z.NEVER
    })

/** See {@link Sdn}. */
export function sdnCalls(ask: Ask): Sdn {
  const verbs = verbsOf(ask)
  return {
    ...zoneCalls(verbs),
    ...vnetCalls(verbs),
    ...subnetCalls(verbs),
    ...applyCalls(ask, verbs),
  }
}

const PENDING = { pending: true }

type Zones = 'zones' | 'createZone' | 'updateZone' | 'removeZone'

function zoneCalls({ read, change }: Verbs): Pick<Sdn, Zones> {
  const one = (zone: string) => path`/cluster/sdn/zones/${zone}`
  return {
    async zones() {
      const what = 'List the SDN zones'
      const found = await read(z.array(staged(Zone)), what, '/cluster/sdn/zones', PENDING)
      return found.map(({ value, state }) => ({ ...value, state }))
    },
    createZone: (zone, type, params) =>
      change(`Add SDN zone ${zone}`, ['POST', '/cluster/sdn/zones'], { zone, type, ...params }),
    updateZone: (zone, wanted) =>
      change(`Change SDN zone ${zone}`, ['PUT', one(zone)], paramsOf(wanted)),
    removeZone: (zone) => change(`Remove SDN zone ${zone}`, ['DELETE', one(zone)]),
  }
}

type Vnets = 'vnets' | 'createVnet' | 'updateVnet' | 'removeVnet'

function vnetCalls({ read, change }: Verbs): Pick<Sdn, Vnets> {
  const one = (vnet: string) => path`/cluster/sdn/vnets/${vnet}`
  return {
    async vnets() {
      const what = 'List the SDN networks'
      const found = await read(z.array(staged(VnetAnswer)), what, '/cluster/sdn/vnets', PENDING)
      return found.map(({ value: { vlanaware, 'isolate-ports': isolated, ...value }, state }) => ({
        ...value,
        vlanAware: vlanaware,
        ...{ isolated, state },
      }))
    },
    createVnet: (vnet, zone, { tag, alias, vlanAware, isolated } = {}) =>
      change(`Add SDN network ${vnet}`, ['POST', '/cluster/sdn/vnets'], {
        ...{ vnet, zone, tag, alias },
        vlanaware: vlanAware || undefined,
        'isolate-ports': isolated || undefined,
      }),
    updateVnet: (vnet, wanted) =>
      change(`Change SDN network ${vnet}`, ['PUT', one(vnet)], paramsOf(wanted)),
    removeVnet: (vnet) => change(`Remove SDN network ${vnet}`, ['DELETE', one(vnet)]),
  }
}

type Subnets = 'subnets' | 'createSubnet' | 'removeSubnet'

function subnetCalls({ read, change }: Verbs): Pick<Sdn, Subnets> {
  const all = (vnet: string) => path`/cluster/sdn/vnets/${vnet}/subnets`
  return {
    async subnets(vnet) {
      const what = `List the subnets of ${vnet}`
      const found = await read(z.array(staged(SubnetAnswer)), what, all(vnet), PENDING)
      return found.map(({ value, state }) => ({
        id: value.subnet,
        vnet: value.vnet,
        cidr: value.cidr ?? `${value.network ?? ''}/${value.mask ?? ''}`,
        gateway: value.gateway,
        snat: value.snat,
        state,
      }))
    },
    createSubnet: (vnet, cidr, { gateway, snat, dhcpRanges = [] } = {}) => {
      const ranges = dhcpRanges.map(({ start, end }) => `start-address=${start},end-address=${end}`)
      const params = { subnet: cidr, type: 'subnet', gateway, snat: snat || undefined }
      return change(
        `Add subnet ${cidr} to ${vnet}`,
        ['POST', all(vnet)],
        ranges.length > 0 ? { json: { ...params, 'dhcp-range': ranges } } : params,
      )
    },
    removeSubnet: (vnet, id) =>
      change(`Remove subnet ${id}`, ['DELETE', path`/cluster/sdn/vnets/${vnet}/subnets/${id}`]),
  }
}

const NodeZones = z.array(z.object({ zone: z.string(), status: z.string() }))

function applyCalls(
  ask: Ask,
  { read, change, task }: Verbs,
): Pick<Sdn, 'apply' | 'nodeZones' | 'lock' | 'unlock' | 'rollback'> {
  return {
    apply: (lock) => task('Apply the SDN', ['PUT', '/cluster/sdn'], { 'lock-token': lock }),
    nodeZones: (node) =>
      read(NodeZones, `Read the SDN zones of ${node}`, path`/nodes/${node}/sdn/zones`),
    async lock() {
      try {
        return await ask(z.string(), {
          ...{ method: 'POST', path: '/cluster/sdn/lock', what: 'Lock the SDN' },
          body: { 'allow-pending': true },
        })
      } catch (error) {
        if (error instanceof ProxmoxError && error.answer?.status === 501) return null
        throw error
      }
    },
    unlock: (lock) =>
      change('Unlock the SDN', ['DELETE', '/cluster/sdn/lock'], { 'lock-token': lock }),
    rollback: (lock) =>
      change('Drop what is staged of the SDN', ['POST', '/cluster/sdn/rollback'], {
        'lock-token': lock,
      }),
  }
}

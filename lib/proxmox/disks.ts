import { z } from 'zod'
import { nullable, num, text } from './answer-values'
import { type Ask, path, type Verbs, verbsOf } from './ask'

/** A disk of a node. */
export type PhysicalDisk = {
  /** `/dev/nvme0n1` */
  device: string
  kind: 'hdd' | 'ssd' | 'nvme' | 'usb' | 'unknown'
  model: string | null
  serial: string | null
  sizeBytes: number
  /** What it carries: `LVM`, `ZFS`, `partitions`, `mounted`; null: nothing. */
  use: string | null
  /** SMART's own verdict. Null: not asked, or the disk does not say. */
  healthy: boolean | null
  /** Worn share of an SSD, 0 (new) to 100; may go beyond. Null where the disk does not say. */
  wearPercent: number | null
}

/** What SMART says about one disk. */
export type Smart = {
  healthy: boolean | null
  wearPercent: number | null
  /** Of ATA disks: by name, as the disk counts them. */
  attributes: { id: number | null; name: string; raw: string; failing: boolean }[]
  /** Of NVMe and SAS disks: smartctl's words. */
  text: string | null
}

/** A thin pool. When data *or* metadata is full, every guest on it freezes (T8). */
export type ThinPool = {
  /** `pve/data` */
  name: string
  sizeBytes: number
  usedBytes: number
  metadataSizeBytes: number
  metadataUsedBytes: number
}

export type ZfsPool = {
  name: string
  /** `ONLINE`, `DEGRADED`, `FAULTED` ... */
  health: string
  sizeBytes: number
  usedBytes: number
  freeBytes: number
  fragmentationPercent: number
}
/** One pool with its devices. */
export type ZfsPoolDetail = {
  name: string
  state: string
  /** What ZFS says about it in words, where something is to be said. */
  status: string | null
  action: string | null
  errors: string | null
  scan: string | null
  devices: { name: string; state: string; errors: number }[]
}

/** A node's disks and what is built on them. */
export type Disks = {
  /** `smart: false` leaves sleeping disks asleep. */
  list(node: string, options?: { smart?: boolean }): Promise<PhysicalDisk[]>
  smart(node: string, device: string): Promise<Smart>
  thinPools(node: string): Promise<ThinPool[]>
  zfsPools(node: string): Promise<ZfsPool[]>
  zfsPool(node: string, name: string): Promise<ZfsPoolDetail>
}

const Disk = z.object({
  devpath: z.string(),
  type: text.optional(),
  model: nullable(text),
  serial: nullable(text),
  size: num.default(0),
  used: nullable(z.string()),
  health: nullable(z.string()),
  wearout: nullable(z.union([num, z.string()])),
})

const SmartAnswer = z.object({
  health: nullable(z.string()),
  wearout: nullable(z.union([num, z.string()])),
  text: nullable(z.string()),
  attributes: z
    .array(
      z.object({
        id: nullable(z.union([num, z.string().transform((value) => Number(value.trim()) || null)])),
        name: z.string(),
        raw: text.default(''),
        fail: z.string().default('-'),
      }),
    )
    .default([]),
})

const ThinPools = z.array(
  z.object({
    lv: z.string(),
    vg: z.string(),
    lv_size: num,
    used: num,
    metadata_size: num,
    metadata_used: num,
  }),
)

const ZfsPools = z.array(
  z.object({
    name: z.string(),
    health: z.string(),
    size: num,
    alloc: num,
    free: num,
    frag: num.default(0),
  }),
)

type ZfsNode = {
  name: string
  state?: string
  read?: number
  write?: number
  cksum?: number
  children?: ZfsNode[]
}
const ZfsNode: z.ZodType<ZfsNode, unknown> = z.lazy(() =>
  z.object({
    name: z.string(),
    state: z.string().optional(),
    read: num.optional(),
    write: num.optional(),
    cksum: num.optional(),
    children: z.array(ZfsNode).optional(),
  }),
)
const ZfsDetail = z.object({
  name: z.string(),
  state: z.string(),
  status: nullable(z.string()),
  action: nullable(z.string()),
  errors: nullable(z.string()),
  scan: nullable(z.string()),
  children: z.array(ZfsNode).default([]),
})

/** See {@link Disks}. PVE 8 and 9 source, PVE/API2/Disks*.pm. */
export function diskCalls(ask: Ask): Disks {
  const verbs = verbsOf(ask)
  const { read } = verbs
  return {
    async list(node, { smart = true } = {}) {
      const query = { 'include-partitions': false, skipsmart: !smart }
      const what = `List the disks of ${node}`
      const found = await read(z.array(Disk), what, path`/nodes/${node}/disks/list`, query)
      return found.map((disk) => ({
        device: disk.devpath,
        kind: kindOf(disk.type),
        model: disk.model,
        serial: disk.serial,
        sizeBytes: disk.size,
        use: disk.used,
        healthy: verdict(disk.health),
        wearPercent: wear(disk.wearout),
      }))
    },
    async smart(node, device) {
      const what = `Read SMART of ${device}`
      const query = { disk: device }
      const found = await read(SmartAnswer, what, path`/nodes/${node}/disks/smart`, query)
      return {
        healthy: verdict(found.health),
        wearPercent: wear(found.wearout),
        attributes: found.attributes.map(({ id, name, raw, fail }) => ({
          ...{ id, name, raw },
          failing: fail !== '-',
        })),
        text: found.text,
      }
    },
    ...poolCalls(verbs),
  }
}

function poolCalls({ read }: Verbs): Pick<Disks, 'thinPools' | 'zfsPools' | 'zfsPool'> {
  return {
    async thinPools(node) {
      const what = `List the thin pools of ${node}`
      const found = await read(ThinPools, what, path`/nodes/${node}/disks/lvmthin`)
      return found.map((pool) => ({
        name: `${pool.vg}/${pool.lv}`,
        sizeBytes: pool.lv_size,
        usedBytes: pool.used,
        metadataSizeBytes: pool.metadata_size,
        metadataUsedBytes: pool.metadata_used,
      }))
    },
    async zfsPools(node) {
      const what = `List the ZFS pools of ${node}`
      const found = await read(ZfsPools, what, path`/nodes/${node}/disks/zfs`)
      return found.map((pool) => ({
        ...{ name: pool.name, health: pool.health },
        ...{ sizeBytes: pool.size, usedBytes: pool.alloc, freeBytes: pool.free },
        fragmentationPercent: pool.frag,
      }))
    },
    async zfsPool(node, name) {
      const what = `Read ZFS pool ${name}`
      const { children, ...found } = await read(
        ZfsDetail,
        what,
        path`/nodes/${node}/disks/zfs/${name}`,
      )
      return { ...found, devices: children.flatMap(devicesOf) }
    },
  }
}

/** The leaves of a pool's tree: what can be pulled out and replaced. */
function devicesOf(node: ZfsNode): ZfsPoolDetail['devices'] {
  if (node.children && node.children.length > 0) return node.children.flatMap(devicesOf)
  const errors = (node.read ?? 0) + (node.write ?? 0) + (node.cksum ?? 0)
  return [{ name: node.name, state: node.state ?? 'UNKNOWN', errors }]
}

const KINDS = ['hdd', 'ssd', 'nvme', 'usb'] as const
const kindOf = (type: string | undefined): PhysicalDisk['kind'] =>
  KINDS.find((kind) => kind === type) ?? 'unknown'

const verdict = (health: string | null): boolean | null =>
  health === null || /^(unknown|N\/A)$/i.test(health) ? null : /^(PASSED|OK)$/i.test(health)

/** PVE tells what is *left*: 100 of a new disk, `N/A` where it does not know (Diskmanage.pm). */
const wear = (left: string | number | null): number | null =>
  typeof left === 'number' ? 100 - left : null

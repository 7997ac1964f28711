import { z } from 'zod'
import { flag, nullable, num, text } from './answer-values'
import { type Ask, path, type Verbs, verbsOf } from './ask'
import { storageOf } from './storage'
import { listed, type Upid, type VmParams } from './values'

/** How many backups are kept, as PVE's `prune-backups`. */
export type Keep = {
  all?: boolean
  last?: number
  hourly?: number
  daily?: number
  weekly?: number
  monthly?: number
  yearly?: number
}

export type BackupRequest = {
  vmids: readonly number[]
  storage: string
  /** `snapshot` goes on while it copies, `suspend` pauses, `stop` shuts down and starts again. */
  mode?: 'snapshot' | 'suspend' | 'stop'
  compress?: 'zstd' | 'gzip' | 'lzo' | '0'
  /** Neither pruned nor deleted until that is taken back. */
  protected?: boolean
  /** With `{{guestname}}`, `{{node}}`, `{{vmid}}`, `{{cluster}}`. */
  notes?: string
  /** Applied afterwards; default: what the storage says. */
  keep?: Keep
  bandwidthKibs?: number
}

export type RestoreRequest = {
  vmid: number
  /** The backup's volume, or a path on the node. */
  archive: string
  /** Default: the storages that it came from. */
  storage?: string
  /** New MAC addresses and machine ids: beside the original, not in its place. */
  unique?: boolean
  /** Over an existing VM, which is deleted first. */
  overwrite?: boolean
  start?: boolean
  /** Changes to its configuration, `description` among them. */
  set?: VmParams
}

export type Backup = {
  volid: string
  vmid: number | null
  /** Milliseconds since 1970. */
  at: number
  sizeBytes: number
  format: string
  notes: string
  protected: boolean
  /** Whether the backup server found it whole. Null: never verified, or no backup server. */
  verified: boolean | null
}

export type PruneVerdict = {
  volid: string
  at: number
  vmid: number | null
  verdict: 'keep' | 'remove' | 'protected' | 'renamed'
}

/** Backups: making, reading, keeping and restoring them. */
export type Backups = {
  /** One task for all VMs. What is wrong with one of them is only in the task. */
  start(node: string, request: BackupRequest): Promise<Upid>
  restore(node: string, request: RestoreRequest): Promise<Upid>
  list(node: string, storage: string, vmid?: number): Promise<Backup[]>
  /** The configuration inside, as PVE keeps it in a file. */
  configOf(node: string, volid: string): Promise<string>
  update(
    node: string,
    volid: string,
    change: { notes?: string; protected?: boolean },
  ): Promise<void>
  /** What pruning would do, without doing it. */
  planPrune(node: string, storage: string, keep: Keep, vmid?: number): Promise<PruneVerdict[]>
  prune(node: string, storage: string, keep: Keep, vmid?: number): Promise<Upid>
}

const Listed = z.array(
  z.object({
    volid: z.string(),
    vmid: nullable(num),
    ctime: num.default(0),
    size: num.default(0),
    format: z.string().default(''),
    notes: z.string().default(''),
    protected: flag,
    verification: nullable(z.object({ state: z.string() })),
  }),
)
const Verdicts = z.array(
  z.object({
    volid: z.string(),
    ctime: num,
    vmid: nullable(num),
    mark: z.enum(['keep', 'remove', 'protected', 'renamed']),
  }),
)

/** `keep-last=3,keep-daily=7`; PVE refuses `keep-all` beside others. */
export const formatKeep = ({ all, ...rest }: Keep): string =>
  all
    ? 'keep-all=1'
    : Object.entries(rest)
        .filter(([, count]) => count !== undefined)
        .map(([key, count]) => `keep-${key}=${count}`)
        .join(',')

/** See {@link Backups}. */
export function backupCalls(ask: Ask): Backups {
  const verbs = verbsOf(ask)
  const { task } = verbs
  return {
    ...listCalls(verbs),
    start: (node, request) =>
      task(`Back up ${request.vmids.join(', ')}`, ['POST', path`/nodes/${node}/vzdump`], {
        vmid: listed(request.vmids),
        storage: request.storage,
        mode: request.mode,
        compress: request.compress,
        protected: request.protected,
        'notes-template': request.notes,
        'prune-backups': request.keep && formatKeep(request.keep),
        bwlimit: request.bandwidthKibs,
      }),
    restore: (node, request) =>
      task(`Restore VM ${request.vmid}`, ['POST', path`/nodes/${node}/qemu`], {
        vmid: request.vmid,
        archive: request.archive,
        storage: request.storage,
        unique: request.unique || undefined,
        force: request.overwrite || undefined,
        start: request.start || undefined,
        ...request.set,
      }),
    prune: (node, storage, keep, vmid) =>
      task(
        `Prune backups on ${storage}`,
        ['DELETE', path`/nodes/${node}/storage/${storage}/prunebackups`],
        { 'prune-backups': formatKeep(keep), vmid, type: vmid === undefined ? undefined : 'qemu' },
      ),
  }
}

type Listing = 'list' | 'configOf' | 'update' | 'planPrune'

function listCalls({ read, change }: Verbs): Pick<Backups, Listing> {
  return {
    async list(node, storage, vmid) {
      const found = await read(
        Listed,
        `List the backups on ${storage}`,
        path`/nodes/${node}/storage/${storage}/content`,
        { content: 'backup', vmid },
      )
      return found
        .map(({ ctime, size, verification, ...backup }) => ({
          ...backup,
          at: ctime * 1000,
          sizeBytes: size,
          verified: verification === null ? null : verification.state === 'ok',
        }))
        .toSorted((a, b) => b.at - a.at)
    },
    configOf: (node, volid) =>
      read(text, `Read what ${volid} holds`, path`/nodes/${node}/vzdump/extractconfig`, {
        volume: volid,
      }),
    update: (node, volid, wanted) =>
      change(
        `Change backup ${volid}`,
        ['PUT', path`/nodes/${node}/storage/${storageOf(volid)}/content/${volid}`],
        wanted,
      ),
    async planPrune(node, storage, keep, vmid) {
      const found = await read(
        Verdicts,
        `Ask what pruning ${storage} would delete`,
        path`/nodes/${node}/storage/${storage}/prunebackups`,
        { 'prune-backups': formatKeep(keep), vmid, type: vmid === undefined ? undefined : 'qemu' },
      )
      return found.map(({ volid, ctime, vmid, mark }) => ({
        ...{ volid, vmid, verdict: mark },
        at: ctime * 1000,
      }))
    },
  }
}

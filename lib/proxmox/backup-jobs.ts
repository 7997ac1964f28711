import { z } from 'zod'
import { flag, flagOn, nullable, num, text } from './answer-values'
import { type Ask, path, verbsOf } from './ask'
import { formatKeep, type Keep } from './backups'
import { listed, type VmParams } from './values'

/** Which guests a job takes. */
export type BackupScope =
  | { kind: 'all'; except: readonly number[] }
  | { kind: 'vms'; vmids: readonly number[] }
  | { kind: 'pool'; pool: string }

export type BackupJob = {
  id: string
  enabled: boolean
  /** A calendar event in systemd's words: `sun 02:00`. */
  schedule: string
  storage: string | null
  /** Null: every node. */
  node: string | null
  scope: BackupScope
  mode: string
  compress: string
  /** As PVE keeps it: `keep-last=3`. Null: what the storage says. */
  keep: string | null
  comment: string
  /** Whether a run that was missed is made up for. */
  repeatMissed: boolean
}

export type BackupJobRequest = {
  schedule: string
  storage: string
  scope: BackupScope
  node?: string
  enabled?: boolean
  mode?: 'snapshot' | 'suspend' | 'stop'
  compress?: 'zstd' | 'gzip' | 'lzo' | '0'
  keep?: Keep
  comment?: string
  notes?: string
  protected?: boolean
  repeatMissed?: boolean
}

/** Scheduled backups of the cluster. */
export type BackupJobs = {
  list(): Promise<BackupJob[]>
  /** `id` is ours to choose, so that a job is known again. */
  create(id: string, job: BackupJobRequest): Promise<void>
  /** The whole of it: what is left out is PVE's default again. */
  replace(id: string, job: BackupJobRequest): Promise<void>
  setEnabled(id: string, enabled: boolean): Promise<void>
  remove(id: string): Promise<void>
  /** Guests that no job takes (T10). */
  notBackedUp(): Promise<{ vmid: number; name: string | null; kind: 'qemu' | 'lxc' }[]>
}

const Job = z.object({
  id: z.string(),
  enabled: flagOn,
  schedule: z.string().default(''),
  storage: nullable(z.string()),
  node: nullable(z.string()),
  all: flag,
  vmid: nullable(text),
  exclude: nullable(text),
  pool: nullable(z.string()),
  mode: z.string().default('snapshot'),
  compress: text.default('0'),
  // A text in the list, an object where the daemon took it apart.
  'prune-backups': nullable(z.union([z.string(), z.record(z.string(), text)])),
  comment: z.string().default(''),
  'repeat-missed': flag,
})
const NotBackedUp = z.array(
  z.object({ vmid: num, name: nullable(z.string()), type: z.enum(['qemu', 'lxc']) }),
)

/** What `replace` takes back where the request does not name it. */
const OPTIONAL = ['node', 'mode', 'compress', 'prune-backups', 'comment', 'notes-template']
const SCOPES = ['all', 'exclude', 'vmid', 'pool']

/** See {@link BackupJobs}. */
export function backupJobCalls(ask: Ask): BackupJobs {
  const { read, change } = verbsOf(ask)
  const one = (id: string) => path`/cluster/backup/${id}`
  return {
    async list() {
      return (await read(z.array(Job), 'List the backup jobs', '/cluster/backup')).map(toJob)
    },
    create: (id, job) =>
      change(`Add backup job ${id}`, ['POST', '/cluster/backup'], { id, ...jobParams(job) }),
    replace(id, job) {
      const params = jobParams(job)
      const gone = [...OPTIONAL, ...SCOPES].filter((key) => params[key] === undefined)
      return change(`Change backup job ${id}`, ['PUT', one(id)], {
        ...params,
        delete: listed(gone),
      })
    },
    setEnabled: (id, enabled) => change(`Switch backup job ${id}`, ['PUT', one(id)], { enabled }),
    remove: (id) => change(`Remove backup job ${id}`, ['DELETE', one(id)]),
    async notBackedUp() {
      const what = 'List what no backup job takes'
      const found = await read(NotBackedUp, what, '/cluster/backup-info/not-backed-up')
      return found
        .map(({ vmid, name, type }) => ({ vmid, name, kind: type }))
        .toSorted((a, b) => a.vmid - b.vmid)
    },
  }
}

const jobParams = (job: BackupJobRequest): VmParams => ({
  schedule: job.schedule,
  storage: job.storage,
  node: job.node,
  enabled: job.enabled ?? true,
  mode: job.mode,
  compress: job.compress,
  'prune-backups': job.keep && formatKeep(job.keep),
  comment: job.comment,
  'notes-template': job.notes,
  protected: job.protected,
  'repeat-missed': job.repeatMissed,
  ...scopeParams(job.scope),
})

function scopeParams(scope: BackupScope): VmParams {
  switch (scope.kind) {
    case 'all':
      return { all: true, exclude: listed(scope.except) }
    case 'vms':
      return { vmid: listed(scope.vmids) }
    case 'pool':
      return { pool: scope.pool }
  }
}

function toJob(job: z.output<typeof Job>): BackupJob {
  const { all, vmid, exclude, pool, 'prune-backups': keep, 'repeat-missed': missed, ...rest } = job
  const numbers = (ids: string | null) =>
    (ids ?? '')
      .split(/[,; ]+/)
      .filter(Boolean)
      .map(Number)
  const scope: BackupScope =
    pool !== null
      ? { kind: 'pool', pool }
      : all
        ? { kind: 'all', except: numbers(exclude) }
        : { kind: 'vms', vmids: numbers(vmid) }
  return { ...rest, scope, keep: keepText(keep), repeatMissed: missed }
}

const keepText = (keep: string | Record<string, string> | null): string | null =>
  keep === null || typeof keep === 'string'
    ? keep
    : Object.entries(keep)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')

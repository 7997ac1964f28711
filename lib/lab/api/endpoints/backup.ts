import { callerName, mayDo, requireAny } from '../../access'
import { nextCalendarEvent } from '../../calendar'
import { backupJobsOf, poolsOf, type Section } from '../../cluster-state'
import { randomUuid } from '../../random'
import type { Lab } from '../../state'
import { startTask } from '../../tasks/start-task'
import { act } from '../../tasks/task'
import { findVolume, getStorage, storagePath } from '../../vm/storage'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { changedSection, fieldsOf, toShown } from '../section'

const NUMERIC = [
  ...['all', 'enabled', 'bwlimit', 'ionice', 'lockwait', 'pigz', 'zstd', 'remove', 'stdexcludes'],
  ...['stopwait', 'protected', 'repeat-missed', 'quiet', 'starttime'],
]

function jobRow(lab: Lab, id: string, section: Section): Record<string, unknown> {
  const next =
    section.enabled === '0' ? null : nextCalendarEvent(section.schedule ?? '', lab.now.wall)
  return {
    ...{ id, type: 'vzdump' },
    ...toShown(section, NUMERIC),
    ...(next === null ? {} : { 'next-run': Math.floor(next / 1000) }),
  }
}

function getJob({ lab, params }: Call): [string, Section] {
  const id = params.id ?? ''
  const section = backupJobsOf(lab.state)[id]
  if (!section) throw new LabError(`No such job '${id}'`)
  return [id, section]
}

/** Something has to be named: guests, a pool, or all. */
function checkJob(section: Section): void {
  if (!section.vmid && !section.pool && section.all !== '1')
    throw new LabError('400 Parameter verification failed.\nvmid: property is missing')
}

/** Of a job guests and node are fields like others. */
const jobFields = (params: Section): Section => ({
  ...fieldsOf(params, ['id']),
  ...(params.vmid === undefined ? {} : { vmid: params.vmid }),
  ...(params.node === undefined ? {} : { node: params.node }),
})

function create({ lab, params }: Call): CallResult {
  const fields: Section = { enabled: '1', ...jobFields(params) }
  checkJob(fields)
  backupJobsOf(lab.state)[params.id ?? `vzdump-${randomUuid(lab.state)}`] = fields
  return { data: null }
}

const numbers = (text: string | undefined): number[] =>
  (text ?? '')
    .split(/[,;\s]+/)
    .filter(Boolean)
    .map(Number)

/** The guests that a job or a call means, on one node or everywhere. */
function guestsOf(lab: Lab, section: Section, node?: string): number[] {
  const here = Object.values(lab.state.vms).filter((vm) => !node || vm.node === node)
  if (section.all === '1') {
    const left = numbers(section.exclude)
    return here.map(({ vmid }) => vmid).filter((vmid) => !left.includes(vmid))
  }
  if (section.pool) return poolsOf(lab.state)[section.pool]?.guests ?? []
  return numbers(section.vmid)
}

/** Guests that no enabled job names. */
function notBackedUp({ lab, caller }: Call): CallResult {
  const jobs = Object.values(backupJobsOf(lab.state))
  const covered = new Set(jobs.flatMap((job) => guestsOf(lab, job)))
  return {
    data: Object.values(lab.state.vms)
      .filter(({ vmid }) => !covered.has(vmid))
      .filter(({ vmid }) => mayDo(lab.state, caller, `/vms/${vmid}`, 'VM.Audit'))
      .map(({ vmid, kind, config }) => ({
        ...{ vmid, type: kind },
        name: config.name ?? config.hostname ?? `VM ${vmid}`,
      })),
  }
}

/** POST vzdump: one worker for all its guests; what goes wrong with one shows in its log and end. */
function vzdump(call: Call): CallResult {
  const { lab, params, caller } = call
  const node = params.node ?? ''
  const guests = guestsOf(lab, params, node)
  if (guests.length === 0 && params.all !== '1')
    throw new LabError('400 Parameter verification failed.\nvmid: property is missing')
  for (const vmid of guests) requireAny(lab.state, caller, `/vms/${vmid}`, ['VM.Backup'])
  const options = Object.entries(fieldsOf(params, ['all', 'vmid'])).sort()
  const words = options.map(([key, value]) => ` --${key} ${value}`).join('')
  return {
    data: startTask(lab, {
      ...{ node, type: 'vzdump', id: guests.length === 1 ? String(guests[0]) : '' },
      user: callerName(caller),
      stages: [
        act('backup.begin', {
          ...{ node, storage: params.storage ?? 'local', guests },
          line: `INFO: starting new backup job: vzdump ${guests.join(' ')}${words} --node ${node}`,
          mode: params.mode ?? 'snapshot',
          compress: params.compress ?? '0',
          notes: params['notes-template'] ?? null,
          keep: params.protected === '1',
        }),
      ],
    }),
  }
}

/** The configuration in a backup, as the text of its file. */
function extractConfig({ lab, params, caller }: Call): CallResult {
  const volid = params.volume ?? ''
  const id = volid.split(':')[0] ?? ''
  getStorage(lab.state, id, params.node)
  const volume = findVolume(lab.state, params.node ?? '', volid)
  if (!mayDo(lab.state, caller, `/storage/${id}`, 'Datastore.Allocate'))
    requireAny(lab.state, caller, `/vms/${volume?.vmid ?? 0}`, ['VM.Backup'])
  if (!volume?.backup) throw new LabError(`volume '${volid}' does not exist`)
  const lines = Object.entries(volume.backup.config).map(([key, value]) => `${key}: ${value}\n`)
  return { data: lines.join('') }
}

function defaults({ lab, params }: Call): CallResult {
  const storage = lab.state.storages[params.storage ?? 'local']
  return {
    data: {
      ...{ all: 0, bwlimit: 0, compress: '0', ionice: 7, lockwait: 180, mode: 'snapshot' },
      ...{ pigz: 0, zstd: 1, quiet: 0, remove: 1, stdexcludes: 1, stop: 0, stopwait: 10 },
      ...{ mailnotification: 'always', 'notification-mode': 'auto' },
      ...{ 'notification-policy': 'always', 'prune-backups': 'keep-all=1' },
      fleecing: { enabled: 0 },
      performance: { 'max-workers': 16, 'pbs-entries-max': 1_048_576 },
      ...(storage ? { storage: storage.id, dumpdir: `${storagePath(storage)}/dump` } : {}),
    },
  }
}

const SEE = { need: 'Sys.Audit on /' }
const CHANGE = { need: 'Sys.Modify on /' }

export const backupEndpoints = [
  endpoint('GET /cluster/backup', SEE, ({ lab }) => ({
    data: Object.entries(backupJobsOf(lab.state)).map(([id, job]) => jobRow(lab, id, job)),
  })),
  endpoint('POST /cluster/backup', CHANGE, create),
  endpoint('GET /cluster/backup/{id}', SEE, (call) => ({
    data: jobRow(call.lab, ...getJob(call)),
  })),
  endpoint('PUT /cluster/backup/{id}', CHANGE, (call) => {
    const [id, section] = getJob(call)
    const changed = changedSection({ ...section, ...jobFields(call.params) }, call.params, ['id'])
    checkJob(changed)
    backupJobsOf(call.lab.state)[id] = changed
    return { data: null }
  }),
  endpoint('DELETE /cluster/backup/{id}', CHANGE, (call) => {
    delete backupJobsOf(call.lab.state)[getJob(call)[0]]
    return { data: null }
  }),
  endpoint('GET /cluster/backup-info', {}, () => ({ data: [{ subdir: 'not-backed-up' }] })),
  endpoint('GET /cluster/backup-info/not-backed-up', SEE, notBackedUp),
  endpoint('POST /nodes/{node}/vzdump', {}, vzdump),
  endpoint('GET /nodes/{node}/vzdump/extractconfig', { params: 'volume:str' }, extractConfig),
  endpoint('GET /nodes/{node}/vzdump/defaults', { params: 'storage?:storage' }, defaults),
]

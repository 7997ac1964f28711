import type { StatusAnswer } from '@/lib/api/contract'
import type { GitState } from '@/lib/api/contract-git'
import { type StatusInput, toStatus } from '@/lib/api/status'
import type { Cause } from '@/lib/api/status-causes'
import { gitCause } from '@/lib/api/status-git'
import { strangerCause } from '@/lib/api/status-identity'
import { stepTitle } from '@/lib/plan/step-title'
import { auditCauses } from './audit-check'
import type { Db } from './client'
import { listConnections } from './connections'
import { listChanges } from './identities'
import { listJobs, readQueue } from './job-rows'
import { findJob } from './jobs'
import { findObserved } from './observations'
import { panelCauses } from './panel-causes'
import { readTopology } from './parsed'
import { findRevision } from './revisions'
import { EVERYTHING, type Sight } from './sight'

/** So many of a topology's newest jobs are looked through for the last that changed something. */
const LOOKED_AT = 30

/** Whether everything that somebody sees is all right, from what is stored; opens no connection. */
export async function readStatus(
  db: Db,
  now: number,
  sight: Sight = EVERYTHING,
): Promise<StatusAnswer> {
  const [{ running }, lab, rows] = [
    await readQueue(db),
    await labConnections(db),
    await db.topology.findMany({
      where: { id: sight.topologies },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    }),
  ]
  const topologies = await Promise.all(
    rows.map(async ({ id, name, appliedRevision }) => {
      const head = toTopology(await findRevision(db, id))
      const hosts = Object.values(head.hosts ?? {})
      const busy = running.filter(({ topologyId }) => topologyId === id)
      return {
        ...{ id, name, head },
        lab: hosts.some(({ connection }) => connection !== undefined && lab.has(connection)),
        applied:
          appliedRevision === null ? null : toTopology(await findRevision(db, id, appliedRevision)),
        observed: await findObserved(db, id),
        jobs: await listJobs(db, { topologyId: id, limit: LOOKED_AT }, now),
        busy: new Set(busy.flatMap(({ objects }) => objects.map((path) => path.join('/')))),
      }
    }),
  )
  return toStatus({
    now,
    topologies,
    own: [
      ...(await listChanges(db, sight)).map(strangerCause),
      ...(await gitCauses(db, rows, now)),
      ...panelsOwn([...(await auditCauses(db)), ...(await panelCauses(db, now))], sight),
    ],
    running: await runningJobs(db, now, sight),
    waiting: await listJobs(db, { status: 'awaiting-approval', sight }, now),
  })
}

/** Topologies that are out of step with their repositories. */
async function gitCauses(
  db: Db,
  rows: readonly { id: string; name: string }[],
  now: number,
): Promise<Cause[]> {
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  const links = await db.gitLink.findMany({ where: { topologyId: { in: [...names.keys()] } } })
  return links.flatMap(({ topologyId, branch, path, stateJson, fetchedAt, pushedAt }) => {
    const state = JSON.parse(stateJson) as GitState
    const reachedAt = Math.max(fetchedAt?.getTime() ?? 0, pushedAt?.getTime() ?? 0) || null
    const name = names.get(topologyId) ?? topologyId
    return gitCause({ topologyId, name, branch, path, state, reachedAt }, now) ?? []
  })
}

/** Where backups go and what SQLite says of a file is for admins; their pages are too. */
function panelsOwn(causes: readonly Cause[], { panel }: Sight): Cause[] {
  if (panel === 'none') return []
  if (panel === 'whole') return [...causes]
  return causes.map((cause) => ({
    ...cause,
    sentence: `${cause.sentence.split(':', 1)[0]?.replace(/\.$/, '')}. An admin of this panel sees more.`,
    action: null,
  }))
}

const toTopology = ({ hash, text }: { hash: string; text: string }) => readTopology(hash, text)

async function labConnections(db: Db): Promise<Set<string>> {
  return new Set((await listConnections(db)).filter(({ lab }) => lab).map(({ id }) => id))
}

/** Jobs that run now, each with the step that it is at; without errands, which only read. */
async function runningJobs(
  db: Db,
  now: number,
  sight: Sight,
): Promise<StatusInput['running'][number][]> {
  const jobs = await listJobs(db, { status: 'running', sight }, now)
  const changing = jobs.filter(({ kind }) => kind !== 'refresh' && kind !== 'test-connection')
  return Promise.all(
    changing.map(async (job) => {
      const found = await findJob(db, job.id, now)
      const step = found?.plan?.steps.find(({ id }) => found.state.steps[id]?.status === 'running')
      return { ...job, step: step ? stepTitle(step) : null }
    }),
  )
}

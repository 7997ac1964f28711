import { PanelError } from '@/lib/base/errors'
import { maskFailure, maskReasons } from '@/lib/base/mask'
import { recordTest } from '@/lib/db/connections'
import { type Claim, finishJob } from '@/lib/db/job-claims'
import type { JobOutcome } from '@/lib/jobs/journal'
import { testGit } from './git-test'
import { JobJournal } from './job-journal'
import type { LeaseKeeper } from './lease'
import { LogSink } from './log-sink'
import { lookAt } from './looking'
import type { JobEnd, Workshop } from './run-job'
import { testConnection } from './test-connection'

/** Runs a claimed job that only reads. Its steps are not journalled: it can be asked for again. */
export async function runErrand(
  shop: Workshop,
  { row, epoch, events }: Claim,
  keeper: LeaseKeeper,
): Promise<JobEnd> {
  const { db, store, known, tell, now } = shop
  const lease = { jobId: row.id, epoch }
  const log = new LogSink({ ...{ jobId: row.id, store, known, tell }, now })
  const journal = new JobJournal({ ...{ db, lease, log, known, tell }, now })
  journal.tellWritten(events)
  const end = async (outcome: JobOutcome, error: PanelError | null) => {
    log.flush()
    const shown = maskFailure(known, error)
    journal.tellWritten(await finishJob(db, lease, { outcome, error: shown, now: now() }))
    store.seal(row.id)
    return outcome
  }
  try {
    if (row.kind === 'refresh' && row.topologyId !== null)
      await refresh(shop, row.topologyId, keeper.signal, log)
    else if (row.kind === 'test-connection' && row.connectionId !== null)
      await test(shop, row.connectionId, keeper.signal, log)
    else if (row.kind === 'test-connection' && row.topologyId !== null && shop.git)
      await testGit(shop.git, row.topologyId, {
        signal: keeper.signal,
        say: (line) => log.write(null, line),
      })
    else throw new TypeError(`job ${row.id} of kind ${row.kind} is no errand`)
    return await end('succeeded', null)
  } catch (error) {
    if (keeper.signal.aborted)
      return keeper.reason === 'cancel' ? await end('cancelled', null) : 'left'
    if (!(error instanceof PanelError)) throw error
    log.write(null, `${error.message} (${error.code})`, 'error')
    return await end('failed', error)
  }
}

async function refresh(shop: Workshop, topologyId: string, signal: AbortSignal, log: LogSink) {
  const { observed } = await lookAt(shop, topologyId, { signal })
  for (const [id, host] of Object.entries(observed.hosts))
    log.write(
      null,
      host.state === 'known'
        ? `${id}: Proxmox VE ${host.value.version}, ${host.value.guests.length} guests.`
        : `${id}: ${host.state === 'unknown' ? host.reason : 'no such node'}`,
      host.state === 'known' ? 'info' : 'warn',
    )
}

async function test(shop: Workshop, connectionId: string, signal: AbortSignal, log: LogSink) {
  const { db, tell, reach, identities, now } = shop
  const result = await testConnection(
    { db, reach, identities, now, connectionId, signal },
    (line) => log.write(null, line),
  )
  await identities.settled()
  await recordTest(db, connectionId, maskReasons(shop.known, result))
  tell('connections-changed', { connectionId })
  if (result.failure) throw result.failure
}

import { type Claim, claimNext, finishJob, releaseJob } from '@/lib/db/job-claims'
import { LeaseLostError } from '@/lib/db/journal'
import { DatabaseBusyError } from '@/lib/db/transact'
import type { Log } from '@/lib/io/log'
import { LEASE_MS, LeaseKeeper } from './lease'
import { runErrand } from './run-errand'
import { runJob, type Workshop } from './run-job'

/** Jobs in work at once; each keeps its own limits per host. */
const MOST_JOBS = 8
/** Without a wake-up the queue is looked at so often: leases run out, messages get lost. */
const POLL_MS = 3000

/** Claims jobs and runs them until it is told to stop. */
export class Provisioner {
  readonly #inWork = new Map<string, { keeper: LeaseKeeper; done: Promise<void> }>()
  #poll: NodeJS.Timeout | null = null
  #claiming: Promise<void> | null = null
  #again = false
  #stopping = false

  constructor(
    private readonly shop: Workshop,
    private readonly worker: string,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#poll = setInterval(() => this.#claim(), POLL_MS)
    this.#claim()
  }

  /** Something was queued or asked: claims, and asks the jobs in work whether they were cancelled. */
  wake(): void {
    for (const { keeper } of this.#inWork.values()) void keeper.look()
    this.#claim()
  }

  /** Starts nothing new, cuts jobs off at their next await and leaves them to be carried on. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#poll) clearInterval(this.#poll)
    await this.#claiming
    for (const { keeper } of this.#inWork.values()) keeper.stop('shutdown')
    await Promise.all([...this.#inWork.values()].map(({ done }) => done))
  }

  /** One claimer at a time; a wake-up during it makes it go round once more. */
  #claim(): void {
    this.#again = true
    this.#claiming ??= this.#claimAll().finally(() => {
      this.#claiming = null
      if (this.#again && !this.#stopping) this.#claim()
    })
  }

  async #claimAll(): Promise<void> {
    const { db, now } = this.shop
    while (!this.#stopping && this.#inWork.size < MOST_JOBS) {
      this.#again = false
      const claim = await this.#tryClaim()
      if (claim === null) return
      const keeper = new LeaseKeeper(db, { jobId: claim.row.id, epoch: claim.epoch }, now)
      const done = this.#run(claim, keeper).finally(() => {
        keeper.end()
        this.#inWork.delete(claim.row.id)
        this.#claim()
      })
      this.#inWork.set(claim.row.id, { keeper, done })
    }
    this.#again = false
  }

  async #tryClaim(): Promise<Claim | null> {
    const { db, now } = this.shop
    try {
      return await claimNext(db, { worker: this.worker, leaseMs: LEASE_MS, now: now() })
    } catch (error) {
      if (!(error instanceof DatabaseBusyError)) throw error
      return null
    }
  }

  async #run(claim: Claim, keeper: LeaseKeeper): Promise<void> {
    const { row, epoch } = claim
    try {
      await this.shop.learn()
      const run = row.plan === null ? runErrand : runJob
      const end = await run(this.shop, claim, keeper)
      if (end === 'left' && keeper.reason === 'shutdown')
        await releaseJob(this.shop.db, { jobId: row.id, epoch })
      this.log(`job ${row.id} (${row.title}): ${end}`)
    } catch (error) {
      if (error instanceof LeaseLostError) this.log(`job ${row.id}: ${error.message}`)
      else await this.#bug(claim, error)
    }
  }

  /** The code is wrong: the job ends and is not claimed again; the stack is for whoever runs the panel. */
  async #bug({ row, epoch }: Claim, error: unknown): Promise<void> {
    const { db, tell, now } = this.shop
    this.log(`job ${row.id}: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    const ending = {
      ...{ outcome: 'failed' as const, now: now() },
      error: {
        code: 'internal.bug',
        message:
          "Something is wrong in Drawbridge itself, so the job was ended. The panel's own log has the details; please report them.",
      },
    }
    const events = await finishJob(db, { jobId: row.id, epoch }, ending)
    tell('job-events', { jobId: row.id, events })
    tell('jobs-changed', { jobId: row.id })
  }
}

import type { Db } from '@/lib/db/client'
import { heartbeat, isCancelAsked, type Lease } from '@/lib/db/job-claims'
import { LeaseLostError } from '@/lib/db/journal'
import { DatabaseBusyError } from '@/lib/db/transact'

/** A claim lasts so long without a heartbeat. Above any pause of a small machine under load. */
export const LEASE_MS = 20_000

/** Why a job was told to stop: the signal's reason. */
export type StopReason = 'cancel' | 'lease-lost' | 'shutdown'

/** Keeps a claimed job claimed, and turns cancel, a lost lease and the worker's end into a signal. */
export class LeaseKeeper {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout
  #reason: StopReason | null = null

  constructor(
    private readonly db: Db,
    private readonly lease: Lease,
    private readonly now: () => number,
  ) {
    this.#timer = setInterval(() => void this.#beat(), LEASE_MS / 4)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Null while the job may go on. */
  get reason(): StopReason | null {
    return this.#reason
  }

  stop(reason: StopReason): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#controller.abort(new StoppedError(reason))
  }

  /** After a wake-up: did somebody press Cancel? */
  look(): Promise<void> {
    return this.#ask(() => isCancelAsked(this.db, this.lease))
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #beat(): Promise<void> {
    return this.#ask(() => heartbeat(this.db, this.lease, this.now() + LEASE_MS))
  }

  async #ask(question: () => Promise<{ cancelAsked: boolean }>): Promise<void> {
    try {
      if ((await question()).cancelAsked) this.stop('cancel')
    } catch (error) {
      if (error instanceof LeaseLostError) this.stop('lease-lost')
      // A busy database is asked again at the next beat; the lease outlives three of them.
      else if (!(error instanceof DatabaseBusyError)) throw error
    }
  }
}

/** What waits of a stopped job reject with. Not a failure of the step. */
export class StoppedError extends Error {
  override name = 'StoppedError'

  constructor(readonly reason: StopReason) {
    super(`stopped: ${reason}`)
  }
}

import { type KnownSecrets, LineMasker } from '@/lib/base/mask'
import type { LogStore, NewLine } from '@/lib/db/log-store'
import type { LogLine } from '@/lib/live/log-line'
import type { Tell } from './tell'

/** Lines wait at most so long for others to be stored with. */
const BATCH_MS = 50

export type LogSinkOptions = {
  jobId: string
  store: LogStore
  known: KnownSecrets
  tell: Tell
  now(): number
}

/** The log of one job: masks, batches, stores, then tells. */
export class LogSink {
  #waiting: NewLine[] = []
  #timer: NodeJS.Timeout | null = null
  readonly #maskers = new Map<string | null, LineMasker>()

  constructor(private readonly options: LogSinkOptions) {}

  /** One text of a step (or of the job itself, null); its lines are numbered when they are stored. */
  write(stepId: string | null, text: string, level: LogLine['level'] = 'info'): void {
    const at = this.options.now()
    const masker = this.#maskerOf(stepId)
    for (const line of text.split(/\r?\n/))
      this.#waiting.push({ at, stepId, level, text: masker.mask(line) })
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS)
  }

  /** Stores what waits. Durable and told once this returns. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#waiting.length === 0) return
    const { jobId, store, tell } = this.options
    const lines = store.append(jobId, this.#waiting)
    this.#waiting = []
    tell('job-lines', { jobId, lines })
  }

  /** A private key goes over lines, so each step's stream has a masker of its own. */
  #maskerOf(stepId: string | null): LineMasker {
    const masker = this.#maskers.get(stepId) ?? new LineMasker(this.options.known)
    this.#maskers.set(stepId, masker)
    return masker
  }
}

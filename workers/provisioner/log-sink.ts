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

/** Lines that are read of the store at once. */
const PAGE = 1000

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

  /**
   * For output that is read again from its start: what an earlier attempt stored of it, which is
   * everything of the step after `heading`, is left out. `again` false: there was none.
   */
  replay(stepId: string, heading: string, again: boolean): (line: string) => void {
    const stored = again ? this.#storedAfter(stepId, heading) : null
    if (stored === null) {
      this.write(stepId, heading)
      return (line) => this.write(stepId, line)
    }
    // A masker of its own for what is only compared; the stream's own must see each line as well.
    const masker = new LineMasker(this.options.known)
    let next = 0
    return (line) => {
      const at = next < stored.length ? stored.indexOf(masker.mask(line), next) : -1
      if (at < 0) return this.write(stepId, line)
      next = at + 1
      this.#maskerOf(stepId).mask(line)
    }
  }

  /** Texts of the step after the last line that is `heading`; null if there is no such line. */
  #storedAfter(stepId: string, heading: string): string[] | null {
    const { jobId, store } = this.options
    let found: string[] | null = null
    for (let after = 0; ; ) {
      const lines = store.read(jobId, after, PAGE)
      for (const line of lines) {
        if (line.stepId !== stepId) continue
        if (line.text === heading) found = []
        else found?.push(line.text)
      }
      const last = lines.at(-1)
      if (last === undefined) return found
      after = last.n
    }
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

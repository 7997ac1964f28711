import type { JobEvent } from './journal'

type OwnFields<E> = E extends JobEvent ? Omit<E, 'v' | 'jobId' | 'seq' | 'epoch' | 'at'> : never

/** A job's event before the journal gives it its number and time. */
export type JobRecord = OwnFields<JobEvent>

/** The events that running steps writes. */
export type StepRecord = Extract<JobRecord, { stepId: string }>

/** What a step in flight is given by the runner. */
export type StepHand = {
  notes: {
    get(key: string): string | undefined
    /** Durable once it resolves. */
    set(key: string, value: string): Promise<void>
  }
  /** Gives an exclusive lock back before the step ends, so that the next one may start. */
  release(lock: string): void
  signal: AbortSignal
  /** From 1, within this run. */
  attempt: number
}

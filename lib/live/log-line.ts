/** One line of a job's log, numbered when it was stored: from 1, without hole or repeat in the job. */
export type LogLine = {
  n: number
  /** UTC milliseconds. */
  at: number
  stepId: string | null
  level: 'debug' | 'info' | 'warn' | 'error'
  /** Masked. May hold ANSI colours; never newlines. */
  text: string
}

import { readFileSync } from 'node:fs'

/** One recorded request to a real PVE 8.4 and what it answered. A file has one as JSON per line. */
export type Sample = {
  name: string
  request: {
    method: string
    /** As sent: with prefix, query and percent signs. */
    path: string
    body: string | null
    auth?: 'ticket' | 'token' | 'none'
    headers?: Record<string, string>
  }
  status: number
  reason: string
  headers?: Record<string, string>
  body: string | null
  secs?: number
  /** In a shortened recording: its place in the whole one, virtual instant, and how its task ended. */
  index?: number
  at?: number
  end?: string
}

/** Names of requests that only ask how a task is: where the lab's is, is no question of the wire. */
const POLLS = new Set(['task-status', 'task-log'])

export const isPoll = (sample: Sample): boolean => POLLS.has(sample.name)

export const readRecording = (path: string): Sample[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Sample)

/** What an answer's body holds, or null where it is empty or no JSON. */
export function bodyOf(sample: { body: string | null }): Record<string, unknown> | null {
  if (!sample.body?.startsWith('{')) return null
  try {
    return JSON.parse(sample.body) as Record<string, unknown>
  } catch {
    return null
  }
}

/** How each recorded task ended, by its UPID, as far as the recording polls it to its end. */
export function taskEnds(samples: readonly Sample[]): Map<string, string> {
  const ends = new Map<string, string>()
  for (const sample of samples) {
    const made = bodyOf(sample)?.data
    if (sample.end !== undefined && typeof made === 'string') ends.set(made, sample.end)
    const data = bodyOf(sample)?.data as { upid?: string; exitstatus?: string } | null
    if (data && typeof data === 'object' && data.upid && data.exitstatus)
      ends.set(data.upid, data.exitstatus)
  }
  return ends
}

/** Virtual instant of an answer: milliseconds since the recording's first. Null: it does not say. */
export function recordedAt(sample: Sample, first: Sample): number | null {
  if (sample.at !== undefined) return sample.at
  const [at, from] = [sample.headers?.Date, first.headers?.Date].map((date) =>
    date === undefined ? Number.NaN : Date.parse(date),
  )
  return Number.isFinite(at) && Number.isFinite(from) ? (at as number) - (from as number) : null
}

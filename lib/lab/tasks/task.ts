import type { ActArgs } from './act-args'

/** One worker of PVE: what `fork_worker` starts, with its log and how it ended. */
export type Task = {
  upid: string
  node: string
  pid: number
  pstart: number
  type: string
  id: string
  user: string
  startWall: number
  startAt: number
  endWall: number | null
  endAt: number | null
  /** `OK` or the error without its `TASK ERROR: `; null while it runs. */
  exit: string | null
  log: string[]
  /** It is gone from the index when it ends. */
  vanishes?: boolean
  /** What is left to do; null when finished. */
  run: TaskRun | null
}

export type TaskRun = {
  stages: Stage[]
  /** Virtual instant of the next step; null while it waits for a lock without limit. */
  due: number | null
  held: string[]
  /** Cleaned up by these when it fails or is killed. */
  onFail: ActStage[]
}

type ActStage = { [A in keyof ActArgs]: { do: 'act'; act: A; args: ActArgs[A] } }[keyof ActArgs]

/** The steps that a task consists of: plain data, so that a restarted lab goes on where it was. */
export type Stage =
  | {
      do: 'lock'
      name: string
      mode: 'exclusive' | 'shared'
      limitMs: number
      error: string
      /** Set when it begins to wait. */
      since?: number
    }
  | { do: 'unlock'; name: string }
  | { do: 'sleep'; ms: number }
  | { do: 'log'; line: string }
  | { do: 'fail'; message: string }
  | ActStage

export const log = (line: string): Stage => ({ do: 'log', line })
export const sleep = (ms: number): Stage => ({ do: 'sleep', ms })
export const unlock = (name: string): Stage => ({ do: 'unlock', name })
export const act = <A extends keyof ActArgs>(name: A, args: ActArgs[A]): Stage =>
  ({ do: 'act', act: name, args }) as Stage

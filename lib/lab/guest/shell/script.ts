/** JSON that a step carries for its effect. */
export type StepArgs = Record<string, string | number | boolean | null | string[]>

/**
 * What a command does over time: output at instants, effects by name (lib/lab/guest/commands), and
 * waits for something to hold. Plain data, so that a restarted lab carries on.
 */
export type ScriptStep =
  | { do: 'write'; afterMs: number; stream: 'out' | 'err'; text: string }
  | { do: 'effect'; afterMs: number; effect: string; args: StepArgs }
  | {
      do: 'wait'
      condition: string
      args: StepArgs
      everyMs: number
      limitMs: number
      since?: number
    }
  | { do: 'exit'; code: number }

export type Script = { steps: ScriptStep[]; code: number }

export type RunningScript = Script & {
  /** The command's standard output so far, when it goes into a pipe or a file. */
  captured: string
}

/** A command that is over at once. */
export const done = (out = '', code = 0, err = ''): Script => ({
  steps: [
    ...(out ? [{ do: 'write', afterMs: 0, stream: 'out', text: out } as const] : []),
    ...(err ? [{ do: 'write', afterMs: 0, stream: 'err', text: err } as const] : []),
  ],
  code,
})

/** A command that fails at once with one line. */
export const failed = (message: string, code = 1): Script => done('', code, `${message}\n`)

export const write = (text: string, afterMs = 0, stream: 'out' | 'err' = 'out'): ScriptStep => ({
  do: 'write',
  afterMs,
  stream,
  text: text.endsWith('\n') ? text : `${text}\n`,
})

export const effect = (name: string, args: StepArgs = {}, afterMs = 0): ScriptStep => ({
  do: 'effect',
  afterMs,
  effect: name,
  args,
})

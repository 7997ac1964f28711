import { advance, handle, nextDue } from '@/lib/lab/advance'
import type { Answer } from '@/lib/lab/api/answer'
import type { LabRequest } from '@/lib/lab/api/request'
import type { Now } from '@/lib/lab/clock'
import type { Effect, Lab, LabState } from '@/lib/lab/state'
import type { StateFile } from './state-file'

/** Somebody outside who waits for a process in a guest. */
export type ProcessListener = {
  output(stream: 'out' | 'err', data: string): void
  exit(code: number): void
}

export type Engine = {
  readonly state: LabState
  now(): Now
  request(request: LabRequest): Promise<Answer>
  /** One transition at the present instant; what follows from it happens before this returns. */
  change<T>(transition: (lab: Lab) => T): T
  /** From now on the process's output and end go to the listener. */
  listen(process: string, listener: ProcessListener): void
  /** Called after every change. Returns how to stop it. */
  onChange(callback: () => void): () => void
  /** Puts another state in place of the present one. */
  replace(state: LabState): void
  close(): void
}

/** Timers longer than this are set again; setTimeout takes no more than 2^31-1 ms. */
const MAX_TIMER_MS = 60_000

/** Owns the state: lets time pass, carries out effects, and sees that changes are kept. */
export function startEngine(initial: LabState, clock: () => Now, file: StateFile): Engine {
  let state = initial
  let timer: NodeJS.Timeout | null = null
  let closed = false
  const replies = new Map<number, (answer: Answer) => void>()
  const listeners = new Map<string, ProcessListener>()
  const callbacks = new Set<() => void>()

  const carryOut = (effects: Effect[]) => {
    for (const effect of effects) {
      if (effect.type === 'reply') {
        replies.get(effect.ticket)?.(effect.answer)
        replies.delete(effect.ticket)
      } else if (effect.type === 'output')
        listeners.get(effect.process)?.output(effect.stream, effect.data)
      else {
        listeners.get(effect.process)?.exit(effect.code)
        listeners.delete(effect.process)
      }
    }
  }

  const settle = (effects: Effect[]) => {
    // What comes after the end, such as an authority that was still being made, changes nothing.
    if (closed) return
    carryOut(effects)
    file.touch(state)
    for (const callback of callbacks) callback()
    schedule()
  }

  const schedule = () => {
    if (timer) clearTimeout(timer)
    timer = null
    const due = nextDue(state)
    if (due === null) return
    const now = clock()
    const waitMs = Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil((due - now.at) / now.speed)))
    timer = setTimeout(() => settle(advance(state, clock())), waitMs)
  }

  schedule()
  return {
    get state() {
      return state
    },
    now: clock,
    request(request) {
      const { outcome, effects } = handle(state, request, clock())
      const answer = new Promise<Answer>((resolve) => {
        if ('answer' in outcome) resolve(outcome.answer)
        else replies.set(outcome.ticket, resolve)
      })
      settle(effects)
      return answer
    },
    change(transition) {
      const now = clock()
      const effects = advance(state, now)
      const result = transition({ state, now, effects })
      // A listener that `transition` adds must hear what its process says at once.
      setImmediate(() => settle([...effects, ...advance(state, clock())]))
      return result
    },
    listen: (process, listener) => void listeners.set(process, listener),
    onChange(callback) {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    replace(next) {
      state = next
      settle([])
    },
    close() {
      closed = true
      if (timer) clearTimeout(timer)
      timer = null
      file.touch(state)
      file.flush()
    },
  }
}

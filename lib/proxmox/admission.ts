import { type Claims, Gate } from '@/lib/dag/gate'
import type { Upid } from './values'

/** What was admitted, until it leaves. Both may be called again. */
export type Hold = {
  /** When it was admitted, by this process's own clock (`performance.now`). */
  since: number
  /** The exclusive locks that it was admitted with. */
  locks: readonly string[]
  /** Gives the exclusive locks that `which` names back before the end. */
  release(which: (lock: string) => boolean): void
  /** Whether somebody waits for one of its exclusive locks. */
  wanted(): boolean
  leave(): void
}

type Waiting = { claims: Claims; admit(): void }

/**
 * Who may start a task at one Proxmox now, over all jobs and errands of this process. Whoever waits
 * longest for a lock gets it; those who claim other things pass by.
 */
export class Admission {
  readonly #gate = new Gate()
  #queue: Waiting[] = []
  readonly #tasks = new Map<Upid, { hold: Hold; timer: NodeJS.Timeout }>()
  /** For how long clones lately held a storage, from their admission on, in milliseconds. */
  readonly lasted = new Map<string, number>()
  /** Storages that nodes share, as the lists that were read say; their locks are the cluster's. */
  readonly sharedStorages = new Set<string>()

  /** Waits until everything claimed is free. Throws the signal's reason. */
  enter(claims: Claims, signal?: AbortSignal): Promise<Hold> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        this.#queue = this.#queue.filter((other) => other !== waiting)
        reject(signal?.reason)
        this.#admit()
      }
      const waiting: Waiting = {
        claims,
        admit: () => {
          signal?.removeEventListener('abort', stop)
          resolve(this.#hold(claims))
        },
      }
      signal?.addEventListener('abort', stop, { once: true })
      this.#queue.push(waiting)
      this.#admit()
    })
  }

  /** Lets a task have a hold until somebody takes it over to wait for the task, at most so long. */
  keep(upid: Upid, hold: Hold, ms: number): void {
    const lapse = () => {
      this.#tasks.delete(upid)
      hold.leave()
    }
    this.#tasks.set(upid, { hold, timer: setTimeout(lapse, ms).unref() })
  }

  /** The hold of a task, for whoever waits for it; null where it has none. */
  take(upid: Upid): Hold | null {
    const kept = this.#tasks.get(upid)
    if (kept === undefined) return null
    clearTimeout(kept.timer)
    this.#tasks.delete(upid)
    return kept.hold
  }

  /** How many wait. */
  get waiting(): number {
    return this.#queue.length
  }

  /** In the order of arrival; who waits keeps those behind from what they wait for. */
  #admit(): void {
    const wanted = new Set<string>()
    const wantedShared = new Set<string>()
    const left: Waiting[] = []
    for (const waiting of this.#queue) {
      const { locks, shared = [] } = waiting.claims
      const behind =
        locks.some((name) => wanted.has(name) || wantedShared.has(name)) ||
        shared.some((name) => wanted.has(name))
      if (!behind && this.#gate.tryEnter(waiting.claims)) {
        waiting.admit()
        continue
      }
      left.push(waiting)
      for (const name of locks) wanted.add(name)
      for (const name of shared) wantedShared.add(name)
    }
    this.#queue = left
  }

  #hold(claims: Claims): Hold {
    const released = new Set<string>()
    let left = false
    return {
      since: performance.now(),
      locks: claims.locks,
      release: (which) => {
        if (left) return
        for (const lock of claims.locks) {
          if (released.has(lock) || !which(lock)) continue
          released.add(lock)
          this.#gate.release(lock)
        }
        this.#admit()
      },
      wanted: () =>
        this.#queue.some(({ claims: { locks, shared = [] } }) =>
          [...locks, ...shared].some((lock) => claims.locks.includes(lock) && !released.has(lock)),
        ),
      leave: () => {
        if (left) return
        left = true
        this.#gate.leave(claims, released)
        this.#admit()
      },
    }
  }
}

/**
 * What a node holds while it runs: names of exclusive locks, of locks that it shares with others who
 * only share them, and names of groups of which only so many may run at once.
 */
export type Claims = {
  locks: readonly string[]
  shared?: readonly string[]
  groups: readonly { name: string; limit: number }[]
}

/** Who may start now. Mutable; the one rule that the runner, the driver and the estimate go by. */
export class Gate {
  readonly #held = new Set<string>()
  readonly #shared = new Map<string, number>()
  readonly #running = new Map<string, number>()

  /** Takes everything claimed, or nothing and answers false. */
  tryEnter({ locks, shared = [], groups }: Claims): boolean {
    if (locks.some((lock) => this.#held.has(lock) || this.#shared.has(lock))) return false
    if (shared.some((lock) => this.#held.has(lock))) return false
    if (groups.some(({ name, limit }) => (this.#running.get(name) ?? 0) >= limit)) return false
    for (const lock of locks) this.#held.add(lock)
    for (const lock of shared) count(this.#shared, lock, 1)
    for (const { name } of groups) count(this.#running, name, 1)
    return true
  }

  /** Gives one exclusive lock back early; name it as released when leaving, or the next holder loses it. */
  release(lock: string): void {
    this.#held.delete(lock)
  }

  /** Gives back the groups, the shared locks, and those exclusive ones that were not released before. */
  leave({ locks, shared = [], groups }: Claims, released: ReadonlySet<string> = new Set()): void {
    for (const lock of locks) if (!released.has(lock)) this.#held.delete(lock)
    for (const lock of shared) count(this.#shared, lock, -1)
    for (const { name } of groups) count(this.#running, name, -1)
  }
}

/** A count that is not kept at zero. */
function count(counts: Map<string, number>, name: string, by: number): void {
  const now = (counts.get(name) ?? 0) + by
  if (now > 0) counts.set(name, now)
  else counts.delete(name)
}

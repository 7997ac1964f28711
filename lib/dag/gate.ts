/**
 * What a node holds while it runs: names of exclusive locks, and names of groups of which only so
 * many may run at once.
 */
export type Claims = {
  locks: readonly string[]
  groups: readonly { name: string; limit: number }[]
}

/** Who may start now. Mutable; the one rule that both the runner and the estimate go by. */
export class Gate {
  readonly #held = new Set<string>()
  readonly #running = new Map<string, number>()

  /** Takes everything claimed, or nothing and answers false. */
  tryEnter({ locks, groups }: Claims): boolean {
    if (locks.some((lock) => this.#held.has(lock))) return false
    if (groups.some(({ name, limit }) => (this.#running.get(name) ?? 0) >= limit)) return false
    for (const lock of locks) this.#held.add(lock)
    for (const { name } of groups) this.#running.set(name, (this.#running.get(name) ?? 0) + 1)
    return true
  }

  /** Gives one lock back early; name it as released when leaving, or the next holder loses it. */
  release(lock: string): void {
    this.#held.delete(lock)
  }

  /** Gives back the groups, and those locks that were not released before. */
  leave({ locks, groups }: Claims, released: ReadonlySet<string> = new Set()): void {
    for (const lock of locks) if (!released.has(lock)) this.#held.delete(lock)
    for (const { name } of groups) this.#running.set(name, (this.#running.get(name) ?? 1) - 1)
  }
}

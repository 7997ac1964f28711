import { longestRemaining } from './critical-path'
import { type DagNode, dependents } from './dag'
import { type Claims, Gate } from './gate'

export type SimulateOptions<N> = {
  durationOf(node: N): number
  claimsOf(node: N): Claims
  /** How long of its duration a node holds its locks; all of it if absent. */
  lockedFor?(node: N): number
}

/**
 * How long all nodes take when started as the runner starts them: needs first, longest remaining
 * chain first, locks and limits respected. In the unit of the durations.
 */
export function simulate<N extends DagNode>(
  nodes: readonly N[],
  { durationOf, claimsOf, lockedFor = durationOf }: SimulateOptions<N>,
): number {
  const remaining = longestRemaining(nodes, durationOf)
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const waiters = dependents(nodes)
  const open = new Map(nodes.map((node) => [node.id, new Set(node.needs).size]))
  const held = new Map(nodes.map((node) => [node.id, claimsOf(node)]))
  const claims = (node: N): Claims => held.get(node.id) ?? claimsOf(node)
  const gate = new Gate()
  const events = new EventQueue<{ node: N; unlock: boolean }>()
  const released = new Map<string, Set<string>>()
  let ready = nodes.filter((node) => open.get(node.id) === 0)
  let now = 0

  const byRemaining = (a: N, b: N) => (remaining.get(b.id) ?? 0) - (remaining.get(a.id) ?? 0)
  ready.sort(byRemaining)
  const startReady = () => {
    ready = ready.filter((node) => {
      if (!gate.tryEnter(claims(node))) return true
      const locked = Math.min(lockedFor(node), durationOf(node))
      if (claims(node).locks.length > 0 && locked < durationOf(node))
        events.push(now + locked, { node, unlock: true })
      events.push(now + durationOf(node), { node, unlock: false })
      return false
    })
  }

  startReady()
  for (let event = events.pop(); event; event = events.pop()) {
    now = event.at
    const { node, unlock } = event.value
    const { locks } = claims(node)
    if (unlock) {
      for (const lock of locks) gate.release(lock)
      released.set(node.id, new Set(locks))
    } else {
      gate.leave(claims(node), released.get(node.id))
      const freed: N[] = []
      for (const id of new Set(waiters.get(node.id))) {
        const left = (open.get(id) ?? 0) - 1
        open.set(id, left)
        const waiter = byId.get(id)
        if (left === 0 && waiter) freed.push(waiter)
      }
      if (freed.length > 0) ready = [...ready, ...freed].sort(byRemaining)
    }
    if (events.nextAt() !== now) startReady()
  }
  return now
}

/** Binary heap of what happens when; equal times in the order they were pushed. */
class EventQueue<T> {
  readonly #heap: { at: number; order: number; value: T }[] = []
  #pushed = 0

  push(at: number, value: T): void {
    this.#heap.push({ at, order: this.#pushed++, value })
    let i = this.#heap.length - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.#before(i, parent)) break
      this.#swap(i, parent)
      i = parent
    }
  }

  nextAt(): number | null {
    return this.#heap[0]?.at ?? null
  }

  pop(): { at: number; value: T } | null {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (!first || !last) return null
    if (this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink()
    }
    return first
  }

  #sink(): void {
    for (let i = 0; ; ) {
      const left = 2 * i + 1
      let least = i
      for (const child of [left, left + 1]) {
        if (child < this.#heap.length && this.#before(child, least)) least = child
      }
      if (least === i) return
      this.#swap(i, least)
      i = least
    }
  }

  #before(i: number, j: number): boolean {
    const [a, b] = [this.#heap[i]!, this.#heap[j]!]
    return a.at < b.at || (a.at === b.at && a.order < b.order)
  }

  #swap(i: number, j: number): void {
    ;[this.#heap[i], this.#heap[j]] = [this.#heap[j]!, this.#heap[i]!]
  }
}

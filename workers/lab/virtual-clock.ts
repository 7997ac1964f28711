import type { Now } from '@/lib/lab/clock'

/** Virtual time: goes on from `startAt` at `speed` times real time. A stopped lab's time stands still. */
export function startVirtualClock(startAt: number, speed: number): () => Now {
  const startedMs = performance.now()
  return () => ({
    at: startAt + Math.floor((performance.now() - startedMs) * speed),
    wall: Date.now(),
    speed,
  })
}

'use client'

import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let now = 0

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function readNow(): number {
  if (timer === undefined || now === 0) now = Math.floor(Date.now() / 1000) * 1000
  return now
}

/** What was seen longer ago than this is not shown as the present, in milliseconds. */
export const STALE_MS = 10 * 60_000

/**
 * Whether something seen at that time is too old to be shown as the present. Renders when that
 * changes, not every second.
 */
export const useIsStale = (at: number | null): boolean =>
  useSyncExternalStore(
    subscribe,
    () => at !== null && readNow() - at >= STALE_MS,
    () => false,
  )

/** The time, ticking once a second for the whole page; null while rendering on the server. */
export const useNow = (): number | null => useSyncExternalStore(subscribe, readNow, () => null)

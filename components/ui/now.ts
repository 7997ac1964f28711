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

/** The time, ticking once a second for the whole page; null while rendering on the server. */
export const useNow = (): number | null => useSyncExternalStore(subscribe, readNow, () => null)

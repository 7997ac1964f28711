'use client'

import { useEffect, useSyncExternalStore } from 'react'
import type { Action } from './action'

const groups = new Map<symbol, readonly Action[]>()
const listeners = new Set<() => void>()
let all: readonly Action[] = []

function publish(): void {
  all = [...groups.values()].flat()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Adds a page's own actions to the table while the component is mounted. Keep the array stable
 * (useMemo): it is published anew whenever it changes.
 */
export function usePageActions(actions: readonly Action[]): void {
  useEffect(() => {
    const key = Symbol('actions')
    groups.set(key, actions)
    publish()
    return () => {
      groups.delete(key)
      publish()
    }
  }, [actions])
}

const NONE: readonly Action[] = []

/** The actions that pages have added, in the order of mounting. */
export const useAddedActions = (): readonly Action[] =>
  useSyncExternalStore(
    subscribe,
    () => all,
    () => NONE,
  )

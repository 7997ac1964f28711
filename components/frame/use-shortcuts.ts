'use client'

import { useEffect, useRef, useSyncExternalStore } from 'react'
import { type Action, keyName, readKey } from './action'

const KEY = 'single-keys'
/** A sequence is forgotten after this. */
const SEQUENCE_MS = 1500

const listeners = new Set<() => void>()

/** Whether letters without Ctrl act; people who dictate or slip switch them off. */
export const singleKeysOn = (): boolean => localStorage.getItem(KEY) !== 'off'

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, 'off')
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useSingleKeys = (): boolean =>
  useSyncExternalStore(subscribe, singleKeysOn, () => true)

/** Runs the actions of the table by their keys, for as long as it is mounted. */
export function useShortcuts(actions: readonly Action[]): void {
  const pending = useRef<{ keys: readonly string[]; at: number }>({ keys: [], at: 0 })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isDialogOpen()) return
      const key = keyName(event)
      if (key === null) return
      const live = event.timeStamp - pending.current.at < SEQUENCE_MS ? pending.current.keys : []
      const typing = isTyping(event.target)
      const match = readKey(actions, live, key, { typing, singleKeys: singleKeysOn() })
      pending.current = { keys: match.pending, at: event.timeStamp }
      if (!match.action) return
      event.preventDefault()
      if (!match.action.disabledReason) match.action.run()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [actions])
}

const TEXT_FIELDS =
  'input, textarea, select, [contenteditable="true"], [role="menu"], [role="listbox"]'

/** A dialog has the keyboard to itself: nothing moves behind it. */
const isDialogOpen = (): boolean =>
  document.querySelector('[role="dialog"][data-state="open"]') !== null

/** Whether letters belong to what has the focus. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TEXT_FIELDS) !== null
}

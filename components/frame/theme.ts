'use client'

import { useSyncExternalStore } from 'react'
import { THEME_KEY } from './theme-script'

export type ThemeChoice = 'system' | 'dark' | 'light'
export type Theme = 'dark' | 'light'

const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}

const isChoice = (value: string | null): value is ThemeChoice =>
  value === 'system' || value === 'dark' || value === 'light'

/** What the person chose; `system` where nothing is kept. Browser only. */
export function themeChoice(): ThemeChoice {
  const kept = localStorage.getItem(THEME_KEY)
  return isChoice(kept) ? kept : 'system'
}

function shownTheme(): Theme {
  return document.documentElement.dataset.theme === 'light' ? 'light' : 'dark'
}

/** Keeps the choice and shows it at once. */
export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(THEME_KEY, choice)
  applyChoice()
}

function applyChoice(): void {
  const choice = themeChoice()
  const light = matchMedia('(prefers-color-scheme: light)').matches
  document.documentElement.dataset.theme = choice === 'system' ? (light ? 'light' : 'dark') : choice
  tell()
}

function subscribe(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: light)')
  if (listeners.size === 0) {
    system.addEventListener('change', applyChoice)
    addEventListener('storage', applyChoice)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    system.removeEventListener('change', applyChoice)
    removeEventListener('storage', applyChoice)
  }
}

/** The theme on screen, such as for a canvas; follows the system and the menu. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, shownTheme, () => 'dark')

/** The choice in the menu. */
export const useThemeChoice = (): ThemeChoice =>
  useSyncExternalStore(subscribe, themeChoice, () => 'system')

'use client'

import { Toaster, toast } from 'sonner'

/** Where toasts appear; once in the app. */
export const Toasts = () => (
  <Toaster
    position="bottom-right"
    closeButton
    toastOptions={{
      unstyled: true,
      classNames: {
        toast:
          'flex w-[min(360px,calc(100vw-24px))] items-center gap-3 rounded-md border border-line bg-surface-1 px-3 py-2 text-body text-ink-1 shadow-float',
        actionButton: 'ml-auto h-6 shrink-0 px-2 font-medium text-work',
        closeButton: 'order-last grid size-6 shrink-0 place-items-center text-ink-3',
        description: 'text-caption text-ink-3',
      },
    }}
  />
)

/**
 * Confirms what this person just did, with Undo where there is one. Errors never come here: they
 * stay where they happened.
 */
export function confirmDone(message: string, undo?: { label?: string; run: () => void }): void {
  toast(message, {
    duration: 5000,
    action: undo ? { label: undo.label ?? 'Undo', onClick: undo.run } : undefined,
  })
}

'use client'

import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { IconButton } from './button'
import { cn } from './cn'

/**
 * To the first thing to fill in, else to the dialog itself: on the cross its tip would open, and the
 * first Esc would close that tip alone.
 */
function focusFirstField(event: Event): void {
  event.preventDefault()
  const content = event.currentTarget as HTMLElement | null
  const field = content?.querySelector<HTMLElement>('input, textarea, select')
  ;(field ?? content)?.focus()
}

/**
 * Only for what replaces, rebuilds, upgrades or loses something (confirmation levels 2 and 3), and
 * for the palette. Everything else is a panel. Esc and the cross close it; focus goes back.
 */
export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  footer,
  wide = false,
}: {
  open: boolean
  onClose: () => void
  title: ReactNode
  description?: ReactNode
  children?: ReactNode
  /** Buttons, the one that acts last. */
  footer?: ReactNode
  wide?: boolean
}) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-shade motion-safe:animate-[appear_120ms_ease-out]" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={focusFirstField}
          className={cn(
            'outline-none fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-24px)] w-[calc(100vw-24px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-md border border-line bg-surface-1 shadow-float motion-safe:animate-[appear_120ms_ease-out]',
            wide ? 'max-w-200' : 'max-w-130',
          )}
        >
          <header className="flex items-start gap-3 border-line border-b px-4 py-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-name">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="mt-1 max-w-[72ch] text-ink-2">
                  {description}
                </Radix.Description>
              ) : null}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" icon={<X size={16} aria-hidden />} />
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{children}</div>
          {footer ? (
            <footer className="flex flex-wrap justify-end gap-2 border-line border-t px-4 py-3">
              {footer}
            </footer>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

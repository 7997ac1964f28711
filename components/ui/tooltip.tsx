'use client'

import { Tooltip as Radix } from 'radix-ui'
import { type ReactNode, useState } from 'react'

/** Once around the app, so that neighbouring tips follow each other without delay. */
export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={400} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
)

/** Says more about the one element inside, on hover and on focus. That element must be focusable. */
export function Tooltip({
  text,
  side = 'top',
  pressed = false,
  children,
}: {
  text: ReactNode
  side?: 'top' | 'right' | 'bottom' | 'left'
  /** Shown on a press as well: a finger neither hovers nor focuses. For what does nothing else then. */
  pressed?: boolean
  children: ReactNode
}) {
  const [open, setOpen] = useState(false)
  if (!text) return children
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger
        asChild
        onClick={(event) => {
          if (!pressed) return
          // A press closes a tip; this one it opens.
          event.preventDefault()
          setOpen(true)
        }}
      >
        {children}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-60 max-w-80 rounded-sm border border-edge bg-surface-2 px-2 py-1 text-caption text-ink-1 shadow-float motion-safe:animate-[appear_120ms_ease-out]"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

'use client'

import { LockOpen } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Tooltip } from '@/components/ui/tooltip'

const never = () => () => {}

/**
 * Stays in the top bar as long as what is typed and shown here can be read on the way. The browser
 * itself judges: plain HTTP is fine for it on the panel's own machine only.
 */
export function UnsafeBadge() {
  const unsafe = useSyncExternalStore(
    never,
    () => !window.isSecureContext,
    () => false,
  )
  if (!unsafe) return null
  return (
    <Tooltip
      pressed
      text="This page came over plain HTTP: anybody on the way can read and change what you type and see. Start the panel with --lan, or put HTTPS before it."
    >
      <button
        type="button"
        className="inline-flex h-6 shrink-0 items-center gap-1 rounded-sm border border-fail px-1.5 text-caption text-fail"
      >
        <LockOpen size={12} aria-hidden />
        Not encrypted
      </button>
    </Tooltip>
  )
}

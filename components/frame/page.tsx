'use client'

import { type ReactNode, useEffect } from 'react'
import { cn } from '@/components/ui/cn'

/**
 * A page's title row and body: name, kind, a sentence that says how it is, at most two buttons and
 * a menu. Also sets the tab's title.
 */
export function Page({
  title,
  kind,
  sentence,
  actions,
  children,
  className,
}: {
  title: string
  kind?: ReactNode
  /** The answer first: one sentence that a tired person can act on. */
  sentence?: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
}) {
  useEffect(() => {
    document.title = `${title} - Drawbridge`
  }, [title])
  return (
    <div className={cn('px-3 py-4 sm:px-4', className)}>
      <header className="mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          <div className="flex flex-wrap items-baseline gap-x-3">
            <h1 className="text-title">{title}</h1>
            {kind ? <span className="text-caption text-ink-3">{kind}</span> : null}
          </div>
          {sentence ? (
            <div className="mt-1 max-w-[72ch] text-ink-2 text-prose" aria-live="polite">
              {sentence}
            </div>
          ) : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}

/** A part of a page with its heading. */
export const Section = ({
  title,
  aside,
  children,
  className,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
  className?: string
}) => (
  <section className={cn('mb-6', className)}>
    <div className="mb-2 flex flex-wrap items-baseline justify-between gap-2">
      <h2 className="text-name">{title}</h2>
      {aside ? <div className="text-caption text-ink-3">{aside}</div> : null}
    </div>
    {children}
  </section>
)

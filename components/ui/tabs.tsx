'use client'

import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn'

export type Tab = { id: string; label: ReactNode; badge?: ReactNode; content: ReactNode }

/** Tabs of one view. The chosen tab is the caller's: it belongs in the URL. */
export function Tabs({
  label,
  tabs,
  value,
  onChange,
  fill = false,
  className,
}: {
  label: string
  tabs: readonly Tab[]
  value: string
  onChange: (id: string) => void
  /** The content takes what height is left of a page of fixed height, and scrolls inside itself. */
  fill?: boolean
  className?: string
}) {
  return (
    <Radix.Root
      value={value}
      onValueChange={onChange}
      className={cn('min-w-0', fill && 'flex min-h-0 flex-1 flex-col', className)}
    >
      <Radix.List
        aria-label={label}
        className="flex gap-1 overflow-x-auto border-line border-b px-0.5 pt-0.5"
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="inline-flex h-control shrink-0 items-center gap-1.5 border-transparent border-b-2 px-3 text-body text-ink-2 hover:text-ink-1 data-[state=active]:border-work data-[state=active]:font-medium data-[state=active]:text-ink-1"
          >
            {tab.label}
            {tab.badge}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content
          key={tab.id}
          value={tab.id}
          className={cn(
            'min-w-0 pt-4',
            fill && 'min-h-0 flex-1 flex-col overflow-y-auto data-[state=active]:flex',
          )}
        >
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}

/** A few choices of which one holds, such as a canvas's lens or the theme. */
export function Segments<Value extends string>({
  label,
  options,
  value,
  onChange,
  className,
}: {
  label: string
  options: readonly { value: Value; label: ReactNode; title?: string }[]
  value: Value
  onChange: (value: Value) => void
  className?: string
}) {
  return (
    <fieldset
      className={cn('inline-flex rounded-sm border border-edge bg-surface-1 p-px', className)}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          title={option.title}
          onClick={() => onChange(option.value)}
          className="h-7 min-w-7 rounded-[3px] px-2 text-body text-ink-2 hover:text-ink-1 aria-pressed:bg-surface-2 aria-pressed:font-medium aria-pressed:text-ink-1 pointer-coarse:h-11"
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  )
}

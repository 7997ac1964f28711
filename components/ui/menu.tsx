'use client'

import { DropdownMenu as Radix } from 'radix-ui'
import { Fragment, type ReactNode } from 'react'
import { cn } from './cn'
import { Kbd } from './kbd'

export type MenuItem = {
  id: string
  label: ReactNode
  icon?: ReactNode
  onSelect: () => void
  /** Shown below the label; the item cannot be chosen. */
  disabledReason?: string | null
  danger?: boolean
  keys?: string
  /** A line above it. */
  separated?: boolean
  /** Shows which of several holds. */
  checked?: boolean
}

/** What can be done, behind one button. `trigger` is a Button or IconButton. */
export function Menu({
  trigger,
  items,
  heading,
  align = 'end',
}: {
  trigger: ReactNode
  items: readonly MenuItem[]
  heading?: ReactNode
  align?: 'start' | 'end'
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-80 overflow-y-auto rounded-md border border-line bg-surface-1 p-1 shadow-float motion-safe:animate-[rise_120ms_ease-out]"
        >
          {heading ? (
            <Radix.Label className="px-2 py-1 text-caption text-ink-3">{heading}</Radix.Label>
          ) : null}
          {items.map((item) => (
            <Fragment key={item.id}>
              {item.separated ? <Radix.Separator className="my-1 h-px bg-line" /> : null}
              <MenuRow item={item} />
            </Fragment>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function MenuRow({ item }: { item: MenuItem }) {
  const blocked = Boolean(item.disabledReason)
  return (
    <Radix.Item
      // Not `disabled`: the reason must be reachable by keyboard.
      aria-disabled={blocked || undefined}
      onSelect={(event) => (blocked ? event.preventDefault() : item.onSelect())}
      className={cn(
        'flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 py-1 text-body outline-none data-highlighted:bg-surface-2 pointer-coarse:min-h-12',
        item.danger ? 'text-fail' : 'text-ink-1',
        blocked && 'cursor-not-allowed text-ink-3',
      )}
    >
      <span className="grid w-4 place-items-center" aria-hidden>
        {item.checked ? '✓' : item.icon}
      </span>
      <span className="min-w-0 flex-1">
        {item.label}
        {item.disabledReason ? (
          <span className="block text-caption text-ink-3">{item.disabledReason}</span>
        ) : null}
      </span>
      {item.keys ? <Kbd keys={item.keys} /> : null}
    </Radix.Item>
  )
}

'use client'

import { X } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useState } from 'react'
import { IconButton } from './button'
import { cn } from './cn'

const MIN = 280
const MAX = 720
const clamp = (width: number) => Math.min(MAX, Math.max(MIN, width))

/** Width kept per panel name across visits; the default until the browser has answered. */
function useWidth(name: string, initial: number) {
  const key = `panel-width:${name}`
  const [width, setWidth] = useState(initial)
  useEffect(() => {
    const kept = Number(localStorage.getItem(key))
    if (kept) setWidth(clamp(kept))
  }, [key])
  const change = (next: number) => {
    setWidth(clamp(next))
    localStorage.setItem(key, String(clamp(next)))
  }
  return [width, change] as const
}

/**
 * The right panel for inspecting: 360 px, dragged or moved by arrow keys; below 960 px a sheet over
 * the page. Esc closes it.
 */
export function Panel({
  name,
  title,
  subtitle,
  actions,
  onClose,
  children,
  className,
}: {
  /** Names its kept width. */
  name: string
  title: ReactNode
  subtitle?: ReactNode
  actions?: ReactNode
  onClose: () => void
  children: ReactNode
  className?: string
}) {
  const [width, setWidth] = useWidth(name, 360)
  return (
    <aside
      aria-label={typeof title === 'string' ? title : name}
      style={{ '--panel-width': `${width}px` } as React.CSSProperties}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.stopPropagation()
        onClose()
      }}
      className={cn(
        'relative flex min-h-0 flex-col border-line bg-surface-1 max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:z-40 max-md:max-h-[80dvh] max-md:border-t max-md:shadow-float md:w-(--panel-width) md:shrink-0 md:border-l motion-safe:animate-[slide-from-right_180ms_ease-out]',
        className,
      )}
    >
      <Grip width={width} onChange={setWidth} />
      <header className="flex items-start gap-2 border-line border-b py-2 pr-2 pl-4">
        <div className="min-w-0 flex-1 py-1">
          <h2 className="truncate text-name">{title}</h2>
          {subtitle ? <p className="truncate text-caption text-ink-3">{subtitle}</p> : null}
        </div>
        {actions}
        <IconButton label="Close panel" icon={<X size={16} aria-hidden />} onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
    </aside>
  )
}

function Grip({ width, onChange }: { width: number; onChange: (width: number) => void }) {
  const drag = (event: PointerEvent<HTMLHRElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId))
      onChange(window.innerWidth - event.clientX)
  }
  const keys = (event: KeyboardEvent) => {
    const by = { ArrowLeft: 16, ArrowRight: -16 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    onChange(width + by)
  }
  return (
    <hr
      aria-orientation="vertical"
      aria-label="Panel width"
      aria-valuenow={width}
      aria-valuemin={MIN}
      aria-valuemax={MAX}
      tabIndex={0}
      onKeyDown={keys}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      className="absolute inset-y-0 -left-1 z-10 hidden h-full w-2 cursor-col-resize touch-none border-0 hover:bg-work/30 md:block"
    />
  )
}

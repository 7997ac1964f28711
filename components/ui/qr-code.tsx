import { generate } from 'lean-qr'
import { useMemo } from 'react'
import { cn } from './cn'

/** A text as a QR code, black on white whatever the theme; `label` says what it holds. */
export function QrCode({
  text,
  label,
  className,
}: {
  text: string
  label: string
  className?: string
}) {
  const { size, path } = useMemo(() => toPath(text), [text])
  return (
    <svg
      role="img"
      aria-label={label}
      // Four modules of quiet around it, as cameras expect.
      viewBox={`-4 -4 ${size + 8} ${size + 8}`}
      className={cn('size-48 shrink-0 rounded-sm bg-white', className)}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="black" />
    </svg>
  )
}

/** One path for all dark modules. */
function toPath(text: string): { size: number; path: string } {
  const code = generate(text)
  let path = ''
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`
  return { size: code.size, path }
}

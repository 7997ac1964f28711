'use client'

import { generate } from 'lean-qr'
import { Printer } from 'lucide-react'
import { useMemo } from 'react'
import { createPortal } from 'react-dom'
import { Button } from '@/components/ui/button'
import type { RecoveryKitAnswer } from '@/lib/api/contract-secrets'
import { saveText } from './save-text'

/** The kit as a page to print; on paper nothing else of the panel is seen (globals.css). */
export function KitSheet({ kit, onClose }: { kit: RecoveryKitAnswer; onClose: () => void }) {
  return (
    <div className="mb-4 flex flex-col gap-3">
      <p className="max-w-[72ch] text-prose">
        The kit is made and shown this once. Print it, or save it to a place that is not this
        machine; then close it.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          icon={<Printer size={16} aria-hidden />}
          onClick={() => window.print()}
        >
          Print the kit
        </Button>
        <Button onClick={() => save(kit)}>Save as a file</Button>
        <Button onClick={onClose}>Close the kit</Button>
      </div>
      <div className="max-w-200 rounded-md border border-line">
        <Sheet kit={kit} />
      </div>
      {createPortal(
        <div className="print-sheet" aria-hidden>
          <Sheet kit={kit} />
        </div>,
        document.body,
      )}
    </div>
  )
}

/** Black on white whatever the theme: it is paper. */
function Sheet({ kit }: { kit: RecoveryKitAnswer }) {
  return (
    <article
      aria-label="Recovery kit"
      className="flex flex-col gap-4 rounded-md bg-white p-6 text-black"
    >
      <h2 className="text-title">Drawbridge recovery kit</h2>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt>Panel</dt>
        <dd className="font-mono">{kit.panelId}</dd>
        <dt>Made</dt>
        <dd>{dateOf(kit.madeAt)}</dd>
        <dt>Opens</dt>
        <dd className="break-all font-mono text-caption">{kit.recipient}</dd>
      </dl>
      <div className="flex flex-wrap items-start gap-6">
        <Qr text={kit.kit} />
        <pre className="min-w-0 flex-1 basis-110 whitespace-pre-wrap break-all font-mono text-caption">
          {kit.kit}
        </pre>
      </div>
      <ol className="list-decimal pl-6 text-prose">
        <li>
          Restore a backup of the panel’s data on the new machine, and do not start the panel.
        </li>
        <li>
          Put the lines from BEGIN to END into a file kit.txt: by scanning the code, or by typing
          them; spaces and line breaks do not count.
        </li>
        <li>
          Run <code className="font-mono">npm run admin -- restore-key kit.txt</code> in the panel’s
          folder and type the passphrase. Then start the panel.
        </li>
        <li>
          Without the panel, <code className="font-mono">age -d kit.txt</code> gives the key too.
        </li>
      </ol>
      <p className="text-prose">Passphrase: kept elsewhere, at ______________________________</p>
    </article>
  )
}

/** In the words of the reader's own zone; a sheet lies for years, so with the year. */
const dateOf = (at: number) => new Date(at).toLocaleDateString(undefined, { dateStyle: 'long' })

/** One path for all dark modules, four modules of quiet around them. */
function Qr({ text }: { text: string }) {
  const { size, path } = useMemo(() => toPath(text), [text])
  return (
    <svg
      role="img"
      aria-label="The kit as a QR code"
      viewBox={`-4 -4 ${size + 8} ${size + 8}`}
      className="size-60 shrink-0 bg-white"
      shapeRendering="crispEdges"
    >
      <path d={path} fill="black" />
    </svg>
  )
}

function toPath(text: string): { size: number; path: string } {
  const code = generate(text)
  let path = ''
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`
  return { size: code.size, path }
}

function save(kit: RecoveryKitAnswer): void {
  const head = `Drawbridge recovery kit of panel ${kit.panelId}, made ${new Date(kit.madeAt).toISOString()}\nOpens ${kit.recipient}\nnpm run admin -- restore-key kit.txt\n\n`
  saveText(`drawbridge-${kit.panelId}-kit.txt`, head + kit.kit)
}

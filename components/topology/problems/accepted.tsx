'use client'

import { Undo2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { count } from '@/components/ui/format'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { whyNotEdit } from '../editor/editor-store'

/** Warnings that somebody accepted, with name and reason, each to be taken back. */
export function Accepted() {
  const store = useEditorStore()
  const list = useEditor((editor) => editor.history.doc.topology.acknowledged)
  const reason = useEditor(whyNotEdit)
  if (!list || list.length === 0) return null
  return (
    <details className="shrink-0 border-line border-b pb-2 text-caption">
      <summary className="min-h-6 cursor-pointer text-ink-2">
        {count(list.length, 'accepted warning')}
      </summary>
      <ul className="max-h-60 overflow-y-auto">
        {list.map(({ code, path, by, reason: why }) => (
          <li key={`${code}/${path.join('/')}`} className="flex items-start gap-2 py-1.5">
            <div className="min-w-0 flex-1">
              <p>
                {why} <span className="text-ink-3">{by}</span>
              </p>
              <p className="break-words font-mono text-ink-3">
                {code} {path.join('.')}
              </p>
            </div>
            <Button
              size="sm"
              variant="quiet"
              icon={<Undo2 size={12} aria-hidden />}
              disabledReason={reason}
              aria-label={`Withdraw the acceptance of ${code} at ${path.join('.')}`}
              onClick={() =>
                store.getState().edit(`Withdraw ${code}`, {
                  kind: 'withdraw',
                  code,
                  path: [...path],
                })
              }
            >
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
    </details>
  )
}

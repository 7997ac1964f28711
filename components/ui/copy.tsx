'use client'

import { Check, Copy as CopyIcon } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './button'

/** Puts `text` on the clipboard and says so for two seconds. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])
  const copy = async () => setState((await toClipboard(text)) ? 'copied' : 'refused')
  const said = { idle: label, copied: 'Copied', refused: 'Select and press Ctrl-C' }[state]
  return (
    <IconButton
      size="sm"
      label={said}
      icon={
        state === 'copied' ? <Check size={14} aria-hidden /> : <CopyIcon size={14} aria-hidden />
      }
      onClick={copy}
    />
  )
}

/** Whether it worked. Pages on plain http have no clipboard API, so the old way is the second one. */
export async function toClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch (error) {
      // Refused by the browser's permission: the old way may still be allowed.
      if (!(error instanceof DOMException)) throw error
    }
  }
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  const worked = document.execCommand('copy')
  area.remove()
  return worked
}

/** What is typed or copied, with its copy button. */
export const CodeLine = ({ text, label }: { text: string; label?: string }) => (
  <div className="flex items-start gap-1 rounded-sm border border-line bg-surface-0 py-1 pr-1 pl-2">
    <code className="min-w-0 flex-1 whitespace-pre-wrap wrap-anywhere py-0.5 font-mono text-caption">
      {text}
    </code>
    <CopyButton text={text} label={label} />
  </div>
)

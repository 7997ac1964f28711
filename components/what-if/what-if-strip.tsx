'use client'

import { X } from 'lucide-react'
import Link from 'next/link'
import { IconButton } from '@/components/ui/button'
import { pages } from '@/lib/api/paths'
import type { CanvasWhatIf } from './canvas-what-if'
import { GroupMark } from './group-words'
import { whatIfQuery } from './what-if-url'

/** What the dimmed canvas means, in one sentence, with the way to every reason. */
export function WhatIfStrip({
  answer,
  topologyId,
  unsaved,
  onClose,
}: {
  answer: CanvasWhatIf
  topologyId: string
  /** The page with the reasons knows only what is saved. */
  unsaved: boolean
  onClose: () => void
}) {
  return (
    <section
      aria-label="What if"
      className="flex items-start gap-3 border-line border-b bg-surface-1 py-1.5 pr-1.5 pl-3 sm:pl-4"
    >
      <p className="min-w-0 flex-1 py-1" aria-live="polite">
        {answer.kind === 'asking' ? `What if it dies? ${answer.why}` : answer.outcome.sentence}
      </p>
      {answer.kind === 'answer' ? (
        <>
          <ul className="flex shrink-0 gap-3 py-1 text-caption text-ink-2 max-md:hidden">
            <Key group="stops" word="stops" />
            <Key group="restarts" word="restarts" />
            <Key group="degrades" word="degrades" />
          </ul>
          <Link
            href={pages.whatIf(topologyId, whatIfQuery(answer.object))}
            className="shrink-0 py-1 text-work hover:underline"
            title={unsaved ? 'Of the saved revision, without what is not saved yet.' : undefined}
          >
            All reasons
          </Link>
        </>
      ) : (
        <Link href={pages.whatIf(topologyId)} className="shrink-0 py-1 text-work hover:underline">
          All objects
        </Link>
      )}
      <IconButton
        size="sm"
        label="Leave What if"
        icon={<X size={14} aria-hidden />}
        onClick={onClose}
      />
    </section>
  )
}

function Key({ group, word }: { group: 'stops' | 'restarts' | 'degrades'; word: string }) {
  return (
    <li className="inline-flex items-center gap-1">
      <GroupMark group={group} size={10} />
      {word}
    </li>
  )
}

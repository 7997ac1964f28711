'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { Sparkles } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { isModern } from '@/lib/topology/modernise'
import type { Problem } from '@/lib/topology/problem'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { whyNotEdit } from '../editor/editor-store'
import { Accepted } from './accepted'
import { Modernise } from './modernise'
import { ProblemNote } from './problem-note'

/**
 * Every problem, the dearest to ignore first, each with its object to jump to and its fix; above them
 * all fixes at once, and what was accepted.
 */
export function ProblemList() {
  const problems = useEditor((editor) => editor.problems)
  const reason = useEditor(whyNotEdit)
  const [modernising, setModernising] = useState(false)
  if (modernising) return <Modernise onClose={() => setModernising(false)} />
  const fixes = problems.filter(isModern).length
  return (
    <div className="flex h-full min-h-0 flex-col gap-2">
      <div className="shrink-0">
        <Button
          size="sm"
          icon={<Sparkles size={12} aria-hidden />}
          disabledReason={
            reason ??
            (fixes === 0
              ? 'No problem here has a fix that leaves names, addresses and machines as they are.'
              : null)
          }
          onClick={() => setModernising(true)}
        >
          {fixes === 0 ? 'Modernise' : `Modernise (${fixes})`}
        </Button>
      </div>
      <Accepted />
      <div className="min-h-0 flex-1">
        <List problems={problems} />
      </div>
    </div>
  )
}

function List({ problems }: { problems: readonly Problem[] }) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: problems.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 96,
    overscan: 8,
  })
  if (problems.length === 0) {
    return <p className="text-ink-2">No problem found: this document can be planned.</p>
  }
  return (
    // A region that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section ref={scroller} tabIndex={0} aria-label="Problems" className="h-full overflow-y-auto">
      <ul className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const problem = problems[index]
          return problem ? (
            <li
              key={`${problem.code}/${problem.path.join('/')}`}
              ref={rows.measureElement}
              data-index={index}
              className="absolute inset-x-0 border-line border-b py-2"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Row problem={problem} />
            </li>
          ) : null
        })}
      </ul>
    </section>
  )
}

function Row({ problem }: { problem: Problem }) {
  const store = useEditorStore()
  const object = objectOf(problem.path)
  return (
    <>
      {object.length > 0 ? (
        <button
          type="button"
          className="mb-1 ml-5.5 min-h-6 max-w-full truncate text-left font-mono text-caption text-work hover:underline"
          onClick={() => store.getState().select(object)}
        >
          {object.at(-1)}
          {problem.path.length > object.length
            ? ` · ${problem.path.slice(object.length).join('.')}`
            : ''}
        </button>
      ) : null}
      <ProblemNote problem={problem} />
    </>
  )
}

/** The object that a problem is pinned to: the first two steps, empty for the document itself. */
export function objectOf(path: readonly string[]): readonly string[] {
  return path.length >= 2 ? path.slice(0, 2) : []
}

'use client'

import { Wrench } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { StateMark } from '@/components/ui/state-mark'
import type { Problem, Severity } from '@/lib/topology/problem'
import type { Cost } from '@/lib/topology/rules/code'
import { factsOf } from '@/lib/topology/rules/cost'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { whyNotEdit } from '../editor/editor-store'
import { Accept } from './accept'

/** The shape of a severity; notes have no badge. */
export function SeverityMark({ severity }: { severity: Severity }) {
  if (severity === 'note') return <span className="inline-block w-3.5" />
  return (
    <StateMark
      state={severity === 'blocker' ? 'fail' : 'warn'}
      label={severity === 'blocker' ? 'Blocker' : 'Warning'}
    />
  )
}

/** What ignoring it costs, in a word or two. */
const COST_WORDS: Record<Cost, string> = {
  loss: 'data at risk',
  outage: 'outage',
  deploy: 'deploy fails',
  slow: 'slow',
  untidy: 'untidy',
}

/** What is wrong in words, its code, and the one edit that removes it. */
export function ProblemNote({ problem }: { problem: Problem }) {
  const store = useEditorStore()
  const reason = useEditor(whyNotEdit)
  const { fix } = problem
  const cost = factsOf(problem.code)?.cost
  return (
    <div className="flex items-start gap-2 text-caption">
      <span className="pt-px">
        <SeverityMark severity={problem.severity} />
      </span>
      <div className="min-w-0 flex-1">
        <p>
          {problem.message}{' '}
          <span className="text-ink-3">
            <code className="font-mono">{problem.code}</code>
            {cost ? ` · ${COST_WORDS[cost]}` : ''}
          </span>
        </p>
        {fix ? (
          <Button
            size="sm"
            className="mt-1 max-w-full whitespace-normal"
            icon={<Wrench size={12} aria-hidden />}
            disabledReason={reason}
            onClick={() => store.getState().commit(fix.label, fix.changes)}
          >
            {fix.label}
          </Button>
        ) : null}
        {problem.severity === 'warning' ? <Accept problem={problem} reason={reason} /> : null}
      </div>
    </div>
  )
}

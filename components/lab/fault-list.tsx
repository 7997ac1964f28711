'use client'

import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState } from '@/components/ui/states'
import type { LabFaultKind, LabView } from '@/lib/api/contract-lab'
import { inWords } from './fault-form'
import { useLabActions } from './use-lab'

/** What is broken now, each with the button that ends it. */
export function FaultList({ kinds, lab }: { kinds: readonly LabFaultKind[]; lab: LabView }) {
  const { mend } = useLabActions()
  const mayNot = useWhyNotRole('operator')
  if (lab.faults.length === 0)
    return <EmptyState title="Nothing is broken.">Choose a failure below.</EmptyState>
  return (
    <>
      {mend.error ? <FailureNote error={mend.error} /> : null}
      <ul
        aria-label="Broken now"
        className="flex flex-col divide-y divide-line border-line border-y"
      >
        {lab.faults.map((fault) => {
          const kind = kinds.find((each) => each.kind === fault.kind)
          const title = kind?.title ?? fault.kind
          return (
            <li key={fault.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
              <StateMark state="fail" />
              <div className="min-w-0 flex-1 basis-60">
                <p className="break-words">
                  {title}
                  <span className="text-ink-2"> {inWords(kind, fault)}</span>
                </p>
                {kind ? <p className="text-caption text-ink-3">{kind.ends}</p> : null}
              </div>
              <Button
                size="sm"
                aria-label={`Clear ${title} ${inWords(kind, fault)}`.trim()}
                busy={mend.isPending && mend.variables === fault.id}
                disabledReason={mayNot}
                onClick={() => mend.mutate(fault.id)}
              >
                Clear
              </Button>
            </li>
          )
        })}
      </ul>
    </>
  )
}

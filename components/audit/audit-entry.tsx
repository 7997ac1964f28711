'use client'

import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { cn } from '@/components/ui/cn'
import { exactTime, Time } from '@/components/ui/time'
import type { AuditRow } from '@/lib/api/contract-audit'
import { auditFields } from './audit-diff'
import { AuditSentence, howText, OutcomeMark } from './audit-sentence'

/** One entry as a line; opened it shows field by field what was and is, and how it was done. */
export function AuditEntry({ row }: { row: AuditRow }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <li>
      <div className="flex min-h-row items-baseline gap-2 px-2 py-1 hover:bg-surface-2">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          aria-label={`Details of entry ${row.seq}`}
          className="grid size-6 shrink-0 place-items-center self-start rounded-sm text-ink-3 pointer-coarse:size-12 pointer-coarse:-my-2"
          onClick={() => setOpen(!open)}
        >
          <ChevronRight
            size={14}
            aria-hidden
            className={cn('transition-transform duration-120', open && 'rotate-90')}
          />
        </button>
        <OutcomeMark outcome={row.outcome} />
        <span className="wrap-anywhere min-w-0 flex-1">
          <AuditSentence row={row} />{' '}
          <span className="text-caption text-ink-3">{howText(row.actor)}</span>
        </span>
        <span className="shrink-0 text-caption text-ink-3">
          <Time at={row.at} />
        </span>
      </div>
      <div id={id} hidden={!open} className="border-line border-t bg-surface-0 px-3 py-2 sm:pl-10">
        {open ? <Details row={row} /> : null}
      </div>
    </li>
  )
}

function Details({ row }: { row: AuditRow }) {
  const fields = auditFields(row)
  const oneSided = row.before === null || row.after === null
  return (
    <div className="flex flex-col gap-2">
      {row.note ? <p className="max-w-[72ch] text-prose">{row.note}</p> : null}
      {fields.length === 0 ? (
        <p className="text-ink-2">Nothing about what was before and after.</p>
      ) : (
        <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-4 gap-y-1">
          {fields.map(({ field, before, after }) => (
            <div key={field} className="contents">
              <dt className="wrap-anywhere text-ink-2">{field}</dt>
              <dd className="wrap-anywhere font-mono text-caption">
                {oneSided ? (
                  (after ?? before)
                ) : (
                  <>
                    <del className="text-ink-3 no-underline">{before ?? 'none'}</del>{' '}
                    <span aria-hidden>→</span>
                    <span className="sr-only">becomes</span>{' '}
                    <ins className="no-underline">{after ?? 'none'}</ins>
                  </>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p className="text-caption text-ink-3">
        Entry {row.seq}, {exactTime(row.at)},{' '}
        <code className="font-mono">
          {row.action} {row.object.kind} {row.object.id}
        </code>
        {row.outcome === 'done' ? null : `, ${row.outcome}`}
      </p>
    </div>
  )
}

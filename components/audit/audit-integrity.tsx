'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { Field, Input } from '@/components/ui/field'
import { count, formatMib } from '@/components/ui/format'
import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { auditClient, auditKeys } from '@/lib/api/client-audit'
import type { AuditCheckAnswer, AuditLogState } from '@/lib/api/contract-audit'

/** Whether the log still is as it was written, and what to write down to tell later. */
export function AuditIntegrity({ log }: { log: AuditLogState }) {
  const queries = useQueryClient()
  const [noted, setNoted] = useState('')
  const head = parseHead(noted)
  const check = useMutation({
    mutationFn: () => auditClient.check(head ? { noted: head } : {}),
    onSuccess: () => void queries.invalidateQueries({ queryKey: auditKeys.all() }),
  })
  const wrong = noted.trim() !== '' && head === null
  return (
    <div className="flex max-w-[72ch] flex-col gap-3">
      <p className="text-ink-2 text-prose">{checkText(log.check)}</p>
      {check.error ? <FailureNote error={check.error} /> : null}
      {check.data?.firstBad ? (
        <ErrorState
          code="audit.changed"
          message={`Entry ${check.data.firstBad.seq} - ${check.data.firstBad.why} - compare with a backup or an export.`}
        />
      ) : null}
      {log.head ? (
        <div>
          <p className="mb-1 text-ink-2">
            Write this down outside the panel. Whoever changes the log and makes its chain anew
            cannot make it end in this again:
          </p>
          <CodeLine text={`${log.head.seq}:${log.head.hash}`} label="Copy the head" />
        </div>
      ) : null}
      <Field
        label="A head that was written down"
        help="Optional: also compares the log with it."
        error={wrong ? 'Write it as it was shown: number, colon, 64 digits.' : undefined}
      >
        {(control) => (
          <Input
            {...control}
            mono
            value={noted}
            onChange={({ target }) => setNoted(target.value)}
          />
        )}
      </Field>
      <div>
        <Button
          busy={check.isPending}
          disabledReason={wrong ? 'The head that was written down is not complete.' : null}
          onClick={() => check.mutate()}
        >
          Check the whole log
        </Button>
      </div>
    </div>
  )
}

/** What stands above everything while the log is known to have been changed. */
export const AuditBroken = ({ check }: { check: AuditCheckAnswer | null }) =>
  check?.firstBad ? (
    <ErrorState
      className="mb-4"
      code="audit.changed"
      message={`The audit log was changed - entry ${check.firstBad.seq}: ${check.firstBad.why}; the panel itself never does that - compare with a backup or an export, and find out who can write the panel’s database.`}
    />
  ) : null

function checkText(check: AuditCheckAnswer | null) {
  if (!check) return 'It was not checked yet.'
  if (!check.ok)
    return (
      <>
        The last check found it changed, <Time at={check.at} />.
      </>
    )
  const part = check.from === 1 ? 'All' : 'The newest'
  return (
    <>
      {part} {count(check.entries, 'entry', 'entries')} are as they were written, by the check{' '}
      <Time at={check.at} />.
      {check.bytes === null ? null : ` The log takes ${formatMib(check.bytes / 1024 / 1024)}.`}
    </>
  )
}

/** `12:ab..`, number and hash; null for anything else. */
export function parseHead(text: string): { seq: number; hash: string } | null {
  const [, seq, hash] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text.trim()) ?? []
  return seq && hash ? { seq: Number(seq), hash } : null
}

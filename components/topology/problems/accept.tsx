'use client'

import { useState } from 'react'
import { useSession } from '@/components/query/queries'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/field'
import type { Problem } from '@/lib/topology/problem'
import { useEditorStore } from '../editor/editor-context'

/** Accepts a warning once, with name and reason; both are kept in the document. */
export function Accept({ problem, reason }: { problem: Problem; reason: string | null }) {
  const store = useEditorStore()
  const by = useSession().data?.me?.name
  const [why, setWhy] = useState<string | null>(null)
  if (why === null) {
    return (
      <Button
        size="sm"
        variant="quiet"
        className="mt-1 max-sm:hidden"
        disabledReason={reason}
        onClick={() => setWhy('')}
      >
        Accept warning
      </Button>
    )
  }
  return (
    <form
      className="mt-1 flex gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (by === undefined || why.trim() === '') return
        store.getState().edit(`Accept ${problem.code}`, {
          kind: 'acknowledge',
          code: problem.code,
          path: [...problem.path],
          by,
          reason: why.trim(),
        })
      }}
    >
      <Input
        // The field is what the press asked for.
        autoFocus
        aria-label="Why it is accepted"
        placeholder="Why it is accepted"
        maxLength={500}
        value={why}
        onChange={(event) => setWhy(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          setWhy(null)
        }}
      />
      <Button
        type="submit"
        disabledReason={why.trim() === '' ? 'A warning is accepted with a reason.' : null}
      >
        Accept
      </Button>
    </form>
  )
}

'use client'

import { useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import type { CreateTokenAnswer } from '@/lib/api/contract-tokens'
import { api } from '@/lib/api/paths'

/** The one time that a token is shown. It is in this page's memory and nowhere else. */
export function NewToken({ made, onDone }: { made: CreateTokenAnswer; onDone: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const { token, summary } = made
  const tried = summary.scopes.includes('topologies:read') ? api.topologies() : api.session()
  return (
    <section
      aria-label="The new token"
      className="mb-6 flex flex-col gap-3 rounded-md border border-ok bg-surface-1 p-4"
    >
      <h2 ref={heading} tabIndex={-1} className="text-name outline-none">
        {summary.name} is made. Copy it now: it is not shown again
      </h2>
      <CodeLine text={token} label="Copy the token" />
      <div className="flex flex-col gap-1">
        <p className="max-w-[72ch] text-ink-2 text-prose">
          Give it to the program that uses it, as a secret of its own, never in a document or a
          chat. This tries it:
        </p>
        <CodeLine
          text={`curl -H "Authorization: Bearer $DRAWBRIDGE_TOKEN" ${location.origin}${tried}`}
          label="Copy the command"
        />
      </div>
      <div>
        <Button variant="primary" onClick={onDone}>
          I have kept it
        </Button>
      </div>
    </section>
  )
}

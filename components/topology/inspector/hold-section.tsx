'use client'

import { Hand } from 'lucide-react'
import { useState } from 'react'
import { useSession } from '@/components/query/queries'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import type { Hold } from '@/lib/topology/topology'
import { useEditor, useEditorStore } from '../editor/editor-context'

/** Whether plans can leave steps out for an object: for what nothing is planned a hold says nothing. */
export const canBeHeld = (path: readonly string[]): boolean =>
  (path.length === 2 && ['vms', 'templates', 'hosts', 'clusters'].includes(path[0] ?? '')) ||
  (path.length === 4 && path[0] === 'clusters' && path[2] === 'addOns')

/** "Leave this alone until ...": whether it is held and by whom, and the two ways to change that. */
export function HoldSection({
  path,
  disabledReason,
}: {
  path: readonly string[]
  disabledReason: string | null
}) {
  const store = useEditorStore()
  const key = path.join('/')
  const held = useEditor((editor) =>
    editor.history.doc.topology.holds?.find((hold) => hold.path.join('/') === key),
  )
  const [asking, setAsking] = useState(false)
  const name = path.at(-1) ?? ''
  if (held) {
    return (
      <section aria-label="Hold" className="mb-4 border-line border-b pb-4">
        <p className="mb-2 text-caption text-ink-2">{heldText(held)}</p>
        <Button
          size="sm"
          disabledReason={disabledReason}
          onClick={() =>
            store.getState().edit(`Release ${name}`, { kind: 'release', path: [...path] })
          }
        >
          Take the hold away
        </Button>
      </section>
    )
  }
  return (
    <section aria-label="Hold" className="mb-4 border-line border-b pb-4 max-sm:hidden">
      {asking ? (
        <HoldForm path={path} onEnd={() => setAsking(false)} />
      ) : (
        <Button
          size="sm"
          icon={<Hand size={14} aria-hidden />}
          disabledReason={disabledReason}
          onClick={() => setAsking(true)}
        >
          Leave alone
        </Button>
      )}
    </section>
  )
}

const heldText = ({ until, by, reason }: Hold): string =>
  `Plans leave it alone ${until === undefined ? 'until somebody takes the hold away' : `until the end of ${until} (UTC)`}. ${by}: ${reason}`

function HoldForm({ path, onEnd }: { path: readonly string[]; onEnd: () => void }) {
  const store = useEditorStore()
  const by = useSession().data?.me?.name
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const why = reason.trim() === '' ? 'Somebody will ask why: write a reason.' : null
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (by === undefined || why !== null) return
        store.getState().edit(`Hold ${path.at(-1)}`, {
          ...{ kind: 'hold', path: [...path], by, reason: reason.trim() },
          ...(until === '' ? {} : { until }),
        })
        onEnd()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onEnd()
      }}
    >
      <Field label="Why it is left alone">
        {(control) => (
          <Input
            {...control}
            // The field is what the press asked for.
            autoFocus
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <Field label="Until" help="To the end of this day (UTC); for good if empty.">
        {(control) => (
          <Input
            {...control}
            type="date"
            value={until}
            onChange={(event) => setUntil(event.target.value)}
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button type="submit" size="sm" variant="primary" disabledReason={why}>
          Leave alone
        </Button>
        <Button size="sm" variant="quiet" onClick={onEnd}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { Dialog } from '@/components/ui/dialog'
import { Checkbox } from '@/components/ui/field'
import { StateMark } from '@/components/ui/state-mark'
import { Time } from '@/components/ui/time'
import { client } from '@/lib/api/client'
import { identityClient } from '@/lib/api/client-identity'
import type { ConnectionIdentity } from '@/lib/api/contract-identity'
import { wordsOf } from './identity-words'

/** One machine that shows another identity: both side by side, what may explain it, what to do. */
export function IdentityChange({ change }: { change: ConnectionIdentity }) {
  const [asking, setAsking] = useState(false)
  const role = useWhyNotRole('admin')
  const { proof, explanations, command } = wordsOf(change)
  return (
    <section
      aria-label={`Changed identity of ${change.name}`}
      className="mt-3 rounded-md border border-fail bg-fail/12 px-3 py-2"
    >
      <p className="flex max-w-[72ch] items-start gap-2 text-prose">
        <StateMark state="fail" className="mt-1" />
        <span>
          {change.expected === null
            ? `Nobody has accepted the ${proof} of ${change.name} yet, so nothing is sent to it.`
            : `${change.name} shows another ${proof} than the accepted one. Everything that uses it is stopped; nothing was sent to it.`}{' '}
          {change.seenAt === null ? null : (
            <>
              First seen <Time at={change.seenAt} />.
            </>
          )}
        </span>
      </p>
      <Fingerprints change={change} />
      {change.expected === null ? null : (
        <>
          <p className="mt-2 text-caption text-ink-2">What could explain it</p>
          <ul className="max-w-[72ch] list-disc pl-5">
            {explanations.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </>
      )}
      {command === null ? null : (
        <div className="mt-2">
          <p className="text-caption text-ink-2">At its own console, this prints what it is</p>
          <CodeLine text={command} />
        </div>
      )}
      {change.kind === 'cluster' ? null : (
        <Button className="mt-3" disabledReason={role} onClick={() => setAsking(true)}>
          Accept the shown {proof}
        </Button>
      )}
      {asking ? <AcceptDialog change={change} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

const Fingerprints = ({ change }: { change: ConnectionIdentity }) => (
  <dl className="mt-2 grid gap-2 md:grid-cols-2">
    <div className="min-w-0">
      <dt className="text-caption text-ink-2">Accepted until now</dt>
      <dd className="break-all font-mono text-caption">{change.expected ?? 'none'}</dd>
    </div>
    <div className="min-w-0">
      <dt className="text-caption text-ink-2">Shown now</dt>
      <dd className="break-all font-mono text-caption">{change.offered}</dd>
    </div>
  </dl>
)

/** Level 2: nothing is typed, but the comparison has to be claimed. */
function AcceptDialog({ change, onClose }: { change: ConnectionIdentity; onClose: () => void }) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const [compared, setCompared] = useState(false)
  const { proof } = wordsOf(change)
  const accept = useMutation({
    mutationFn: async () => {
      const { id, offered, connectionId } = change
      await confirmed(() =>
        identityClient.acceptIdentity({ id, offered: offered ?? '', compared: true }),
      )
      if (connectionId !== null) await client.testConnection(connectionId)
    },
    onSuccess: () => {
      void queries.invalidateQueries()
      onClose()
    },
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Accept the ${proof} of ${change.name}`}
      description="From now on the panel sends its token and commands to whoever shows it. Jobs that were stopped can be retried."
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            variant="danger"
            busy={accept.isPending}
            disabledReason={compared ? null : 'Compare it first, then tick the box.'}
            onClick={() => accept.mutate()}
          >
            Accept {proof}
          </Button>
        </>
      }
    >
      <Fingerprints change={change} />
      <Checkbox
        className="mt-3"
        checked={compared}
        onChange={setCompared}
        label="I compared it on the machine’s own console"
        help="Not through this panel and not over the network that may be tampered with."
      />
      {accept.error ? (
        <div className="mt-2">
          <FailureNote error={accept.error} />
        </div>
      ) : null}
    </Dialog>
  )
}

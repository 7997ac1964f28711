'use client'

import { useState } from 'react'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { StateWord } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import type { Topology } from '@/lib/topology/topology'
import { type DocumentSecretRow, documentSecretRows } from './document-secret-rows'
import { useDocumentSecrets, useSetDocumentSecret } from './use-secrets'
import { ValueForm } from './value-form'

const SHOWN = {
  missing: { state: 'fail', word: 'has no value' },
  waits: { state: 'unknown', word: 'made by the next deploy' },
  made: { state: 'ok', word: 'made by the panel' },
  set: { state: 'ok', word: 'set' },
} as const

/**
 * The secrets that the document as it is drawn now names, which of them have no value yet, and a way
 * to give one. `onOpen` leads to the object that uses it.
 */
export function DocumentSecrets({
  topologyId,
  topology,
  mayNot,
  onOpen,
}: {
  topologyId: string
  topology: Topology
  /** Why this person may not set values; null if they may. */
  mayNot: string | null
  onOpen: (path: readonly string[]) => void
}) {
  const held = useDocumentSecrets(topologyId, mayNot === null)
  if (mayNot !== null) return <p className="text-ink-2">Secrets are for editors. {mayNot}</p>
  return (
    <QueryView query={held}>
      {({ secrets }) => {
        const rows = documentSecretRows(topology, secrets)
        if (rows.length === 0) {
          return (
            <p className="text-ink-2">
              The document needs no secret. Write <code className="font-mono">!secret name</code> in
              place of a password in an add-on’s values, and it is asked for here.
            </p>
          )
        }
        return (
          <ul className="flex flex-col">
            {rows.map((row) => (
              <li key={row.secret} className="border-line border-b py-3 last:border-b-0">
                <Row topologyId={topologyId} row={row} onOpen={onOpen} />
              </li>
            ))}
          </ul>
        )
      }}
    </QueryView>
  )
}

function Row({
  topologyId,
  row,
  onOpen,
}: {
  topologyId: string
  row: DocumentSecretRow
  onOpen: (path: readonly string[]) => void
}) {
  const [editing, setEditing] = useState(false)
  const set = useSetDocumentSecret(topologyId)
  const { secret, state, uses, at, by } = row
  const shown = SHOWN[state]
  const done = (message: string) => () => {
    setEditing(false)
    confirmDone(message)
  }
  return (
    <section aria-label={secret} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h3 className="break-all font-medium font-mono">{secret}</h3>
        <StateWord state={shown.state}>{shown.word}</StateWord>
      </div>
      <Uses uses={uses} onOpen={onOpen} />
      {at === null ? null : (
        <p className="text-caption text-ink-3">
          Changed <Time at={at} /> by {by}.
        </p>
      )}
      {editing ? (
        <ValueForm
          label={`Value of ${secret}`}
          verb="Set the value"
          help="It is sealed at once and never shown here again."
          busy={set.isPending}
          error={set.error}
          onSubmit={(value, clear) =>
            set.mutate(
              { secret, value },
              {
                onSuccess: () => {
                  clear()
                  done(`${secret} is sealed.`)()
                },
              },
            )
          }
        >
          <Button
            busy={set.isPending}
            onClick={() =>
              set.mutate(
                { secret, value: null },
                { onSuccess: done(`${secret} has a random value.`) },
              )
            }
          >
            Make a random one
          </Button>
          <Button onClick={() => setEditing(false)}>Not now</Button>
        </ValueForm>
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            variant={state === 'missing' ? 'primary' : 'plain'}
            onClick={() => setEditing(true)}
          >
            {at === null ? 'Give it a value' : 'Set a new value'}
          </Button>
          {uses.length === 0 ? (
            <Button
              size="sm"
              busy={set.isPending}
              onClick={() =>
                set.mutate({ remove: secret }, { onSuccess: done(`${secret} is removed.`) })
              }
            >
              Remove it
            </Button>
          ) : null}
        </div>
      )}
      {!editing && set.error ? <FailureNote error={set.error} /> : null}
    </section>
  )
}

function Uses({
  uses,
  onOpen,
}: Pick<DocumentSecretRow, 'uses'> & { onOpen: (path: readonly string[]) => void }) {
  if (uses.length === 0) return <p className="text-caption text-ink-3">Nothing uses it any more.</p>
  return (
    <ul className="text-caption">
      {uses.map(({ label, path }) => (
        <li key={label}>
          <button
            type="button"
            className="min-h-6 text-left wrap-anywhere text-work hover:underline"
            onClick={() => onOpen(path.slice(0, 2))}
          >
            {label}
          </button>
        </li>
      ))}
    </ul>
  )
}

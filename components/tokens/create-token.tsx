'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { useTopologies } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Checkbox, Field, Input, Select } from '@/components/ui/field'
import { ErrorState } from '@/components/ui/states'
import { tokenKeys, tokensClient } from '@/lib/api/client-tokens'
import type { CreateTokenAnswer, CreateTokenRequest } from '@/lib/api/contract-tokens'
import { SCOPES, type Scope } from '@/lib/api/scopes'
import { faultsOf, LASTS, NO_TOKEN } from './token-words'

/** Name, what it may, where, for how long. */
export function CreateToken({
  onMade,
  onClose,
}: {
  onMade: (made: CreateTokenAnswer) => void
  onClose: () => void
}) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const [draft, setDraft] = useState<CreateTokenRequest>(NO_TOKEN)
  const [tried, setTried] = useState(false)
  const faults = faultsOf(draft)
  const make = useMutation({
    mutationFn: () => confirmed(() => tokensClient.create(draft)),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: tokenKeys.all() })
      onMade(made)
    },
  })
  const change = (part: Partial<CreateTokenRequest>) => setDraft({ ...draft, ...part })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faults).length === 0) make.mutate()
  }
  return (
    <section
      aria-label="Make a token"
      className="mb-6 rounded-md border border-line bg-surface-1 p-4"
    >
      <h2 className="text-name">Make a token</h2>
      <form onSubmit={submit} noValidate className="mt-3 flex max-w-180 flex-col gap-4">
        <Field
          label="Name"
          help="What uses it, such as ci or grafana. It stands in the audit log beside yours."
          error={tried ? faults.name : undefined}
        >
          {(control) => (
            <Input
              {...control}
              value={draft.name}
              maxLength={60}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <Scopes
          chosen={draft.scopes}
          fault={tried ? faults.scopes : undefined}
          onChange={(scopes) => change({ scopes })}
        />
        <Where chosen={draft.topologies} onChange={(topologies) => change({ topologies })} />
        <Field label="It lasts">
          {(control) => (
            <Select
              {...control}
              className="max-w-60"
              value={String(draft.days)}
              options={LASTS.map(({ days, label }) => ({ value: String(days), label }))}
              onChange={({ target }) =>
                change({
                  days: LASTS.find(({ days }) => String(days) === target.value)?.days ?? null,
                })
              }
            />
          )}
        </Field>
        {draft.days === null ? (
          <ErrorState
            level="warn"
            message="A token without an end is found years later in an old backup and still works - nothing reminds anybody of it - choose an end unless the program cannot be given a new one."
          />
        ) : null}
        {make.error ? <FailureNote error={make.error} /> : null}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" busy={make.isPending}>
            Make the token
          </Button>
          <Button onClick={onClose}>Not now</Button>
        </div>
      </form>
    </section>
  )
}

function Scopes({
  chosen,
  fault,
  onChange,
}: {
  chosen: readonly Scope[]
  fault: string | undefined
  onChange: (scopes: Scope[]) => void
}) {
  const note = useId()
  return (
    <fieldset aria-describedby={note}>
      <legend className="mb-1 font-medium text-caption text-ink-2">It may</legend>
      {(Object.keys(SCOPES) as Scope[]).map((scope) => (
        <Checkbox
          key={scope}
          label={SCOPES[scope]}
          help={<code className="font-mono">{scope}</code>}
          checked={chosen.includes(scope)}
          onChange={(on) =>
            onChange(on ? [...chosen, scope] : chosen.filter((each) => each !== scope))
          }
        />
      ))}
      <p id={note} className={fault ? 'text-caption text-fail' : 'text-caption text-ink-3'}>
        {fault ?? 'Never more than you may yourself: if your role is lowered, so is the token.'}
      </p>
    </fieldset>
  )
}

/** All topologies that its owner may see, or only some. */
function Where({
  chosen,
  onChange,
}: {
  chosen: readonly string[] | null
  onChange: (topologies: string[] | null) => void
}) {
  const topologies = useTopologies().data ?? []
  if (topologies.length === 0) return null
  const toggle = (id: string, on: boolean) => {
    const next = on ? [...(chosen ?? []), id] : (chosen ?? []).filter((each) => each !== id)
    onChange(next.length === 0 ? null : next)
  }
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-caption text-ink-2">Only on these topologies</legend>
      {topologies.map(({ id, name }) => (
        <Checkbox
          key={id}
          label={name}
          checked={chosen?.includes(id) ?? false}
          onChange={(on) => toggle(id, on)}
        />
      ))}
      <p className="text-caption text-ink-3">
        {chosen === null
          ? 'None is chosen: it is for every topology that you may see, and for the panel itself.'
          : 'What is about the whole panel, such as its audit log, it may not.'}
      </p>
    </fieldset>
  )
}

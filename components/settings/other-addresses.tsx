'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { identityClient, identityKeys } from '@/lib/api/client-identity'
import type { EgressAnswer, OtherAddress } from '@/lib/api/contract-identity'

/** Where else the panel may connect to: mirrors, chart repositories, an identity provider. For admins. */
export function OtherAddresses() {
  const egress = useQuery({
    queryKey: identityKeys.egress(),
    queryFn: ({ signal }) => identityClient.egress(signal),
  })
  return (
    <section aria-labelledby="other-addresses" className="mt-8">
      <h2 id="other-addresses" className="text-name">
        Other addresses
      </h2>
      <p className="mt-1 mb-3 max-w-[72ch] text-ink-2 text-prose">
        The panel connects to its Proxmox hosts, their VMs, and where the add-ons’ charts and the
        templates’ images come from. Whoever edits a drawing can name other hosts in it; they are
        connected to only if they stand here.
      </p>
      <QueryView query={egress}>{(answer) => <Addresses answer={answer} />}</QueryView>
    </section>
  )
}

const shown = ({ host, port }: Pick<OtherAddress, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port ?? 'any port'}`

function Addresses({ answer }: { answer: EgressAnswer }) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const save = useMutation({
    mutationFn: (other: OtherAddress[]) => confirmed(() => identityClient.setEgress({ other })),
    onSuccess: (next) => queries.setQueryData(identityKeys.egress(), next),
  })
  return (
    <div className="rounded-md border border-line bg-surface-1 p-4">
      {answer.other.length === 0 ? (
        <p className="text-ink-2">No other address is allowed.</p>
      ) : (
        <ul aria-label="Allowed addresses" className="flex flex-col gap-1">
          {answer.other.map((each) => (
            <li key={shown(each)} className="flex flex-wrap items-center gap-3">
              <span className="min-w-0 flex-1 break-all font-mono">{shown(each)}</span>
              <span className="text-ink-2">{each.note}</span>
              <Button
                size="sm"
                aria-label={`Remove ${shown(each)}`}
                onClick={() => save.mutate(answer.other.filter((other) => other !== each))}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <AddAddress
        busy={save.isPending}
        onAdd={(address) => save.mutateAsync([...answer.other, address])}
      />
      {save.error ? (
        <div className="mt-2">
          <FailureNote error={save.error} />
        </div>
      ) : null}
      <details className="mt-4">
        <summary className="cursor-pointer text-ink-2">
          Allowed without being typed ({answer.known.length})
        </summary>
        <ul className="mt-2 grid gap-1">
          {answer.known.map((each) => (
            <li key={`${each.host}:${each.port}`} className="flex flex-wrap gap-x-3">
              <span className="break-all font-mono">{shown(each)}</span>
              <span className="text-ink-3">{each.by}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  )
}

function AddAddress({
  busy,
  onAdd,
}: {
  busy: boolean
  onAdd: (address: OtherAddress) => Promise<unknown>
}) {
  const [host, setHost] = useState('')
  const [port, setPort] = useState('443')
  const [note, setNote] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const address = { host: host.trim(), port: port.trim() === '' ? null : Number(port), note }
    // Its failure is shown beside the list; what was typed stays.
    onAdd(address).then(
      () => setHost(''),
      () => undefined,
    )
  }
  return (
    <form onSubmit={submit} className="mt-4 grid items-end gap-3 sm:grid-cols-[1fr_7rem_1fr_auto]">
      <Field label="Host">
        {(control) => (
          <Input
            {...control}
            mono
            placeholder="git.lan"
            value={host}
            onChange={({ target }) => setHost(target.value)}
          />
        )}
      </Field>
      <Field label="Port">
        {(control) => (
          <Input
            {...control}
            mono
            inputMode="numeric"
            value={port}
            onChange={({ target }) => setPort(target.value)}
          />
        )}
      </Field>
      <Field label="What for">
        {(control) => (
          <Input {...control} value={note} onChange={({ target }) => setNote(target.value)} />
        )}
      </Field>
      <Button
        type="submit"
        busy={busy}
        disabledReason={host.trim() === '' ? 'Write a host first.' : null}
      >
        Allow it
      </Button>
    </form>
  )
}

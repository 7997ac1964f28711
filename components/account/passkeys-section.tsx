'use client'

import { type FormEvent, useState } from 'react'
import { Section } from '@/components/frame/page'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { EmptyState } from '@/components/ui/states'
import { Table } from '@/components/ui/table'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import { account } from '@/lib/api/client-account'
import type { MyAccount, MyPasskey } from '@/lib/api/contract-account'
import { useAccountChange } from './use-account'
import { makePasskey, useWhyNoPasskeys, wasTurnedDown } from './web-authn'

/** Passkeys: which there are, and one more. */
export function PasskeysSection({ me }: { me: MyAccount }) {
  const why = useWhyNoPasskeys()
  const add = useAccountChange(
    async () => {
      const { ticket, options } = await account.newPasskeyQuestion()
      const response = await makePasskey(options)
      return account.addPasskey({ ticket, response, name: nameFor(me) })
    },
    () => confirmDone('The passkey is added. It signs you in without the password.'),
  )
  const button = (
    <Button disabledReason={why} busy={add.isPending} onClick={() => add.mutate()}>
      Add a passkey
    </Button>
  )
  const failure = add.error && !wasTurnedDown(add.error) ? add.error : null
  return (
    <Section title="Passkeys" aside={me.passkeys.length > 0 ? button : undefined}>
      {me.passkeys.length === 0 ? (
        <EmptyState title="No passkeys" action={button}>
          A passkey stays on this device or a security key, is unlocked by finger, face or PIN, and
          cannot be typed into somebody else’s page.
        </EmptyState>
      ) : (
        <PasskeyTable passkeys={me.passkeys} />
      )}
      {failure ? (
        <div className="mt-3">
          <FailureNote error={failure} />
        </div>
      ) : null}
    </Section>
  )
}

const nameFor = ({ passkeys }: MyAccount) =>
  passkeys.length === 0 ? 'My passkey' : `My passkey ${passkeys.length + 1}`

function PasskeyTable({ passkeys }: { passkeys: readonly MyPasskey[] }) {
  const [renaming, setRenaming] = useState<MyPasskey | null>(null)
  const remove = useAccountChange(account.dropPasskey, (_me, id) =>
    confirmDone(`${passkeys.find((each) => each.id === id)?.name ?? 'The passkey'} is removed.`),
  )
  return (
    <>
      <Table
        caption="Passkeys"
        rows={passkeys}
        rowKey={({ id }) => id}
        columns={[
          { id: 'name', head: 'Name', cell: ({ name }) => name },
          {
            id: 'kept',
            head: 'Kept',
            from: 'md',
            cell: ({ backedUp }) => (backedUp ? 'copied between devices' : 'on one device'),
          },
          {
            id: 'added',
            head: 'Added',
            from: 'sm',
            cell: ({ createdAt }) => <Time at={createdAt} />,
          },
          {
            id: 'used',
            head: 'Last used',
            cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : <Time at={lastUsedAt} />),
          },
          {
            id: 'actions',
            head: <span className="sr-only">Actions</span>,
            className: 'text-right whitespace-nowrap',
            cell: (passkey) => (
              <>
                <Button
                  size="sm"
                  variant="quiet"
                  aria-label={`Rename ${passkey.name}`}
                  onClick={() => setRenaming(passkey)}
                >
                  Rename
                </Button>
                <Button
                  size="sm"
                  variant="quiet"
                  aria-label={`Remove ${passkey.name}`}
                  busy={remove.isPending && remove.variables === passkey.id}
                  onClick={() => remove.mutate(passkey.id)}
                >
                  Remove
                </Button>
              </>
            ),
          },
        ]}
      />
      {remove.error ? (
        <div className="mt-3">
          <FailureNote error={remove.error} />
        </div>
      ) : null}
      {renaming ? (
        <Rename key={renaming.id} passkey={renaming} onClose={() => setRenaming(null)} />
      ) : null}
    </>
  )
}

function Rename({ passkey, onClose }: { passkey: MyPasskey; onClose: () => void }) {
  const [name, setName] = useState(passkey.name)
  const rename = useAccountChange(() => account.renamePasskey(passkey.id, name), onClose)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate()
  }
  return (
    <form onSubmit={submit} className="mt-3 flex max-w-120 flex-wrap items-end gap-2">
      <Field label={`New name of ${passkey.name}`} className="flex-1 basis-60">
        {(control) => (
          <Input
            {...control}
            autoFocus
            required
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" busy={rename.isPending}>
        Save name
      </Button>
      <Button onClick={onClose}>Keep it</Button>
      {rename.error ? <FailureNote error={rename.error} /> : null}
    </form>
  )
}

'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { client } from '@/lib/api/client'
import type { ConnectionSummary } from '@/lib/api/contract'
import { keys } from '@/lib/api/query-keys'
import { ConnectionFields } from './connection-fields'
import { EMPTY_DRAFT, faultsOf, toRequest } from './connection-form'
import { RoleCommands } from './role-commands'

/** Three steps on one page: make a token, say where, save and test. */
export function AddConnection({
  onAdded,
  onClose,
}: {
  onAdded: (connection: ConnectionSummary) => void
  onClose: () => void
}) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const role = useWhyNotRole('admin')
  const [draft, setDraft] = useState(EMPTY_DRAFT)
  const [tried, setTried] = useState(false)
  const faults = faultsOf(draft, null)
  const add = useMutation({
    mutationFn: async () => {
      const connection = await confirmed(() => client.createConnection(toRequest(draft)))
      await client.testConnection(connection.id)
      return connection
    },
    onSuccess: (connection) => {
      void queries.invalidateQueries({ queryKey: keys.connections() })
      onAdded(connection)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faults).length === 0) add.mutate()
  }
  return (
    <section
      aria-label="Add a Proxmox"
      className="mb-6 rounded-md border border-line bg-surface-1 p-4"
    >
      <h2 className="text-name">Add a Proxmox</h2>
      <ol className="mt-3 flex flex-col gap-6">
        <li>
          <h3 className="mb-2">1. Make a token</h3>
          <RoleCommands />
        </li>
        <li>
          <h3 className="mb-2">2. Say where it is</h3>
          <form id="add-connection" onSubmit={submit} noValidate>
            <ConnectionFields
              draft={draft}
              faults={tried ? faults : {}}
              exists={false}
              onChange={setDraft}
            />
          </form>
        </li>
        <li>
          <h3 className="mb-2">3. Save and test</h3>
          <p className="mb-3 max-w-[72ch] text-ink-2">
            The test reads version, nodes and rights and changes nothing. If its certificate is one
            of its own, you compare the fingerprint first, before the token is sent.
          </p>
          {add.error ? (
            <div className="mb-3">
              <FailureNote error={add.error} />
            </div>
          ) : null}
          <div className="flex gap-2">
            <Button
              type="submit"
              form="add-connection"
              variant="primary"
              busy={add.isPending}
              disabledReason={role}
            >
              Save and test
            </Button>
            <Button onClick={onClose}>Not now</Button>
          </div>
        </li>
      </ol>
    </section>
  )
}

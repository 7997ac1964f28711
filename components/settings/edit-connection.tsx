'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { confirmDone } from '@/components/ui/toast'
import { client } from '@/lib/api/client'
import type { ConnectionSummary } from '@/lib/api/contract'
import { keys } from '@/lib/api/query-keys'
import { ConnectionFields } from './connection-fields'
import { faultsOf, toDraft, toPatch } from './connection-form'

/** Changes an existing connection, or forgets it. */
export function EditConnection({
  connection,
  onClose,
}: {
  connection: ConnectionSummary
  onClose: () => void
}) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const role = useWhyNotRole('admin')
  const [draft, setDraft] = useState(() => toDraft(connection))
  const [tried, setTried] = useState(false)
  const faults = faultsOf(draft, connection)
  const patch = toPatch(draft, connection)
  const save = useMutation({
    mutationFn: () => confirmed(() => client.updateConnection(connection.id, patch)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.connections() })
      confirmDone(`${draft.name} is saved.`)
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faults).length === 0) save.mutate()
  }
  return (
    <form onSubmit={submit} noValidate className="mt-3 border-line border-t pt-3">
      <ConnectionFields draft={draft} faults={tried ? faults : {}} exists onChange={setDraft} />
      {save.error ? (
        <div className="mt-3">
          <FailureNote error={save.error} />
        </div>
      ) : null}
      <div className="mt-4 flex flex-wrap gap-2">
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabledReason={Object.keys(patch).length === 0 ? 'Nothing was changed.' : role}
        >
          Save connection
        </Button>
        <Button onClick={onClose}>Close</Button>
        <span className="ml-auto">
          <Forget connection={connection} />
        </span>
      </div>
    </form>
  )
}

function Forget({ connection }: { connection: ConnectionSummary }) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const role = useWhyNotRole('admin')
  const [asking, setAsking] = useState(false)
  const forget = useMutation({
    mutationFn: () => confirmed(() => client.deleteConnection(connection.id)),
    onSuccess: () => void queries.invalidateQueries({ queryKey: keys.connections() }),
    onSettled: () => setAsking(false),
  })
  return (
    <>
      <Button disabledReason={role} onClick={() => setAsking(true)}>
        Forget connection
      </Button>
      {forget.error ? (
        <div className="mt-2">
          <FailureNote error={forget.error} />
        </div>
      ) : null}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Forget ${connection.name}`}
        description="The panel forgets the address and the sealed token. Nothing on the Proxmox changes; its VMs stay as they are. The way back is adding it again with a new token."
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Keep connection</Button>
            <Button variant="danger" busy={forget.isPending} onClick={() => forget.mutate()}>
              Forget connection
            </Button>
          </>
        }
      />
    </>
  )
}

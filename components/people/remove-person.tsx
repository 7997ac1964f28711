'use client'

import { useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { confirmDone } from '@/components/ui/toast'
import { people } from '@/lib/api/client-people'
import type { Person } from '@/lib/api/contract-people'
import { usePeopleChange } from './use-people'

/** Removes a person for good, after a look at what goes and what stays. */
export function RemovePerson({
  person,
  isMe,
  onRemoved,
}: {
  person: Person
  isMe: boolean
  onRemoved: () => void
}) {
  const [asking, setAsking] = useState(false)
  const { id, name } = person
  const remove = usePeopleChange(
    () => people.remove(id),
    () => {
      confirmDone(`${name} is removed.`)
      onRemoved()
    },
  )
  return (
    <>
      <Button
        variant="danger"
        disabledReason={
          isMe
            ? 'It is your own account; another admin can do it.'
            : person.lastAdmin
              ? 'The only admin who can sign in stays.'
              : null
        }
        onClick={() => setAsking(true)}
      >
        Remove {name}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Remove ${name}`}
        description={`${name} is signed out everywhere at once; password, codes, passkeys, tokens and roles are gone. Revisions, jobs and the audit log keep the name. The way back is a new invitation, with everything set up again; to keep it all, switch the account off instead.`}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Keep {name}</Button>
            <Button
              variant="danger"
              busy={remove.isPending}
              onClick={() => remove.mutate(undefined)}
            >
              Remove {name}
            </Button>
          </>
        }
      >
        {remove.error ? <FailureNote error={remove.error} /> : null}
      </Dialog>
    </>
  )
}

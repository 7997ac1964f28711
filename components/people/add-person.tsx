'use client'

import { type FormEvent, useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { ApiFailure } from '@/lib/api/client'
import { people } from '@/lib/api/client-people'
import type { Invited, PeopleAnswer } from '@/lib/api/contract-people'
import { type RoleDraft, RoleFields } from './role-fields'
import { usePeopleChange } from './use-people'

/** Name and role of somebody new; they get a link and choose their own way to sign in. */
export function AddPerson({
  topologies,
  onAdded,
  onClose,
}: {
  topologies: PeopleAnswer['topologies']
  onAdded: (invited: Invited) => void
  onClose: () => void
}) {
  const [name, setName] = useState('')
  const [roles, setRoles] = useState<RoleDraft>({ role: 'viewer', grants: {} })
  const add = usePeopleChange(() => people.add({ name: name.trim(), ...roles }), onAdded)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '') add.mutate(undefined)
  }
  const fault =
    add.error instanceof ApiFailure
      ? add.error.issues.find(({ path }) => path[0] === 'name')?.message
      : undefined
  return (
    <section
      aria-label="Add a person"
      className="mb-6 rounded-md border border-line bg-surface-1 p-4"
    >
      <h2 className="text-name">Add a person</h2>
      <form onSubmit={submit} className="mt-3 flex max-w-130 flex-col gap-4">
        <Field
          label="Name"
          error={fault}
          help="What they sign in with, and what the audit log calls them."
        >
          {(control) => (
            <Input
              {...control}
              autoCapitalize="none"
              autoFocus
              maxLength={40}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <RoleFields draft={roles} topologies={topologies} onChange={setRoles} />
        {add.error ? <FailureNote error={add.error} /> : null}
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            variant="primary"
            busy={add.isPending}
            disabledReason={name.trim() === '' ? 'A name first.' : null}
          >
            Add and invite
          </Button>
          <Button onClick={onClose}>Not now</Button>
        </div>
      </form>
    </section>
  )
}

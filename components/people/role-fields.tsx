'use client'

import { Plus, X } from 'lucide-react'
import { Button, IconButton } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import type { Role } from '@/lib/api/contract'
import type { PeopleAnswer } from '@/lib/api/contract-people'
import { ROLES } from './person-words'

export type RoleDraft = { role: Role; grants: Record<string, Role> }

const OPTIONS = ROLES.map(({ role }) => ({ value: role, label: role }))

/** A role everywhere, and other ones on single topologies. */
export function RoleFields({
  draft,
  topologies,
  onChange,
}: {
  draft: RoleDraft
  topologies: PeopleAnswer['topologies']
  onChange: (draft: RoleDraft) => void
}) {
  const { role, grants } = draft
  const may = ROLES.find((each) => each.role === role)?.may
  const left = topologies.filter(({ id }) => !Object.hasOwn(grants, id))
  const [next] = left
  const setGrant = (id: string, to: Role) => onChange({ role, grants: { ...grants, [id]: to } })
  const dropGrant = (id: string) => {
    const { [id]: _, ...rest } = grants
    onChange({ role, grants: rest })
  }
  const move = (from: string, to: string) =>
    onChange({
      role,
      grants: Object.fromEntries(
        Object.entries(grants).map(([id, each]) => [id === from ? to : id, each]),
      ),
    })
  return (
    <div className="flex flex-col gap-3">
      <Field label="Role everywhere" help={may ? `${capital(may)}.` : undefined}>
        {(control) => (
          <Select
            {...control}
            value={role}
            options={OPTIONS}
            onChange={({ target }) => onChange({ role: target.value as Role, grants })}
          />
        )}
      </Field>
      {role === 'admin' ? (
        <p className="text-caption text-ink-3">An admin is one on every topology.</p>
      ) : topologies.length === 0 ? null : (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 font-medium text-caption text-ink-2">
            Another role on single topologies
          </legend>
          {Object.entries(grants).map(([id, each]) => (
            <div key={id} className="flex items-center gap-2">
              <Select
                aria-label="Topology"
                value={id}
                options={topologies
                  .filter((option) => option.id === id || left.includes(option))
                  .map((option) => ({ value: option.id, label: option.name }))}
                onChange={({ target }) => move(id, target.value)}
              />
              <Select
                aria-label={`Role on ${nameOf(topologies, id)}`}
                className="max-w-32"
                value={each}
                options={OPTIONS}
                onChange={({ target }) => setGrant(id, target.value as Role)}
              />
              <IconButton
                label={`No role of its own on ${nameOf(topologies, id)}`}
                icon={<X size={16} aria-hidden />}
                onClick={() => dropGrant(id)}
              />
            </div>
          ))}
          <div>
            <Button
              size="sm"
              icon={<Plus size={14} aria-hidden />}
              disabledReason={next ? null : 'Every topology has a role of its own already.'}
              onClick={() => next && setGrant(next.id, 'operator')}
            >
              Add a topology
            </Button>
          </div>
        </fieldset>
      )}
    </div>
  )
}

const nameOf = (topologies: PeopleAnswer['topologies'], id: string) =>
  topologies.find((each) => each.id === id)?.name ?? id

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

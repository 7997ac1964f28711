'use client'

import { Plus, X } from 'lucide-react'
import { Button, IconButton } from '@/components/ui/button'
import { Input, Select } from '@/components/ui/field'
import type { Role } from '@/lib/api/contract'
import type { PeopleAnswer } from '@/lib/api/contract-people'
import type { OidcDraft } from './oidc-form'
import { ROLES } from './person-words'

type Lines = OidcDraft['mapping']

/** Whoever is in this group at the provider has this role here, line by line. */
export function MappingFields({
  lines,
  topologies,
  fault,
  onChange,
}: {
  lines: Lines
  topologies: PeopleAnswer['topologies']
  fault: string | undefined
  onChange: (lines: Lines) => void
}) {
  const set = (key: string, part: Partial<Lines[number]>) =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...part } : line)))
  const add = () => {
    const key = String(1 + Math.max(-1, ...lines.map((line) => Number(line.key))))
    onChange([...lines, { key, group: '', role: 'operator', topologyId: null }])
  }
  const places = [
    { value: '', label: 'everywhere' },
    ...topologies.map(({ id, name }) => ({ value: id, label: `on ${name}` })),
  ]
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-caption text-ink-2">Roles by group</legend>
      {lines.map(({ key, group, role, topologyId }, index) => (
        <div key={key} className="flex flex-wrap items-center gap-2 sm:flex-nowrap">
          <Input
            aria-label={`Group of line ${index + 1}`}
            mono
            placeholder="homelab-admins"
            value={group}
            onChange={({ target }) => set(key, { group: target.value })}
          />
          <Select
            aria-label={`Role of line ${index + 1}`}
            className="sm:max-w-32"
            value={role}
            options={ROLES.map((each) => ({ value: each.role, label: each.role }))}
            onChange={({ target }) => set(key, { role: target.value as Role })}
          />
          <Select
            aria-label={`Place of line ${index + 1}`}
            className="sm:max-w-48"
            value={topologyId ?? ''}
            options={
              topologyId === null || topologies.some(({ id }) => id === topologyId)
                ? places
                : [...places, { value: topologyId, label: `on ${topologyId}, which is gone` }]
            }
            onChange={({ target }) => set(key, { topologyId: target.value || null })}
          />
          <IconButton
            label={`Remove line ${index + 1}`}
            icon={<X size={16} aria-hidden />}
            onClick={() => onChange(lines.filter((line) => line.key !== key))}
          />
        </div>
      ))}
      <div>
        <Button size="sm" icon={<Plus size={14} aria-hidden />} onClick={add}>
          Add a line
        </Button>
      </div>
      <p className={fault ? 'text-caption text-fail' : 'text-caption text-ink-3'}>
        {fault ??
          (lines.length === 0
            ? 'Without a line, roles are given on this page.'
            : 'Taken over at each sign-in; the most of several lines counts. Break-glass accounts and the last admin keep theirs.')}
      </p>
    </fieldset>
  )
}

'use client'

import { Select } from '@/components/ui/field'
import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import type { FoundGuest } from '@/lib/topology/adopt/adopt'

const CHOICES = [
  { value: 'vm', label: 'Managed by the panel' },
  { value: 'unmanaged', label: 'Left alone' },
]

/** Every guest that was found: what it is, what becomes of it by choice, and why. */
export function FoundTable({
  found,
  answers,
  onAnswer,
}: {
  found: readonly FoundGuest[]
  answers: Readonly<Record<string, string>>
  onAnswer: (key: string, value: string | null) => void
}) {
  const columns: Column<FoundGuest>[] = [
    {
      id: 'guest',
      head: 'Guest',
      cell: ({ name, vmid, node, kind }) => (
        <>
          <span className="font-medium">{name}</span>
          <span className="block text-caption text-ink-3">
            {kind === 'lxc' ? 'Container' : 'VM'} <span className="font-mono">{vmid}</span> on{' '}
            {node}
          </span>
        </>
      ),
    },
    {
      id: 'state',
      head: 'State',
      from: 'sm',
      cell: ({ running }) => (
        <StateWord state={running ? 'ok' : 'hold'}>{running ? 'running' : 'stopped'}</StateWord>
      ),
    },
    {
      id: 'as',
      head: 'In the drawing',
      cell: (guest) =>
        guest.cannot === null && guest.standing === 'free' && guest.as !== null ? (
          <Select
            aria-label={`What becomes of ${guest.name}`}
            options={CHOICES}
            value={answers[guest.key] ?? guest.as}
            onChange={(event) =>
              onAnswer(guest.key, event.target.value === 'vm' ? null : event.target.value)
            }
          />
        ) : (
          <span className="text-ink-2">{standingOf(guest)}</span>
        ),
    },
    { id: 'why', head: 'What to know', from: 'md', cell: (guest) => <Remarks guest={guest} /> },
  ]
  return (
    <Table
      caption="Guests that were found"
      columns={columns}
      rows={found}
      rowKey={({ key }) => key}
    />
  )
}

function standingOf({ standing, cannot, as }: FoundGuest): string {
  if (standing === 'managed') return 'Managed already'
  if (standing === 'unmarked' && cannot === null) return 'In the drawing, not marked'
  return as === 'unmanaged' ? 'Left alone' : 'Not drawn'
}

function Remarks({ guest: { cannot, remarks, left, as } }: { guest: FoundGuest }) {
  const stays = as === 'vm' && left.length > 0 ? [`Left as it is: ${left.join(', ')}.`] : []
  const lines = [...(cannot === null ? [] : [cannot]), ...remarks, ...stays]
  return lines.length === 0 ? null : (
    <ul className="max-w-[60ch] text-caption text-ink-2">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

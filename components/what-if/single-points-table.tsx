'use client'

import { useState } from 'react'
import { Section } from '@/components/frame/page'
import { Button } from '@/components/ui/button'
import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import type { SinglePoint } from '@/lib/topology/what-if/single-points'
import { KIND_WORDS } from './dependencies-of'

const FIRST = 50

/** Everything that can die with what follows from it, the worst first. */
export function SinglePointsTable({
  points,
  selected,
  onPick,
}: {
  points: readonly SinglePoint[]
  selected: string | null
  onPick: (id: string) => void
}) {
  const [all, setAll] = useState(false)
  if (points.length === 0) return null
  const shown = all ? points : points.slice(0, FIRST)
  return (
    <Section title="Single points of failure" aside="the worst first">
      <Table
        caption="Single points of failure"
        columns={columns(onPick)}
        rows={shown}
        rowKey={({ thing }) => thing.id}
        selected={selected}
      />
      {shown.length < points.length ? (
        <Button className="mt-2" onClick={() => setAll(true)}>
          Show the other {points.length - shown.length}
        </Button>
      ) : null}
    </Section>
  )
}

const columns = (onPick: (id: string) => void): Column<SinglePoint>[] => [
  {
    id: 'object',
    head: 'Object',
    cell: ({ thing }) => (
      <button
        type="button"
        className="min-h-6 text-left font-medium text-work hover:underline"
        onClick={() => onPick(thing.id)}
      >
        {thing.name}
      </button>
    ),
  },
  { id: 'kind', head: 'Kind', from: 'sm', cell: ({ thing }) => KIND_WORDS[thing.kind] },
  {
    id: 'stops',
    head: 'Stops',
    numeric: true,
    from: 'md',
    cell: ({ stops }) => stops,
  },
  {
    id: 'outcome',
    head: 'Without it',
    cell: ({ sentence, stops, damage }) => (
      <StateWord state={stops > 0 ? 'fail' : damage > 1 ? 'warn' : 'ok'}>
        <span className="whitespace-normal">{sentence.replace(/^.*?(dies|die): /, '')}</span>
      </StateWord>
    ),
  },
]

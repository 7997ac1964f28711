'use client'

import { useNow } from '@/components/ui/now'
import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import { Time } from '@/components/ui/time'
import type { Person } from '@/lib/api/contract-people'
import { rolesOf, standingOf, waysOf } from './person-words'

/** Everybody with what they may, how they sign in and when they were here. */
export function PeopleTable({
  people,
  me,
  selected,
  onSelect,
}: {
  people: readonly Person[]
  /** Id of the own account. */
  me: string | undefined
  selected: string | null
  onSelect: (id: string) => void
}) {
  const name: Column<Person> = {
    id: 'name',
    head: 'Person',
    cell: (person) => (
      <button
        type="button"
        className="inline-flex min-h-6 items-center text-left font-medium text-work hover:underline"
        onClick={() => onSelect(person.id)}
      >
        {person.name}
        {person.id === me ? <span className="ml-1 font-normal text-ink-3">- you</span> : null}
      </button>
    ),
  }
  return (
    <Table
      caption="People"
      columns={[name, ...COLUMNS]}
      rows={people}
      rowKey={({ id }) => id}
      selected={selected}
      onSelect={({ id }) => onSelect(id)}
    />
  )
}

const COLUMNS: readonly Column<Person>[] = [
  { id: 'role', head: 'Role', cell: rolesOf },
  { id: 'standing', head: 'State', cell: (person) => <Standing person={person} /> },
  {
    id: 'ways',
    head: 'Signs in by',
    from: 'sm',
    cell: (person) => (
      <>
        {waysOf(person)}
        {person.breakGlass ? <span className="text-ink-3">, break-glass</span> : null}
      </>
    ),
  },
  {
    id: 'seen',
    head: 'Last seen',
    from: 'md',
    cell: ({ lastSeenAt }) =>
      lastSeenAt === null ? <span className="text-ink-3">never</span> : <Time at={lastSeenAt} />,
  },
  { id: 'sessions', head: 'Sessions', from: 'lg', numeric: true, cell: (each) => each.sessions },
]

function Standing({ person }: { person: Person }) {
  const now = useNow()
  if (now === null) return null
  const { state, text } = standingOf(person, now)
  return (
    <StateWord state={state} still>
      {text}
    </StateWord>
  )
}

'use client'

import { Section } from '@/components/frame/page'
import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import type { DataLoss } from '@/lib/topology/what-if/data-loss'
import type { Thing } from '@/lib/topology/what-if/graph'
import { CAN_DIE } from '@/lib/topology/what-if/single-points'
import type { Item, Outcome } from '@/lib/topology/what-if/what-if'
import { Chains } from './chains'
import { KIND_WORDS } from './dependencies-of'
import { GROUPS, GroupMark } from './group-words'

/** The groups of an outcome with their reasons, what data is gone, and whether the panel can help. */
export function OutcomeView({ outcome, onAsk }: { outcome: Outcome; onAsk: (id: string) => void }) {
  const { items, survivors, data, restarts, repair } = outcome
  return (
    <>
      <Section title="Repair">
        <p className="max-w-[72ch] text-prose">
          <StateWord state={repair.possible ? 'ok' : 'fail'}>
            {repair.possible ? 'Possible' : 'Not from here'}
          </StateWord>
          <span className="ml-2">{repair.words}</span>
        </p>
        {restarts ? (
          <p className="mt-2 max-w-[72ch] text-prose">
            <StateWord state={restarts.fits === null ? 'unknown' : restarts.fits ? 'ok' : 'fail'}>
              Memory for what restarts
            </StateWord>
            <span className="ml-2">{restarts.words}</span>
          </p>
        ) : null}
      </Section>
      {data.length > 0 ? (
        <Section title="Data" aside={`${data.length}`}>
          <Table caption="Data" columns={DATA_COLUMNS} rows={data} rowKey={({ id }) => id} />
        </Section>
      ) : null}
      {GROUPS.filter(({ group }) => group !== 'survives').map(({ group, title }) => {
        const rows = items.filter((item) => item.group === group)
        return rows.length === 0 ? null : (
          <Section key={group} title={title} aside={countWords(rows)}>
            <Table
              caption={title}
              columns={itemColumns(onAsk)}
              rows={rows}
              rowKey={({ thing }) => thing.id}
            />
          </Section>
        )
      })}
      {survivors.length > 0 ? <Survivors things={survivors} /> : null}
    </>
  )
}

const countWords = (rows: readonly Item[]): string => {
  const vms = rows.filter(({ thing }) => thing.kind === 'vm').length
  return vms === 0 ? `${rows.length}` : `${rows.length}, of them ${vms} ${vms === 1 ? 'VM' : 'VMs'}`
}

const itemColumns = (onAsk: (id: string) => void): Column<Item>[] => [
  {
    id: 'object',
    head: 'Object',
    cell: ({ thing, group }) => (
      <span className="inline-flex items-center gap-2">
        <GroupMark group={group} />
        <Name thing={thing} onAsk={onAsk} />
      </span>
    ),
  },
  { id: 'kind', head: 'Kind', from: 'sm', cell: ({ thing }) => KIND_WORDS[thing.kind] },
  { id: 'why', head: 'Why', cell: (item) => <Chains chains={item.chains} /> },
]

/** Something that can die on its own is one press from its own answer. */
function Name({ thing, onAsk }: { thing: Thing; onAsk: (id: string) => void }) {
  if (!CAN_DIE.has(thing.kind)) return <span className="font-medium">{thing.name}</span>
  return (
    <button
      type="button"
      className="min-h-6 text-left font-medium text-work hover:underline"
      aria-label={`What if ${thing.name} dies`}
      onClick={() => onAsk(thing.id)}
    >
      {thing.name}
    </button>
  )
}

const DATA_COLUMNS: Column<DataLoss>[] = [
  { id: 'what', head: 'What', cell: ({ name }) => <span className="font-medium">{name}</span> },
  {
    id: 'fate',
    head: 'Fate',
    cell: ({ fate, copy }) => (
      <StateWord state={copy === 'backup' ? 'warn' : 'fail'}>
        {fate === 'lost' ? 'lost' : 'out of reach'}
        {copy === 'backup' ? ', backed up' : ', no copy'}
      </StateWord>
    ),
  },
  { id: 'where', head: 'Where it is', from: 'sm', cell: ({ words }) => words },
]

function Survivors({ things }: { things: readonly Thing[] }) {
  const byKind = new Map<string, Thing[]>()
  for (const thing of things) {
    const word = KIND_WORDS[thing.kind]
    byKind.set(word, [...(byKind.get(word) ?? []), thing])
  }
  return (
    <Section title="Goes on" aside={`${things.length}`}>
      <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[10rem_1fr]">
        {[...byKind].map(([word, group]) => (
          <div key={word} className="contents">
            <dt className="text-caption text-ink-3 sm:pt-0.5">
              {word} ({group.length})
            </dt>
            <dd className="break-words">{group.map(({ name }) => name).join(', ')}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

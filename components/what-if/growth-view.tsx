'use client'

import { Section } from '@/components/frame/page'
import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import type { Growth, Limit, Place } from '@/lib/topology/what-if/one-more'

/** Where more VMs fit, what limits them there, and what is missing. */
export function GrowthView({ growth }: { growth: Growth }) {
  return (
    <>
      {growth.needs.length > 0 ? (
        <Section title="What it needs">
          <ul className="list-disc pl-5 text-prose">
            {growth.needs.map((need) => (
              <li key={need}>{need}</li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section title="Room">
        <Table caption="Room" columns={COLUMNS} rows={growth.places} rowKey={({ host }) => host} />
      </Section>
      <Section title="Addresses">
        <ul className="flex flex-col gap-1 text-prose">
          {growth.addresses.map(({ network, pool, free, enough }) => (
            <li key={network}>
              <StateWord state={pool === null ? 'unknown' : enough ? 'ok' : 'fail'}>
                {network}
              </StateWord>
              <span className="ml-2 text-ink-2">
                {pool === null ? (
                  'has no pool for this role: the address is written by hand'
                ) : free.length === 0 ? (
                  `${pool} is full`
                ) : (
                  <>
                    next in {pool}: <span className="font-mono">{free.slice(0, 4).join(', ')}</span>
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  )
}

const of = (limits: readonly Limit[], what: Limit['of']) => (
  <ul>
    {limits
      .filter((limit) => limit.of === what)
      .map(({ words }) => (
        <li key={words}>{words}</li>
      ))}
  </ul>
)

const COLUMNS: Column<Place>[] = [
  { id: 'host', head: 'Host', cell: ({ host }) => <span className="font-medium">{host}</span> },
  {
    id: 'most',
    head: 'Fit',
    numeric: true,
    cell: ({ most }) => (most === null ? 'not known' : most),
  },
  { id: 'memory', head: 'Memory', cell: ({ limits }) => of(limits, 'memory') },
  { id: 'cpu', head: 'CPU', from: 'sm', cell: ({ limits }) => of(limits, 'cpu') },
  { id: 'disk', head: 'Disk', from: 'sm', cell: ({ limits }) => of(limits, 'disk') },
]

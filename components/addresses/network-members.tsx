'use client'

import Link from 'next/link'
import { shownVm } from '@/components/machines/machine-rows'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import { pages } from '@/lib/api/paths'
import type { Observed, ObservedVm, Seen } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'

/** A machine with a card in a network: the address it is to have, and those it says it has. */
export type Member = {
  vm: string
  name: string
  nic: string
  wanted: string | null
  /** Null where nobody knows: it is off, not made yet, or without an agent. */
  seen: readonly string[] | null
  state: Seen<ObservedVm> | undefined
}

/** In the document's order. */
export const membersOf = (
  topology: Topology,
  network: string,
  observed: Observed | null,
): Member[] =>
  Object.entries(topology.vms ?? {}).flatMap(([vm, { name, nics }]) =>
    Object.entries(nics ?? {})
      .filter(([, card]) => card.network === network)
      .map(([nic, { address }]) => {
        const state = observed?.vms[vm]
        const seen = state?.state === 'known' ? state.value.addresses : null
        return { ...{ vm, nic, state, seen }, name: name ?? vm, wanted: address ?? null }
      }),
  )

const columns = (topologyId: string): Column<Member>[] => [
  {
    id: 'vm',
    head: 'VM',
    cell: ({ vm, name }) => (
      <Link
        href={pages.vm(topologyId, vm)}
        className="inline-flex min-h-6 items-center font-medium text-work hover:underline"
      >
        {name}
      </Link>
    ),
  },
  {
    id: 'state',
    head: 'State',
    cell: ({ state }) => {
      const shown = shownVm(state)
      return (
        <span className="inline-flex items-center gap-2 whitespace-nowrap">
          <StateMark state={shown.state} size={12} still /> {shown.word}
        </span>
      )
    },
  },
  { id: 'nic', head: 'Card', from: 'md', cell: ({ nic }) => nic },
  {
    id: 'wanted',
    head: 'Wanted',
    cell: ({ wanted }) => <span className="font-mono">{wanted ?? 'none yet'}</span>,
  },
  {
    id: 'seen',
    head: 'Seen',
    cell: ({ seen, wanted }) => {
      if (seen === null) return <span className="text-ink-3">not known</span>
      if (wanted !== null && seen.includes(wanted))
        return <span className="font-mono">{wanted}</span>
      return (
        <span className="rounded-sm bg-warn/12 px-1 font-mono">
          {seen.length === 0 ? 'none' : seen.join(', ')}
        </span>
      )
    },
  },
]

/** Machines with a card in the network, wanted beside seen. */
export const MemberTable = ({
  topologyId,
  rows,
}: {
  topologyId: string
  rows: readonly Member[]
}) =>
  rows.length === 0 ? (
    <EmptyState title="No machine of ours has a card here" />
  ) : (
    <Table
      caption="Machines with a card in this network"
      columns={columns(topologyId)}
      rows={rows}
      rowKey={({ vm, nic }) => `${vm}/${nic}`}
    />
  )

'use client'

import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { Page, Section } from '@/components/frame/page'
import { LookAgain } from '@/components/plan/refusals'
import { useObserved, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { buttonClass } from '@/components/ui/button'
import { useIsStale } from '@/components/ui/now'
import { StaleBadge } from '@/components/ui/stale-badge'
import { EmptyState } from '@/components/ui/states'
import { Table } from '@/components/ui/table'
import { Segments } from '@/components/ui/tabs'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Observed } from '@/lib/plan/observed'
import { HostTable } from './host-table'
import { machineColumns } from './machine-columns'
import { type MachineRow, machineRows, machinesSentence } from './machine-rows'

/** Hosts and VMs, managed or not, with load, disks and age. */
export function MachinesPage({ topologyId }: { topologyId: string }) {
  const head = useTopology(topologyId)
  const observed = useObserved(topologyId)
  const seen = observed.data?.observed ?? null
  const stale = useIsStale(seen?.at ?? null)
  const rows = head.data ? machineRows(head.data.document, topologyId, seen, stale) : []
  return (
    <Page
      title="Machines"
      kind={head.data?.name}
      sentence={
        observed.data && head.data ? (
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {machinesSentence(rows, seen)}
            <StaleBadge at={seen?.at ?? null} />
          </span>
        ) : undefined
      }
      actions={<LookAgain topologyId={topologyId} />}
    >
      <QueryView query={head}>
        {(data) => (
          <QueryView query={observed}>
            {(answer) => <Machines head={data} observed={answer.observed} rows={rows} />}
          </QueryView>
        )}
      </QueryView>
    </Page>
  )
}

const SHOW = [
  { value: 'ours', label: 'Of the drawing' },
  { value: 'all', label: 'All guests' },
] as const
type Show = (typeof SHOW)[number]['value']

function Machines({
  head,
  observed,
  rows,
}: {
  head: TopologyHead
  observed: Observed | null
  rows: readonly MachineRow[]
}) {
  const search = useSearchParams()
  const router = useRouter()
  const show: Show = search.get('show') === 'all' ? 'all' : 'ours'
  const choose = (next: Show) =>
    router.replace(`${pages.machines(head.id)}${next === 'all' ? '?show=all' : ''}`, {
      scroll: false,
    })
  const shown = show === 'all' ? rows : rows.filter((row) => row.belongs !== 'not-ours')
  return (
    <>
      <Section title="Hosts">
        <HostTable head={head} observed={observed} />
      </Section>
      <Section
        title="VMs"
        aside={<Segments label="Which guests" options={SHOW} value={show} onChange={choose} />}
      >
        {shown.length === 0 ? (
          <EmptyState
            title="Here will be the VMs of the drawing and how they are"
            action={
              <Link href={pages.design(head.id)} className={buttonClass({ variant: 'primary' })}>
                Draw a VM
              </Link>
            }
          >
            The drawing has no VM yet.
          </EmptyState>
        ) : (
          <Table
            caption="VMs"
            columns={machineColumns(head, observed)}
            rows={shown}
            rowKey={(row) => row.key}
          />
        )}
      </Section>
    </>
  )
}

'use client'

import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { useMemo } from 'react'
import { Page, Section } from '@/components/frame/page'
import { LookAgain } from '@/components/plan/refusals'
import { useObserved, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { buttonClass } from '@/components/ui/button'
import { useNow } from '@/components/ui/now'
import { StaleBadge } from '@/components/ui/stale-badge'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState } from '@/components/ui/states'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Observed } from '@/lib/plan/observed'
import { AddOnPanel } from './add-on-panel'
import { AddOnTable } from './add-on-table'
import { type AddOnRow, addOnRows, addOnsShown } from './add-on-view'
import { AvailableList } from './available-list'
import { isOld } from './cluster-view'

type ClusterRows = { id: string; rows: AddOnRow[] }

/** Rows of every cluster of a topology; an old reading turns what it says into "then". */
function useRows(head: TopologyHead | undefined, observed: Observed | null): ClusterRows[] {
  const old = isOld(observed, useNow())
  return useMemo(
    () =>
      Object.keys(head?.document.clusters ?? {}).map((id) => ({
        id,
        rows: head
          ? addOnRows(head.document, id, observed?.clusters[id]).map((row) =>
              old && row.seenVersion !== null ? asOld(row) : row,
            )
          : [],
      })),
    [head, observed, old],
  )
}

const asOld = (row: AddOnRow): AddOnRow => ({
  ...row,
  shown: { ...row.shown, state: 'unknown', word: `${row.shown.word} then` },
})

/** What is installed, is it well, what could be added, how is it opened? */
export function AddOnsPage({ topologyId }: { topologyId: string }) {
  const head = useTopology(topologyId)
  const observed = useObserved(topologyId)
  const seen = observed.data?.observed ?? null
  const clusters = useRows(head.data, seen)
  const selected = useSearchParams().get('add-on')
  const router = useRouter()
  const open = (key: string | null) =>
    router.replace(pages.addOns(topologyId) + (key ? `?add-on=${encodeURIComponent(key)}` : ''), {
      scroll: false,
    })
  const all = clusters.flatMap(({ rows }) => rows)
  const { state, sentence } = addOnsShown(all)
  const chosen = find(clusters, selected)
  const cluster = chosen ? head.data?.document.clusters?.[chosen.clusterId] : undefined
  return (
    <div className="flex">
      <Page
        title="Add-ons"
        kind={head.data?.name}
        className="min-w-0 flex-1"
        sentence={
          head.data && observed.data && all.length > 0 ? (
            <span className="flex items-start gap-2">
              <StateMark state={state} className="mt-1" />
              <span>
                {sentence} <StaleBadge at={seen?.at ?? null} />
              </span>
            </span>
          ) : undefined
        }
        actions={<LookAgain topologyId={topologyId} />}
      >
        <QueryView query={head}>
          {(data) => (
            <QueryView query={observed}>
              {() => <Clusters head={data} clusters={clusters} selected={selected} onOpen={open} />}
            </QueryView>
          )}
        </QueryView>
      </Page>
      {chosen && head.data && cluster ? (
        <AddOnPanel
          key={selected}
          head={head.data}
          clusterId={chosen.clusterId}
          cluster={cluster}
          row={chosen.row}
          onClose={() => open(null)}
        />
      ) : null}
    </div>
  )
}

/** `dark-knight/loki` in the URL names the add-on of a cluster. */
function find(
  clusters: readonly ClusterRows[],
  key: string | null,
): { clusterId: string; row: AddOnRow } | null {
  for (const { id, rows } of clusters) {
    const row = rows.find((each) => `${id}/${each.id}` === key)
    if (row) return { clusterId: id, row }
  }
  return null
}

function Clusters({
  head,
  clusters,
  selected,
  onOpen,
}: {
  head: TopologyHead
  clusters: readonly ClusterRows[]
  selected: string | null
  onOpen: (key: string) => void
}) {
  if (clusters.length === 0) {
    return (
      <EmptyState
        title="Here will be the add-ons of your clusters"
        action={
          <Link href={pages.design(head.id)} className={buttonClass({ variant: 'primary' })}>
            Draw a cluster
          </Link>
        }
      >
        Add-ons need a cluster, and the drawing has none yet.
      </EmptyState>
    )
  }
  return clusters.map(({ id, rows }) => {
    const cluster = head.document.clusters?.[id]
    if (!cluster) return null
    const name = cluster.name ?? id
    const waits = rows.some(({ shown }) => shown.word === 'not installed')
    return (
      <div key={id}>
        <Section
          title={name}
          aside={
            waits ? (
              <Link
                href={pages.plan(head.id)}
                className="inline-flex min-h-6 items-center text-work hover:underline"
              >
                Plan what is not installed
              </Link>
            ) : (
              `Kubernetes ${cluster.kubernetes}`
            )
          }
        >
          <AddOnTable
            rows={rows}
            selected={selected?.startsWith(`${id}/`) ? selected.slice(id.length + 1) : null}
            onOpen={(row) => onOpen(`${id}/${row.id}`)}
          />
        </Section>
        <Section title="Also in the catalogue">
          <AvailableList topologyId={head.id} clusterId={id} cluster={cluster} />
        </Section>
      </div>
    )
  })
}

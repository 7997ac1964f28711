'use client'

import Link from 'next/link'
import { Page } from '@/components/frame/page'
import { LookAgain } from '@/components/plan/refusals'
import { useObserved, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { buttonClass } from '@/components/ui/button'
import { useNow } from '@/components/ui/now'
import { StaleBadge } from '@/components/ui/stale-badge'
import { type State, StateMark } from '@/components/ui/state-mark'
import { EmptyState } from '@/components/ui/states'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Observed } from '@/lib/plan/observed'
import { ClusterSection } from './cluster-section'
import { isOld, nodeRows, type Shown, shownCluster } from './cluster-view'

const WORST: readonly State[] = ['fail', 'unknown', 'warn', 'work', 'hold', 'ok']

/** The clusters' sentence that matters most; null without a cluster. An old reading is never green. */
export function worstOf(
  head: TopologyHead,
  observed: Observed | null,
  now: number | null,
): Shown | null {
  const shown = Object.entries(head.document.clusters ?? {}).map(([id, cluster]) => {
    const seen = observed?.clusters[id]
    return shownCluster(cluster.name ?? id, nodeRows(head.document, cluster, seen), seen)
  })
  const [first] = shown.toSorted((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state))
  if (!first) return null
  return isOld(observed, now)
    ? { state: 'unknown', sentence: `The last look is old. Then: ${first.sentence}` }
    : first
}

/** Is the control plane healthy, which pods are not, what ends? */
export function ClusterPage({ topologyId }: { topologyId: string }) {
  const head = useTopology(topologyId)
  const observed = useObserved(topologyId)
  const now = useNow()
  const seen = observed.data?.observed ?? null
  const worst = head.data && observed.data ? worstOf(head.data, seen, now) : null
  return (
    <Page
      title="Cluster"
      kind={head.data?.name}
      sentence={
        worst ? (
          <span className="flex items-start gap-2">
            <StateMark state={worst.state} className="mt-1" />
            <span>
              {worst.sentence} <StaleBadge at={seen?.at ?? null} />
            </span>
          </span>
        ) : undefined
      }
      actions={<LookAgain topologyId={topologyId} />}
    >
      <QueryView query={head}>
        {(data) => (
          <QueryView query={observed}>
            {({ observed }) => <Clusters head={data} observed={observed} />}
          </QueryView>
        )}
      </QueryView>
    </Page>
  )
}

function Clusters({ head, observed }: { head: TopologyHead; observed: Observed | null }) {
  const old = isOld(observed, useNow())
  const clusters = Object.entries(head.document.clusters ?? {})
  if (clusters.length === 0) {
    return (
      <EmptyState
        title="Here will be your clusters, their nodes and pods"
        action={
          <Link href={pages.design(head.id)} className={buttonClass({ variant: 'primary' })}>
            Draw a cluster
          </Link>
        }
      >
        The drawing has no cluster yet.
      </EmptyState>
    )
  }
  return clusters.map(([id, cluster]) => (
    <ClusterSection
      key={id}
      head={head}
      id={id}
      cluster={cluster}
      seen={observed?.clusters[id]}
      old={old}
      told={clusters.length === 1}
    />
  ))
}

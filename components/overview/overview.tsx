'use client'

import Link from 'next/link'
import { Page, Section } from '@/components/frame/page'
import { BreakGlassNotice } from '@/components/people/break-glass-notice'
import { useSession, useStatus, useTopologies } from '@/components/query/queries'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { shapeOf } from '@/components/status/shape-of'
import { buttonClass } from '@/components/ui/button'
import { StaleBadge } from '@/components/ui/stale-badge'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState, SkeletonRows } from '@/components/ui/states'
import type { StatusAnswer } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { useLive } from '@/lib/live/client'
import { Causes } from './causes'
import { RecentList } from './recent-list'
import { TopologyTable } from './topology-table'
import { Waiting } from './waiting'

/** Is everything all right, what waits for me, what changed? */
export function Overview() {
  const status = useStatus()
  const topologies = useTopologies()
  return (
    <Page
      title="Overview"
      sentence={status.data ? <Answer status={status.data} failed={status.isError} /> : undefined}
    >
      <BreakGlassNotice />
      {status.error ? (
        <div className="mb-4">
          <FailureNote error={status.error} onRetry={() => void status.refetch()} />
        </div>
      ) : null}
      {status.data ? <Causes causes={status.data.causes} /> : null}
      <QueryView query={topologies} skeleton={<SkeletonRows rows={8} />}>
        {(list) =>
          list.length === 0 ? (
            <Nothing />
          ) : (
            <>
              <Waiting topologies={list} />
              <Section title="Topologies">
                <TopologyTable topologies={list} status={status.data} />
              </Section>
              <Section title="What changed">
                <RecentList topologies={list} />
              </Section>
            </>
          )
        }
      </QueryView>
    </Page>
  )
}

/** Without a topology: what this person can do about it, which for some is to ask. */
function Nothing() {
  const session = useSession()
  const mayNotSee = useWhyNotRole('viewer')
  const mayNotDraw = useWhyNotRole('editor')
  // Until it is known who looks, nothing is said to be missing.
  if (!session.data?.me) return <SkeletonRows rows={4} />
  if (mayNotSee !== null) {
    return (
      <EmptyState title="Nothing is shared with you yet">
        An admin of this panel can give you a role on a topology, under Settings, People. It appears
        here by itself then.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="Here will be how your homelab is, and what waits for you"
      action={
        mayNotDraw === null ? (
          <Link href={pages.welcome()} className={buttonClass({ variant: 'primary' })}>
            Choose a door
          </Link>
        ) : undefined
      }
    >
      There is no topology yet.{' '}
      {mayNotDraw === null
        ? 'Try the lab, connect a Proxmox, or import a document.'
        : 'An editor or an admin of this panel makes the first.'}
    </EmptyState>
  )
}

/** The answer in one sentence; while the panel is out of reach, as what it is: an old one. */
function Answer({ status, failed }: { status: StatusAnswer; failed: boolean }) {
  const live = useLive()
  const lost = failed || live.status === 'reconnecting' || live.status === 'unauthorized'
  return (
    <span className="flex flex-wrap items-start gap-2">
      <StateMark state={lost ? 'unknown' : shapeOf(status)} className="mt-1" still />
      {status.sentence}
      {lost ? <StaleBadge at={status.at} /> : null}
    </span>
  )
}

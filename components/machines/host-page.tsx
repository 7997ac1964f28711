'use client'

import Link from 'next/link'
import { Page, Section } from '@/components/frame/page'
import { LookAgain } from '@/components/plan/refusals'
import { useObserved, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { CodeLine } from '@/components/ui/copy'
import { formatDuration, formatGib, formatMib } from '@/components/ui/format'
import { Meter } from '@/components/ui/meter'
import { useIsStale } from '@/components/ui/now'
import { StaleBadge } from '@/components/ui/stale-badge'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState } from '@/components/ui/states'
import { Table } from '@/components/ui/table'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Observed, ObservedHost } from '@/lib/plan/observed'
import { Facts } from './facts'
import { HostCare } from './host-care'
import { shownHost } from './host-table'
import { HostWanted } from './host-wanted'
import { machineColumns } from './machine-columns'
import { machineRows, whenLastSeen } from './machine-rows'
import { ObjectHistory } from './object-history'
import { ObjectProblems, problemsOf } from './object-problems'
import { ObjectTabs } from './object-tabs'

/** Everything about one Proxmox host. */
export function HostPage({ topologyId, host }: { topologyId: string; host: string }) {
  const head = useTopology(topologyId)
  const looked = useObserved(topologyId)
  const answer = looked.data
  const observed = answer?.observed ?? null
  const wanted = head.data?.document.hosts?.[host]
  const stale = useIsStale(observed?.at ?? null)
  const shown = shownHost(observed?.hosts[host])
  const { state, word, detail } = stale ? whenLastSeen(shown) : shown
  return (
    <Page
      title={wanted?.name ?? host}
      kind={wanted?.model ? `host, ${wanted.model}` : 'host'}
      sentence={
        answer ? (
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="inline-flex items-center gap-2">
              <StateMark state={state} /> {word}
            </span>
            {detail}
            <StaleBadge at={observed?.at ?? null} />
          </span>
        ) : undefined
      }
      actions={<LookAgain topologyId={topologyId} />}
    >
      <QueryView query={head}>
        {(data) =>
          data.document.hosts?.[host] ? (
            <QueryView query={looked}>
              {({ observed }) => <HostTabs head={data} host={host} observed={observed} />}
            </QueryView>
          ) : (
            <EmptyState title={`There is no host ${host} in the drawing`} />
          )
        }
      </QueryView>
    </Page>
  )
}

function HostTabs({
  head,
  host,
  observed,
}: {
  head: TopologyHead
  host: string
  observed: Observed | null
}) {
  const problems = problemsOf(head.problems, 'hosts', host)
  return (
    <ObjectTabs
      badges={
        problems.length > 0
          ? { problems: <span className="text-caption text-warn">{problems.length}</span> }
          : {}
      }
      contents={{
        now: <HostNow head={head} host={host} observed={observed} />,
        wanted: <HostWanted topology={head.document} host={host} seen={observed?.hosts[host]} />,
        problems: <ObjectProblems topologyId={head.id} problems={problems} />,
        history: <ObjectHistory topologyId={head.id} kind="hosts" id={host} />,
        access: <HostAccess head={head} host={host} />,
      }}
    />
  )
}

function HostNow({
  head,
  host,
  observed,
}: {
  head: TopologyHead
  host: string
  observed: Observed | null
}) {
  const stale = useIsStale(observed?.at ?? null)
  const seen = observed?.hosts[host]
  if (seen?.state !== 'known')
    return (
      <EmptyState title="Nobody knows how it is now">
        {seen?.state === 'unknown' ? seen.reason.replace(/\.?$/, '.') : 'It was not looked at yet.'}{' '}
        What stood on it is unknown as well, and no plan that needs it is made.
      </EmptyState>
    )
  const rows = machineRows(head.document, head.id, observed, stale).filter(
    (row) => row.host === host,
  )
  return (
    <>
      <HostFacts host={seen.value} />
      {head.document.hosts?.[host]?.connection ? (
        <HostCare topologyId={head.id} host={host} />
      ) : null}
      <Section title="Guests" className="mt-6">
        <Table
          caption="Guests of this host"
          columns={machineColumns(head, observed).filter(({ id }) => id !== 'host')}
          rows={rows}
          rowKey={(row) => row.key}
        />
      </Section>
    </>
  )
}

const HostFacts = ({ host }: { host: ObservedHost }) => (
  <Facts
    facts={[
      { label: 'Proxmox', value: `${host.version}, node ${host.node}`, mono: true },
      { label: 'Up', value: formatDuration(host.uptimeS * 1000) },
      {
        label: 'CPU',
        value: (
          <Meter
            label="CPU"
            value={host.cpuLoad}
            text={`${Math.round(host.cpuLoad * 100)} % of ${host.cpuThreads} threads`}
          />
        ),
      },
      {
        label: 'Memory',
        value: (
          <Meter
            label="Memory"
            value={host.memoryUsedMib / host.memoryMib}
            text={`${formatMib(host.memoryUsedMib)} of ${formatMib(host.memoryMib)}`}
          />
        ),
      },
      {
        label: 'Storages',
        value: (
          <ul className="flex flex-col gap-1">
            {Object.entries(host.storages).map(([id, storage]) => (
              <li key={id} className="flex flex-wrap items-center gap-x-3">
                <span className="w-28 font-mono">{id}</span>
                {storage.active ? (
                  <Meter
                    label={id}
                    value={storage.totalGib === 0 ? null : storage.usedGib / storage.totalGib}
                    text={`${formatGib(storage.usedGib)} of ${formatGib(storage.totalGib)}, ${storage.type}`}
                  />
                ) : (
                  <span className="text-ink-3">not active, {storage.type}</span>
                )}
              </li>
            ))}
          </ul>
        ),
      },
      { label: 'Bridges', value: host.bridges.join(', ') || 'none', mono: true },
    ]}
  />
)

function HostAccess({ head, host }: { head: TopologyHead; host: string }) {
  const wanted = head.document.hosts?.[host]
  const connection = head.connections.find(({ id }) => id === wanted?.connection)
  if (!connection)
    return (
      <EmptyState
        title="No connection reaches it"
        action={
          <Link href={pages.connections()} className="text-work underline">
            Settings, Connections
          </Link>
        }
      >
        Name a connection in the drawing, so that the panel knows how to reach this host.
      </EmptyState>
    )
  return (
    <Facts
      facts={[
        {
          label: 'Connection',
          value: (
            <Link href={pages.connections()} className="text-work underline">
              {connection.name}
            </Link>
          ),
        },
        {
          label: 'Its own UI',
          value: (
            <a href={connection.url} className="text-work underline" rel="noreferrer">
              {connection.url}
            </a>
          ),
        },
        { label: 'Address', value: wanted?.address ?? 'not in the drawing', mono: true },
        {
          label: 'Certificate',
          value: connection.fingerprint ? (
            <CodeLine text={connection.fingerprint} label="Copy fingerprint" />
          ) : (
            'none accepted yet'
          ),
        },
      ]}
    />
  )
}

'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import { Panel } from '@/components/ui/panel'
import { StateWord } from '@/components/ui/states'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Cluster } from '@/lib/topology/topology'
import type { AddOnRow } from './add-on-view'
import { clusterCommands } from './cluster-commands'
import { valuesText } from './values-text'
import { WaysIn } from './ways-in'

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="mb-6">
    <h3 className="mb-2 font-medium text-prose">{title}</h3>
    {children}
  </section>
)

/** Everything about one add-on of a cluster: how it is, how it is opened, what it is told. */
export function AddOnPanel({
  head,
  clusterId,
  cluster,
  row,
  onClose,
}: {
  head: TopologyHead
  clusterId: string
  cluster: Cluster
  row: AddOnRow
  onClose: () => void
}) {
  const drawn = cluster.addOns?.[row.id] !== undefined
  const path = drawn ? `clusters/${clusterId}/addOns/${row.id}` : `clusters/${clusterId}`
  return (
    <Panel
      name="add-on"
      title={row.name}
      subtitle={row.category ?? row.namespace}
      onClose={onClose}
      className="md:sticky md:top-frame-top md:h-[calc(100dvh-var(--frame-top))]"
    >
      {row.about ? <p className="mb-4 text-prose">{row.about}</p> : null}
      <Part title="State">
        <StateWord state={row.shown.state} still>
          {row.shown.word}
        </StateWord>
        {row.shown.reason ? <p className="mt-1 text-ink-2">{row.shown.reason}</p> : null}
        {row.ended ? (
          <p className="mt-2">
            <StateWord state="warn">Ended on {row.ended.on}</StateWord>
            <span className="mt-1 block text-ink-2">
              It gets no more fixes. Its makers name {row.ended.successor}.
            </span>
          </p>
        ) : null}
        {row.pods.map((pod) => (
          <p key={pod.name} className="mt-2">
            <span className="break-all font-mono">{pod.name}</span>
            <span className="block text-ink-2">
              {pod.reason}
              {pod.message ? `: ${pod.message}` : ''}
            </span>
          </p>
        ))}
      </Part>
      {row.chosen ? (
        <>
          <Part title="Open it">
            <WaysIn row={row} commands={clusterCommands(head, cluster)} />
          </Part>
          <Part title="Chart">
            <p className="break-all font-mono text-caption">
              {row.chosen.entry.chart.name} {row.chosen.version}
              <br />
              {row.chosen.entry.chart.repo}
            </p>
          </Part>
          <Part title="Values">
            <pre className="whitespace-pre-wrap break-all rounded-sm border border-line bg-surface-0 p-2 font-mono text-caption">
              {valuesText(row.chosen.values)}
            </pre>
          </Part>
        </>
      ) : null}
      <Link
        href={`${pages.design(head.id)}?item=${encodeURIComponent(path)}`}
        className="inline-flex min-h-6 items-center text-work hover:underline"
      >
        Open it in the drawing
      </Link>
    </Panel>
  )
}

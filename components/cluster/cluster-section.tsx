'use client'

import Link from 'next/link'
import { Section } from '@/components/frame/page'
import { Facts } from '@/components/machines/facts'
import { KubeconfigAccess } from '@/components/secrets/kubeconfig-access'
import { buttonClass } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { useNow } from '@/components/ui/now'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState, ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { ObservedCluster, Seen } from '@/lib/plan/observed'
import { resolveCluster } from '@/lib/topology/resolve-cluster'
import { kubernetesEnd } from '@/lib/topology/rules/end-of-life'
import type { Cluster } from '@/lib/topology/topology'
import { clusterCommands } from './cluster-commands'
import {
  asOld,
  endNote,
  etcdLine,
  faultsOf,
  nodeRows,
  type Shown,
  shownCluster,
} from './cluster-view'
import { NodeTable } from './node-table'
import { PodTable } from './pod-table'

type Props = {
  head: TopologyHead
  id: string
  cluster: Cluster
  seen: Seen<ObservedCluster> | undefined
  /** The reading is too old to be believed. */
  old: boolean
  /** The page's own sentence tells this cluster's worst fault already. */
  told: boolean
}

/** One cluster: how it is, its nodes, what is not well, and how it is reached. */
export function ClusterSection({ head, id, cluster, seen, old, told }: Props) {
  const name = cluster.name ?? id
  const rows = nodeRows(head.document, cluster, seen)
  if (seen?.state === 'absent') return <NotYet head={head} name={name} rows={rows.length} />
  const value = seen?.state === 'known' ? seen.value : null
  return (
    <div className="mb-8">
      <h2 className="mb-2 text-name">{name}</h2>
      {value ? null : <Unseen name={name} seen={seen} />}
      {value ? <Faults faults={faultsOf(name, rows, value).slice(told ? 1 : 0)} /> : null}
      <ClusterFacts head={head} id={id} cluster={cluster} value={value} />
      <Section title="Nodes" className="mt-6">
        <NodeTable head={head} rows={old ? rows.map(asOld) : rows} />
      </Section>
      {value ? (
        <Section title="Pods" aside={`${value.podCount} in all`}>
          {value.unwellPods.length === 0 ? (
            <p className="text-ink-2 text-prose">Every pod runs or has ended well.</p>
          ) : (
            <PodTable pods={value.unwellPods} />
          )}
        </Section>
      ) : null}
      <Section title="Access">
        <ClusterAccess head={head} id={id} cluster={cluster} made={value !== null} />
      </Section>
    </div>
  )
}

const NotYet = ({ head, name, rows }: { head: TopologyHead; name: string; rows: number }) => (
  <div className="mb-8">
    <h2 className="mb-2 text-name">{name}</h2>
    <EmptyState
      title={`Here will be the nodes of ${name} and how they are`}
      action={
        <Link href={pages.plan(head.id)} className={buttonClass({ variant: 'primary' })}>
          Plan {name}
        </Link>
      }
    >
      It is drawn with {rows} nodes and does not exist yet. The plan shows what making it takes.
    </EmptyState>
  </div>
)

function Unseen({ name, seen }: { name: string; seen: Seen<ObservedCluster> | undefined }) {
  const { sentence } = shownCluster(name, [], seen)
  const since = seen?.state === 'unknown' ? seen.since : null
  return (
    <ErrorState
      level="unknown"
      className="mb-4"
      message={
        <>
          {sentence} Nothing of it is counted as well until it is seen again.
          {since === null ? null : (
            <>
              {' '}
              Not seen since <Time at={since} />.
            </>
          )}
        </>
      }
    />
  )
}

function Faults({ faults }: { faults: readonly Shown[] }) {
  if (faults.length === 0) return null
  return (
    <ul className="mb-4 flex flex-col gap-1">
      {faults.map(({ state, sentence }) => (
        <li key={sentence} className="flex max-w-[80ch] items-start gap-2 text-prose">
          <StateMark state={state} className="mt-1" still /> {sentence}
        </li>
      ))}
    </ul>
  )
}

function ClusterFacts({
  head,
  id,
  cluster,
  value,
}: Omit<Props, 'seen' | 'old' | 'told'> & { value: ObservedCluster | null }) {
  const now = useNow()
  const endpoint = resolveCluster(head.document, id)?.endpoint
  const version = value?.version ?? cluster.kubernetes
  const note = endNote(version, kubernetesEnd(version.replace(/^v/, '')), now)
  const addOns = Object.keys(cluster.addOns ?? {}).length
  return (
    <Facts
      facts={[
        {
          label: 'Endpoint',
          mono: true,
          value: endpoint
            ? `https://${endpoint.name}:${endpoint.port}${endpoint.address ? ` (${endpoint.address})` : ''}`
            : 'not drawn yet',
        },
        {
          label: 'Kubernetes',
          value: (
            <>
              <span className="font-mono">{version}</span>
              {value ? null : <span className="text-ink-3"> as drawn</span>}
              {note ? (
                <span className="mt-1 flex items-start gap-2">
                  <StateMark state={note.state} className="mt-0.5" size={12} /> {note.sentence}
                </span>
              ) : null}
            </>
          ),
        },
        { label: 'etcd', value: value ? etcdLine(value.etcdMembers) : 'unknown' },
        {
          label: 'Add-ons',
          value: (
            <Link
              href={pages.addOns(head.id)}
              className="inline-flex min-h-6 items-center text-work hover:underline"
            >
              {addOns} drawn
            </Link>
          ),
        },
      ]}
    />
  )
}

function ClusterAccess({
  head,
  id,
  cluster,
  made,
}: Omit<Props, 'seen' | 'old' | 'told'> & { made: boolean }) {
  const commands = clusterCommands(head, cluster)
  if (!commands) {
    return (
      <p className="max-w-[72ch] text-ink-2 text-prose">
        No control plane has an address and a host yet. Give it both in the drawing, then the way in
        stands here.
      </p>
    )
  }
  return (
    <Facts
      facts={[
        {
          label: `On ${commands.host}`,
          value: <CodeLine text={commands.kubectl('get nodes')} label="Copy the command" />,
        },
        {
          label: 'kubeconfig',
          value: (
            <KubeconfigAccess
              topologyId={head.id}
              cluster={id}
              made={made}
              dialer={commands.dialer}
            />
          ),
        },
      ]}
    />
  )
}

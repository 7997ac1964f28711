'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Section } from '@/components/frame/page'
import { QueryView } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { count, formatGib, formatRelative } from '@/components/ui/format'
import { Meter } from '@/components/ui/meter'
import { useNow } from '@/components/ui/now'
import { StateMark } from '@/components/ui/state-mark'
import { hostCareClient, hostCareKeys } from '@/lib/api/client-host-care'
import type { CarePart, CarePool, CareUpdate, HostCareAnswer } from '@/lib/api/contract-host-care'
import { Facts } from './facts'
import { type CareLine, certificateLine, diskLine, updateText } from './host-care-rows'

const GIB = 2 ** 30

/** Disks, thin pools, certificates and updates of a host: asked when the page is opened, never again by itself. */
export function HostCare({ topologyId, host }: { topologyId: string; host: string }) {
  const now = useNow()
  const care = useQuery({
    queryKey: hostCareKeys.of(topologyId, host),
    queryFn: ({ signal }) => hostCareClient.care(topologyId, host, signal),
    // Disks that sleep should not be woken by a page that is left open.
    staleTime: 10 * 60_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  return (
    <Section title="Care" className="mt-6">
      <QueryView query={care}>
        {(answer) => (
          <>
            <CareFacts care={answer} now={now} />
            <p className="mt-2 flex flex-wrap items-center gap-3 text-caption text-ink-3">
              {now === null ? null : <span>Read {formatRelative(answer.at, now)}</span>}
              <Button busy={care.isFetching} onClick={() => void care.refetch()}>
                Read again
              </Button>
            </p>
          </>
        )}
      </QueryView>
    </Section>
  )
}

function CareFacts({ care, now }: { care: HostCareAnswer; now: number | null }) {
  const disks = (
    <Part part={care.disks} none="Proxmox lists none">
      {(disk) => (
        <li key={disk.device} className="flex flex-wrap items-center gap-x-3">
          <span className="font-mono">{disk.device}</span>
          <Line {...diskLine(disk)} />
          <span className="text-caption text-ink-3">
            {[disk.model, formatGib(Math.round(disk.sizeBytes / GIB)), disk.use]
              .filter((word) => word !== null)
              .join(', ')}
          </span>
        </li>
      )}
    </Part>
  )
  const certificates = (
    <Part part={care.certificates} none="Proxmox lists none">
      {(certificate) => (
        <li key={certificate.file} className="flex flex-wrap items-center gap-x-3">
          <span className="font-mono">{certificate.file}</span>
          <Line {...certificateLine(certificate, now)} />
        </li>
      )}
    </Part>
  )
  return (
    <Facts
      facts={[
        { label: 'Disks', value: disks },
        {
          label: 'Thin pools',
          value: (
            <Part part={care.pools} none="none">
              {(pool) => <Pool key={pool.name} pool={pool} />}
            </Part>
          ),
        },
        { label: 'Certificates', value: certificates },
        { label: 'Updates', value: <UpdatesWaiting part={care.updates} /> },
      ]}
    />
  )
}

const Line = ({ state, text }: CareLine) => (
  <span className="inline-flex items-center gap-2">
    <StateMark state={state} /> {text}
  </span>
)

const Unknown = ({ reason }: { reason: string }) => (
  <span className="inline-flex items-start gap-2 text-ink-2">
    <StateMark state="unknown" label="unknown" className="mt-1" /> {reason}
  </span>
)

/** A list of one part, what it lacks, or why nobody knows. */
function Part<T>({
  part,
  none,
  children,
}: {
  part: CarePart<T[]>
  none: string
  children: (row: T) => ReactNode
}) {
  if (part.state === 'unknown') return <Unknown reason={part.reason} />
  if (part.value.length === 0) return <span className="text-ink-3">{none}</span>
  return <ul className="flex flex-col gap-1">{part.value.map(children)}</ul>
}

const percent = (share: number) => `${Math.round(share * 100)} %`

/** Both parts: whichever is full first, every guest on the pool freezes. */
const Pool = ({ pool }: { pool: CarePool }) => (
  <li className="flex flex-wrap items-center gap-x-3">
    <span className="font-mono">{pool.name}</span>
    <Meter
      label={`${pool.name}, data`}
      value={pool.data}
      text={`data ${percent(pool.data)} of ${formatGib(Math.round(pool.sizeBytes / GIB))}`}
    />
    <Meter
      label={`${pool.name}, metadata`}
      value={pool.metadata}
      text={`metadata ${percent(pool.metadata)}`}
    />
  </li>
)

function UpdatesWaiting({ part }: { part: CarePart<CareUpdate[]> }) {
  if (part.state === 'unknown') return <Unknown reason={part.reason} />
  if (part.value.length === 0)
    return <Line state="ok" text="none as of the host's last look at its repositories" />
  return (
    <details>
      <summary className="min-h-6">
        {count(part.value.length, 'package waits', 'packages wait')}
      </summary>
      <ul className="mt-1 font-mono text-caption">
        {part.value.map((update) => (
          <li key={update.name}>{updateText(update)}</li>
        ))}
      </ul>
    </details>
  )
}

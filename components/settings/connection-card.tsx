'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { ConnectionHistory } from '@/components/audit/connection-history'
import { Facts } from '@/components/machines/facts'
import { useJobs } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, buttonClass } from '@/components/ui/button'
import { type State, StateMark } from '@/components/ui/state-mark'
import { Time } from '@/components/ui/time'
import { client } from '@/lib/api/client'
import type { ConnectionSummary } from '@/lib/api/contract'
import type { ConnectionIdentity } from '@/lib/api/contract-identity'
import { whyNotHelm } from '@/lib/api/helm-path'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { AcceptCertificate } from './accept-certificate'
import { EditConnection } from './edit-connection'
import { IdentityChange } from './identity-change'
import { OtherNodes } from './other-nodes'
import { Privileges } from './privileges'

type Shown = { state: State; text: string }

/** How a connection is, in one sentence. */
export function shownConnection(connection: ConnectionSummary): Shown {
  const { state } = connection
  if (state.state === 'absent') return { state: 'unknown', text: 'It was never tested.' }
  if (state.state === 'unknown') return { state: 'unknown', text: state.reason }
  const { version, nodes, missingPrivileges } = state.value
  const told = `Proxmox VE ${version} with ${nodes.length === 1 ? `node ${nodes[0]}` : `${nodes.length} nodes`}`
  if (whyNotHelm(connection.helmPath) !== null)
    return { state: 'warn', text: `${told}; its Helm is not run.` }
  if (missingPrivileges.length > 0)
    return { state: 'warn', text: `${told}; its token lacks ${missingPrivileges.length} rights.` }
  const { addresses = [] } = state
  const unused = addresses.filter(({ reason }) => reason !== null).length
  return unused > 0
    ? {
        state: 'warn',
        text: `${told}; ${unused} of its ${addresses.length} addresses cannot be used.`,
      }
    : { state: 'ok', text: `${told}; the token has the rights it needs.` }
}

const STRANGER: Shown = {
  state: 'fail',
  text: 'It shows another identity than the accepted one; nothing goes to it until an admin decides.',
}

/** One connection: how it is, test it, change it. */
export function ConnectionCard({
  connection,
  changes,
}: {
  connection: ConnectionSummary
  /** Identities of its Proxmox and jump host that are other than the accepted ones. */
  changes: readonly ConnectionIdentity[]
}) {
  const queries = useQueryClient()
  const role = useWhyNotRole('operator', 'anywhere')
  const [editing, setEditing] = useState(false)
  const test = useMutation({
    mutationFn: () => client.testConnection(connection.id),
    onSuccess: () => void queries.invalidateQueries({ queryKey: keys.jobs() }),
  })
  const running = useRunningTest(connection.id)
  const { state, text } = changes.length > 0 ? STRANGER : shownConnection(connection)
  const notHelm = whyNotHelm(connection.helmPath)
  const offered = connection.state.certificate
  const mustAccept =
    offered !== undefined &&
    !offered.trusted &&
    connection.fingerprint === null &&
    connection.caPem === null
  return (
    <article className="rounded-md border border-line bg-surface-1 p-4">
      <header className="flex flex-wrap items-start gap-3">
        <StateMark state={running ? 'work' : state} className="mt-1.5" />
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="flex flex-wrap items-center gap-2 text-name">
            {connection.name}
            {connection.lab ? (
              <span className="hatched-lab rounded-sm border border-warn px-1.5 font-semibold text-caption">
                LAB
              </span>
            ) : null}
          </h2>
          <p className="max-w-[72ch] text-ink-2 text-prose">
            {running ? 'Being tested now.' : text}
            {connection.state.state === 'known' && !running ? (
              <>
                {' '}
                Tested <Time at={connection.state.at} />.
              </>
            ) : null}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {connection.state.state === 'known' ? (
            <Link href={pages.welcome(connection.id)} className={buttonClass()}>
              Build on it
            </Link>
          ) : null}
          {connection.state.state === 'known' ? (
            <Link href={pages.welcome(connection.id)} className={buttonClass()}>
              Read into a drawing
            </Link>
          ) : null}
          <Button
            busy={test.isPending || running}
            disabledReason={role}
            onClick={() => test.mutate()}
          >
            Test connection
          </Button>
          <Button aria-expanded={editing} onClick={() => setEditing(!editing)}>
            Edit
          </Button>
        </div>
      </header>
      {test.error ? (
        <div className="mt-3">
          <FailureNote error={test.error} />
        </div>
      ) : null}
      {notHelm === null ? null : (
        <p className="mt-3 max-w-[72ch] text-prose text-warn">{notHelm}</p>
      )}
      {mustAccept && offered ? (
        <AcceptCertificate connection={connection} offered={offered} />
      ) : null}
      <OtherNodes connection={connection} />
      {changes.map((change) => (
        <IdentityChange key={change.id} change={change} />
      ))}
      <div className="mt-3">
        <ConnectionFacts connection={connection} />
      </div>
      {connection.state.state === 'known' ? (
        <Privileges
          major={Number.parseInt(connection.state.value.version, 10)}
          missing={connection.state.value.missingPrivileges}
          excess={connection.state.value.excessPrivileges}
          areas={connection.state.value.areas ?? { drawn: [], held: [] }}
        />
      ) : null}
      {editing ? (
        <EditConnection connection={connection} onClose={() => setEditing(false)} />
      ) : null}
      <LastTest connectionId={connection.id} />
      <ConnectionHistory connectionId={connection.id} />
    </article>
  )
}

const DIALER = {
  direct: 'directly',
  socks5: 'through a SOCKS5 proxy',
  'ssh-jump': 'through an SSH host',
} as const

function ConnectionFacts({ connection }: { connection: ConnectionSummary }) {
  const { dialer } = connection
  const way =
    dialer.kind === 'direct'
      ? DIALER.direct
      : `${DIALER[dialer.kind]} at ${dialer.kind === 'ssh-jump' ? `${dialer.user}@` : ''}${dialer.host}:${dialer.port}`
  return (
    <Facts
      facts={[
        { label: 'Address', value: connection.url, mono: true },
        ...(connection.others.length === 0
          ? []
          : [
              {
                label: 'Other nodes',
                value: connection.others.map(({ url }) => url).join(', '),
                mono: true,
              },
            ]),
        {
          label: 'Certificate',
          value:
            connection.fingerprint ??
            (connection.caPem === null
              ? 'none accepted; one that this machine trusts will do'
              : 'any of the pasted authority, for this name'),
          mono: connection.fingerprint !== null,
        },
        { label: 'VMs are reached', value: way },
        { label: 'Helm', value: connection.helmPath, mono: true },
      ]}
    />
  )
}

function useTests(connectionId: string) {
  const jobs = useJobs({ kind: 'test-connection', limit: 20 }).data ?? []
  return jobs.filter((job) => job.connectionId === connectionId)
}

function useRunningTest(connectionId: string): boolean {
  return useTests(connectionId).some((job) => job.status === 'running' || job.status === 'queued')
}

/** The way to what the last test said, line by line. */
function LastTest({ connectionId }: { connectionId: string }) {
  const [last] = useTests(connectionId)
  if (!last) return null
  return (
    <p className="mt-3 text-caption text-ink-3">
      <Link
        href={pages.job(last.id)}
        className="inline-flex min-h-6 items-center text-work hover:underline"
      >
        What the last test said
      </Link>
      {last.error ? <>: {last.error.message}</> : null}
    </p>
  )
}

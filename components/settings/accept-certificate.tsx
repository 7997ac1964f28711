'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { StateMark } from '@/components/ui/state-mark'
import { client } from '@/lib/api/client'
import type { ConnectionSummary } from '@/lib/api/contract'
import { keys } from '@/lib/api/query-keys'

/** What the server shows, to be compared with what its own console says; accepted by a person only. */
export function AcceptCertificate({
  connection,
  offered,
  node = null,
}: {
  connection: ConnectionSummary
  offered: NonNullable<ConnectionSummary['state']['certificate']>
  /** Address of the other node that showed it; null: the connection's first. */
  node?: string | null
}) {
  const queries = useQueryClient()
  const role = useWhyNotRole('admin')
  const confirmed = useConfirmed()
  const accept = useMutation({
    mutationFn: async () => {
      const { fingerprint } = offered
      const others = connection.others.map((other) =>
        other.url === node ? { ...other, fingerprint } : other,
      )
      const patch = node === null ? { fingerprint } : { others }
      await confirmed(() => client.updateConnection(connection.id, patch))
      await client.testConnection(connection.id)
    },
    onSuccess: () => void queries.invalidateQueries({ queryKey: keys.connections() }),
  })
  return (
    <section
      aria-label={node === null ? 'Certificate to compare' : `Certificate of ${node} to compare`}
      className="mt-3 rounded-md border border-warn bg-warn/12 px-3 py-2"
    >
      <p className="flex max-w-[72ch] items-start gap-2 text-prose">
        <StateMark state="warn" className="mt-1" />
        Nobody this machine trusts vouches for {node === null ? 'its' : `${node}’s`} certificate, as
        is usual for Proxmox. Compare the fingerprint on the host itself, then accept it.
      </p>
      <dl className="mt-2 grid gap-2">
        <div>
          <dt className="text-caption text-ink-2">On the host, this command prints it</dt>
          <dd>
            <CodeLine text="pvenode cert info --output-format json-pretty | grep -A2 fingerprint" />
          </dd>
        </div>
        <div>
          <dt className="text-caption text-ink-2">Shown to the panel by {offered.subject}</dt>
          <dd>
            <CodeLine text={offered.fingerprint} label="Copy fingerprint" />
          </dd>
        </div>
      </dl>
      {accept.error ? (
        <div className="mt-2">
          <FailureNote error={accept.error} />
        </div>
      ) : null}
      <Button
        className="mt-3"
        variant="primary"
        busy={accept.isPending}
        disabledReason={role}
        onClick={() => accept.mutate()}
      >
        They are the same - accept it
      </Button>
    </section>
  )
}

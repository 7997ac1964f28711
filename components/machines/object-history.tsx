'use client'

import Link from 'next/link'
import { AuditHistory } from '@/components/audit/audit-history'
import { pages } from '@/lib/api/paths'

/** What was done about one object of a topology, in words: changes, jobs, accepted identities. */
export const ObjectHistory = ({
  topologyId,
  kind,
  id,
}: {
  topologyId: string
  kind: string
  id: string
}) => (
  <>
    <AuditHistory topologyId={topologyId} object={`${kind}/${id}`} />
    <p className="mt-3 text-caption text-ink-3">
      <Link
        href={pages.history(topologyId)}
        className="inline-flex min-h-6 items-center text-work hover:underline"
      >
        All revisions of the topology
      </Link>
    </p>
  </>
)

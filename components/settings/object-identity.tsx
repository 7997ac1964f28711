'use client'

import type { ConnectionIdentity } from '@/lib/api/contract-identity'
import { IdentityChange } from './identity-change'
import { useIdentities } from './use-identities'

/** What an object of a topology shows in place of the accepted identity; nothing while all is well. */
export function ObjectIdentity({
  topologyId,
  kind,
  id,
}: {
  topologyId: string
  kind: ConnectionIdentity['kind']
  id: string
}) {
  const changes = (useIdentities().data ?? []).filter(
    (each) => each.kind === kind && each.topologyId === topologyId && each.objectId === id,
  )
  if (changes.length === 0) return null
  return (
    <div className="mb-4">
      {changes.map((change) => (
        <IdentityChange key={change.id} change={change} />
      ))}
    </div>
  )
}

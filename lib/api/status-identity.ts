import type { ConnectionIdentity } from './contract-identity'
import { pages } from './paths'
import type { Cause } from './status-causes'

/** A machine that shows another identity: with both fingerprints, and the page where it is judged. */
export function strangerCause(change: ConnectionIdentity): Cause {
  const { name, kind, expected, offered, seenAt, connectionId } = change
  const proof = kind === 'vm' || kind === 'jump-host' ? 'SSH host key' : 'certificate'
  return {
    level: 'fail',
    sentence:
      expected === null
        ? `Nobody has accepted the ${proof} of ${name} yet: it shows ${offered}.`
        : `${name} shows another ${proof} than the accepted one: accepted ${expected}, shown ${offered}.`,
    takes:
      connectionId === null ? [] : ['Every job and every look at the machines of this connection'],
    since: seenAt,
    canWait: 'The machines run on; the panel sends nothing there until an admin has compared it.',
    action: { label: 'Compare and decide', href: placeOf(change) },
  }
}

function placeOf({ kind, topologyId, objectId }: ConnectionIdentity): string {
  if (topologyId === null || objectId === null) return pages.connections()
  return kind === 'vm' ? pages.vm(topologyId, objectId) : pages.cluster(topologyId)
}

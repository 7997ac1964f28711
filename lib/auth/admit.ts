import type { Role } from '@/lib/api/contract'
import { Refusal } from '@/lib/api/refusal'
import { type Access, bestRole, mayDo, roleOn } from './access'
import { CONFIRMED_MS } from './confirm'
import type { PanelSession } from './session'

/** What a request is about, as far as its row needs to know. */
export type About = {
  /** Topology of the path or of the job; null where there is none. */
  topologyId: string | null
  /** Whether the request only reads. */
  reads: boolean
  /** UTC milliseconds. */
  now: number
}

/**
 * Decides by one row of the access table whether a request goes ahead; throws the
 * {@link Refusal} that says why not. The same for routes and socket events.
 */
export function admit(
  access: Access,
  session: PanelSession | null,
  { topologyId, reads, now }: About,
): void {
  if (access.who === 'public') return
  if (!session) {
    throw new Refusal(
      401,
      'session.none',
      'You are not signed in - the session ended or there was none - sign in and try again.',
    )
  }
  if (session.kind === 'token') admitToken(access, session, topologyId)
  const role = roleFor(access, session, topologyId)
  if (!mayDo(role, access.who)) {
    throw new Refusal(
      403,
      'access.denied',
      `Your role "${role}" may not do this - it needs "${access.who}" - ask an admin of this panel.`,
    )
  }
  if (session.kind === 'token') return
  const isConfirmed = session.confirmedAt !== null && now - session.confirmedAt <= CONFIRMED_MS
  if (session.kind === 'phone' && !reads && !access.phone && !isConfirmed) {
    throw new Refusal(
      403,
      'confirm.sign-in-again',
      'This phone’s sign-in may only look - acting takes a proof that it is you - give your passkey or password.',
    )
  }
  if (access.confirmed && !isConfirmed) {
    throw new Refusal(
      403,
      'confirm.sign-in-again',
      'Your sign-in is too old for this - an open browser must not be enough for it - give your passkey or password again.',
    )
  }
}

function roleFor({ of }: Access, { me }: PanelSession, topologyId: string | null): Role {
  if (of === 'self') return me.role
  if (of === 'any') return bestRole(me)
  if (of === 'panel' || topologyId === null) return me.role
  return roleOn(me, topologyId)
}

function admitToken(access: Access, { scopes, topologies }: PanelSession, t: string | null): void {
  if (access.scope === null) {
    throw new Refusal(
      403,
      'token.not-by-token',
      'A token may not do this - it is only done by a person who is signed in - open the panel in a browser.',
    )
  }
  if (!scopes?.includes(access.scope)) {
    throw new Refusal(
      403,
      'token.scope',
      `This token may not do this - it was not made for "${access.scope}" - make another token with that scope.`,
    )
  }
  if (t !== null && topologies !== null && !topologies.includes(t)) {
    throw new Refusal(
      403,
      'token.topology',
      `This token is not for the topology "${t}" - it was made for others - make another token for it.`,
    )
  }
}

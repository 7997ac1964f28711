import type { Role } from '@/lib/api/contract'
import { noSuch, Refusal } from '@/lib/api/refusal'
import { isAtLeast } from '@/lib/api/roles'
import { type Access, mayDo } from './access'
import { isConfirmed } from './confirm'
import type { Place } from './place'
import type { PanelSession } from './session'
import { roleAnywhere, roleEverywhere, roleThere } from './sight'

/** What a request is about, as far as its row needs to know. */
export type About = {
  /** What its path names; null where that is nothing of a topology's. */
  place: Place | null
  /** Whether the request only reads. */
  reads: boolean
  /** UTC milliseconds. */
  now: number
}

/**
 * Decides by one row of the access table whether a request goes ahead; throws the
 * {@link Refusal} that says why not. The same for routes and socket events. What somebody may not
 * see is answered as if it were not there (404), so that nobody learns what exists by asking.
 */
export function admit(access: Access, session: PanelSession | null, about: About): void {
  if (access.who === 'public') return
  if (!session) {
    throw new Refusal(
      401,
      'session.none',
      'You are not signed in - the session ended or there was none - sign in and try again.',
    )
  }
  if (session.kind === 'token') admitToken(access, session)
  const role = roleFor(access, session, about.place)
  if (about.place && !isAtLeast(role, 'viewer')) throw noSuch(about.place.kind, about.place.id)
  if (!mayDo(role, access.who)) throw denied(role, access.who)
  if (session.kind !== 'token') admitPerson(access, session, about)
}

/** 403: the role is too little for what needs `needed`. */
export const denied = (role: Role, needed: string): Refusal =>
  new Refusal(
    403,
    'access.denied',
    `Your role "${role}" may not do this - it needs "${needed}" - ask an admin of this panel.`,
  )

function roleFor({ of }: Access, session: PanelSession, place: Place | null): Role {
  if (of === 'self') return session.me.role
  if (of === 'any') return roleAnywhere(session)
  return place ? roleThere(session, place) : roleEverywhere(session)
}

function admitPerson(access: Access, session: PanelSession, { reads, now }: About): void {
  const proved = isConfirmed(session, now)
  if (session.kind === 'phone' && access.confirmed && !access.phone) {
    throw new Refusal(
      403,
      'confirm.at-a-desk',
      'This is not done on a phone - it shows a secret, or opens a way in that stays when the phone is lost - open this page at a desk.',
    )
  }
  if (session.kind === 'phone' && !reads && !access.phone && !proved) {
    throw new Refusal(
      403,
      'confirm.sign-in-again',
      'This phone’s sign-in may only look - acting takes a proof that it is you - give your passkey or password.',
    )
  }
  if (access.confirmed && !proved) {
    throw new Refusal(
      403,
      'confirm.sign-in-again',
      'Your sign-in is too old for this - an open browser must not be enough for it - give your passkey or password again.',
    )
  }
}

function admitToken({ scope, of }: Access, { scopes, topologies }: PanelSession): void {
  if (scope === null) {
    throw new Refusal(
      403,
      'token.not-by-token',
      'A token may not do this - it is only done by a person who is signed in - open the panel in a browser.',
    )
  }
  if (!scopes?.includes(scope)) {
    throw new Refusal(
      403,
      'token.scope',
      `This token may not do this - it was not made for "${scope}" - make another token with that scope.`,
    )
  }
  if (of === 'panel' && topologies !== null) {
    throw new Refusal(
      403,
      'token.topology',
      'This token may not do this - it is about the whole panel, the token for single topologies - make another token without that limit.',
    )
  }
}

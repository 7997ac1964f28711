import type { Me } from '@/lib/api/contract'
import { Refusal } from '@/lib/api/refusal'
import { findPasswordHash } from '@/lib/db/accounts'
import { CONFIRMED_MS } from './confirm'
import { panel } from './panel'
import { isPassword } from './password'
import { peerFrom } from './peer'
import { requireRole } from './require-role'
import type { PanelSession } from './session'
import { refuseTooMany } from './sign-in-limit'

/** Who asks for what loses data, and from where. */
export type Asking = { me: Me; session: PanelSession; headers: Headers }

/**
 * Refuses (403) what loses data to everybody but an admin of the topology, to programs, and on a
 * phone, where a slip of the thumb would be enough. A browser on a phone is what says so itself:
 * this guards against slips, not against people.
 */
export function requireDesk(
  { session, headers }: Pick<Asking, 'session' | 'headers'>,
  topologyId: string,
): void {
  requireRole(session, 'admin', topologyId)
  if (session.kind === 'token') {
    throw new Refusal(
      403,
      'token.not-by-token',
      'A token may not do this - what loses data is asked for by a person - open the panel in a browser.',
    )
  }
  if (session.kind !== 'phone' && !isPhone(headers)) return
  throw new Refusal(
    403,
    'confirm.at-a-desk',
    'What destroys data is not asked for on a phone - a slip of the thumb would be enough - open this page at a desk.',
  )
}

/**
 * Refuses (403 `confirm.sign-in-again`) unless the sign-in is fresh or the person's password comes
 * with the request: a browser that was left open, or a stolen session, loses no data.
 */
export async function requireFreshSignIn(
  { me, session, headers }: Asking,
  password: string | undefined,
): Promise<void> {
  const { db, now, signInLimit } = panel()
  if (password === undefined) {
    if (session.confirmedAt !== null && now() - session.confirmedAt <= CONFIRMED_MS) return
    throw new Refusal(
      403,
      'confirm.sign-in-again',
      'Your sign-in is too old for this - what is destroyed cannot be brought back - type your password as well.',
    )
  }
  const attempt = { name: me.name, peer: peerFrom(headers) }
  refuseTooMany(signInLimit.attempt(attempt, now()))
  const hash = await findPasswordHash(db, me.id)
  if (hash === null || !(await isPassword(hash, password))) {
    throw new Refusal(
      403,
      'confirm.sign-in-again',
      'Nothing was started - the password is not yours - type it again.',
    )
  }
  signInLimit.succeeded(attempt)
}

/** Browsers of phones say it by a client hint, those without hints in their name. */
function isPhone(headers: Headers): boolean {
  const hint = headers.get('sec-ch-ua-mobile')
  return hint === null ? /\bMobile\b/.test(headers.get('user-agent') ?? '') : hint === '?1'
}

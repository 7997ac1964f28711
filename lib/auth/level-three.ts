import { Refusal } from '@/lib/api/refusal'
import { isConfirmed } from './confirm'
import { requireRole } from './require-role'
import type { PanelSession } from './session'

/**
 * Refuses (403) what loses data to everybody but an admin of the topology, to programs, and on a
 * phone, where a slip of the thumb would be enough. A browser on a phone is what says so itself:
 * this guards against slips, not against people.
 */
export function requireDesk(
  { session, headers }: { session: PanelSession; headers: Headers },
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
 * Refuses (403 `confirm.sign-in-again`) unless the person proved lately who they are (UTC
 * milliseconds): a browser that was left open, or a stolen session, loses no data.
 */
export function requireFreshSignIn(session: PanelSession, now: number): void {
  if (isConfirmed(session, now)) return
  throw new Refusal(
    403,
    'confirm.sign-in-again',
    'Your sign-in is too old for this - what is destroyed cannot be brought back - prove again that it is you.',
  )
}

/** Browsers of phones say it by a client hint, those without hints in their name. */
function isPhone(headers: Headers): boolean {
  const hint = headers.get('sec-ch-ua-mobile')
  return hint === null ? /\bMobile\b/.test(headers.get('user-agent') ?? '') : hint === '?1'
}

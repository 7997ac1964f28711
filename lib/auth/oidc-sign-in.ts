import { api } from '@/lib/api/paths'
import { Refusal } from '@/lib/api/refusal'
import { type Actor, appendAudit } from '@/lib/db/audit'
import { findIdentity, linkIdentity, touchIdentity } from '@/lib/db/oidc-identities'
import { transact } from '@/lib/db/transact'
import { isConfirmed } from './confirm'
import { renewByProof } from './confirm-session'
import { type AtProvider, accountAtProvider } from './oidc-account'
import { bindTicket, boundInvitation, boundTicket, ROUND_TRIP_MS, unbind } from './oidc-cookies'
import type { Panel } from './panel'
import { peerFrom } from './peer'
import { isHttps } from './scheme'
import { actorOf, type PanelSession } from './session'
import { refuseTooMany } from './sign-in-limit'
import { startSession } from './start-session'
import { makeTicket, takeTicket } from './tickets'

/** What a round trip to the provider is for. */
export type OidcUse = 'sign-in' | 'confirm' | 'link' | 'invite'

/** Kept in a ticket until the browser comes back; the ticket's token is the browser's cookie. */
type Round = {
  use: OidcUse
  state: string
  nonce: string
  verifier: string
  redirectUri: string
  next: string
  /** Of `confirm` and `link`: whose session it is about. */
  sessionId: string | null
  /** UTC milliseconds. */
  begunAt: number
}

/** The address that the provider sends browsers back to; to be registered there. */
export function redirectUriFor(publicUrl: string | null, headers: Headers): string {
  const here = `${isHttps(headers) ? 'https' : 'http'}://${headers.get('host') ?? 'localhost'}`
  return `${publicUrl ?? here}${api.oidcCallback()}`
}

/**
 * Begins a round trip: where to send the browser, and the cookie that binds it. Only the browser
 * that began can end it, once, within ten minutes.
 */
export async function beginRound(
  panel: Panel,
  headers: Headers,
  { use, next, session }: { use: OidcUse; next: string; session: PanelSession | null },
): Promise<{ url: string; cookies: string[] }> {
  refuseTooMany(panel.linkLimit.attempt({ name: 'oidc', peer: peerFrom(headers) }, panel.now()))
  if (use === 'confirm' || use === 'link') mustBeSignedIn(session)
  if (use === 'link') mustBeAskedHere(headers, session, panel.now())
  mustNotBeAskedElsewhere(headers)
  const redirectUri = redirectUriFor(panel.publicUrl, headers)
  const again = use === 'confirm' || use === 'link'
  const { url, ...secrets } = await panel.ask('oidc.begin', { redirectUri, again })
  const now = panel.now()
  const data: Round = {
    ...{ use, ...secrets, redirectUri, next, begunAt: now },
    sessionId: again ? (session?.id ?? null) : null,
  }
  const token = await makeTicket(panel.db, {
    ...{ purpose: 'oidc', userId: again ? (session?.me.id ?? null) : null },
    ...{ data, ttlMs: ROUND_TRIP_MS, now },
  })
  return { url, cookies: [bindTicket(headers, token)] }
}

/** What the browser came back for, so that a failure can be shown where it belongs. */
export class RoundFailed extends Error {
  constructor(
    readonly next: string,
    readonly use: OidcUse,
    cause: unknown,
  ) {
    super('a round trip to the provider failed', { cause })
  }
}

/**
 * Ends a round trip: signs in, proves who is there, connects an account, or accepts an invitation.
 * The cookies to set and where to go. `search` is the query that the browser came back with.
 */
export async function finishRound(
  panel: Panel,
  headers: Headers,
  { search, session }: { search: string; session: PanelSession | null },
): Promise<{ next: string; cookies: string[] }> {
  const token = boundTicket(headers)
  const asked = { purpose: 'oidc', token: token ?? '', now: panel.now() } as const
  const ticket = token === null ? null : await takeTicket(panel.db, asked)
  if (!ticket) throw notBegunHere()
  const round = ticket.data as unknown as Round
  try {
    const cookies = await finish(panel, headers, { search, session, round })
    return { next: round.next, cookies: [...cookies, ...unbind(headers)] }
  } catch (error) {
    throw new RoundFailed(round.next, round.use, error)
  }
}

async function finish(
  panel: Panel,
  headers: Headers,
  { search, session, round }: { search: string; session: PanelSession | null; round: Round },
): Promise<string[]> {
  const { use, state, nonce, verifier, redirectUri, begunAt } = round
  const told = await panel.ask('oidc.finish', {
    ...{ callbackUrl: `${redirectUri}${search}`, state, nonce, verifier },
    sinceS: use === 'confirm' ? Math.ceil((panel.now() - begunAt) / 1000) : null,
  })
  if (use === 'confirm' || use === 'link') {
    if (session?.id !== round.sessionId) throw notBegunHere()
    mustBeSignedIn(session)
    if (use === 'confirm') return confirm(panel, told, { session, headers })
    await link(panel, told, { session, headers })
    return []
  }
  const invitation = use === 'invite' ? boundInvitation(headers) : null
  if (use === 'invite' && invitation === null) throw notBegunHere()
  const userId = await accountAtProvider(panel, headers, { told, invitation })
  return startSession(panel, headers, {
    ...{ userId, kind: 'browser', method: 'oidc', confirmed: true, replaces: session },
  })
}

type Signed = { session: PanelSession; headers: Headers }

/** The provider asked just now who is there, and it is the person of this session. */
async function confirm(
  panel: Panel,
  told: AtProvider,
  { session, headers }: Signed,
): Promise<string[]> {
  const { db, now } = panel
  const found = await findIdentity(db, told)
  if (found?.userId !== session.me.id) {
    throw new Refusal(
      403,
      'oidc.another-person',
      'It is not proved yet - at the provider somebody else is signed in than here - sign in there as yourself.',
    )
  }
  const proof = { session, actor: whoOf(session, headers), way: 'oidc' }
  const cookies = await renewByProof(panel, headers, proof, (tx) => touchIdentity(tx, told, now()))
  if (!cookies) throw notBegunHere()
  return cookies
}

/** Connects the signed-in person's account with who they are at the provider. */
async function link(panel: Panel, told: AtProvider, { session, headers }: Signed) {
  const { db, now } = panel
  await transact(db, async (tx) => {
    await touchIdentity(tx, told, now())
    const found = await findIdentity(tx, told)
    if (found?.userId === session.me.id) return
    if (found) {
      throw new Refusal(
        409,
        'oidc.linked-elsewhere',
        'Nothing was connected - this person of the provider signs in another account here - sign in there as yourself, or ask an admin to take it away from the other account.',
      )
    }
    await linkIdentity(tx, { ...told, userId: session.me.id, now: now() })
    const note = { action: 'oidc.link', object: objectOf(session) } as const
    const after = { issuer: told.issuer, subject: told.subject }
    await appendAudit(tx, whoOf(session, headers), { ...note, after }, now())
  })
}

const objectOf = ({ me }: PanelSession) => ({ kind: 'account', id: me.name })
const whoOf = (session: PanelSession, headers: Headers): Actor => actorOf(session, headers)

function mustBeSignedIn(session: PanelSession | null): asserts session is PanelSession {
  if (session && session.kind !== 'token') return
  throw new Refusal(
    401,
    'session.none',
    'You are not signed in - the session ended - sign in again.',
  )
}

/**
 * A link on another site must not connect somebody else's account at the provider with this one:
 * it has to be the panel's own page that asks, and shortly after a proof.
 */
function mustBeAskedHere(headers: Headers, session: PanelSession | null, now: number): void {
  const fresh = session?.kind === 'browser' && isConfirmed(session, now)
  if (headers.get('sec-fetch-site') === 'same-origin' && fresh) return
  throw new Refusal(
    403,
    'oidc.not-begun-here',
    'Nothing was connected - the panel’s own page has to ask for it, shortly after a proof that it is you - use the button in Settings > My account.',
  )
}

/** Another site's page must not sign somebody in behind their back, where the provider knows them. */
function mustNotBeAskedElsewhere(headers: Headers): void {
  const site = headers.get('sec-fetch-site')
  if (site !== 'cross-site' && site !== 'same-site') return
  throw new Refusal(
    403,
    'oidc.asked-elsewhere',
    'Nobody was signed in - another site’s page asked for it - begin at the sign-in page.',
  )
}

const notBegunHere = () =>
  new Refusal(
    403,
    'oidc.not-asked-for',
    'This answer belongs to no sign-in of this browser - it was used, took longer than ten minutes, or began elsewhere - begin again at the sign-in page.',
  )

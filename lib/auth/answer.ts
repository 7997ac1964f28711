import type { SessionAnswer } from '@/lib/api/contract'
import { countAccounts } from '@/lib/db/accounts'
import { confirmedUntil } from './confirm'
import type { Panel } from './panel'
import type { PanelSession } from './session'
import { signInWays } from './ways'

/** Who is signed in, and whether the panel still waits for its first account. */
export async function toSessionAnswer(
  { db, id, version }: Pick<Panel, 'db' | 'id' | 'version'>,
  session: PanelSession | null,
): Promise<SessionAnswer> {
  return {
    me: session?.me ?? null,
    session:
      session === null || session.kind === 'token'
        ? null
        : {
            kind: session.kind,
            confirmedUntil: confirmedUntil(session),
            expiresAt: session.expiresAt ?? 0,
          },
    needsSetup: (await countAccounts(db)) === 0,
    ways: await signInWays(db),
    panel: { id, version },
  }
}

import type { Me, SessionAnswer } from '@/lib/api/contract'
import { countAccounts } from '@/lib/db/accounts'
import type { Panel } from './panel'

/** Who is signed in, and whether the panel still waits for its first account. */
export async function toSessionAnswer(
  { db, id, version }: Pick<Panel, 'db' | 'id' | 'version'>,
  me: Me | null,
): Promise<SessionAnswer> {
  return { me, needsSetup: (await countAccounts(db)) === 0, panel: { id, version } }
}

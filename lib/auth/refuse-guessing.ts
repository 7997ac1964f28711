import { signedInFrom } from '@/lib/db/sessions'
import type { Panel } from './panel'
import { type Attempt, refuseTooMany, type SignInLimit } from './sign-in-limit'

/**
 * Counts an attempt and refuses (429) one too many. What is tried from many addresses fills what
 * counts for an account and for all; whoever signed in from this address before is held up by what was
 * tried from here alone, so that nobody is shut out of their house by others. `findUserId`: whose
 * account it is, asked for only then; null: nobody's.
 */
export async function refuseGuessing(
  { db, now }: Pick<Panel, 'db' | 'now'>,
  limit: SignInLimit,
  attempt: Attempt,
  findUserId: () => Promise<string | null>,
): Promise<void> {
  const waitMs = limit.attempt(attempt, now())
  if (waitMs <= 0) return
  const userId = await findUserId()
  const isAtHome = userId !== null && (await signedInFrom(db, userId, attempt.peer))
  refuseTooMany(isAtHome ? limit.attempt({ ...attempt, atHome: true }, now()) : waitMs)
}

import { Reply } from '@/lib/api/route'
import { toSessionAnswer } from './answer'
import type { Panel } from './panel'
import { cookieHeader } from './session'
import { type SessionStart, startSession } from './start-session'

/** Begins a session and answers who is signed in now, with the cookies that carry it. */
export async function signedIn(
  here: Panel,
  headers: Headers,
  start: SessionStart,
  status: 200 | 201 = 200,
): Promise<Reply> {
  const cookies = await startSession(here, headers, start)
  const session = await here.findSession(new Headers({ cookie: cookieHeader(cookies) }))
  return new Reply(await toSessionAnswer(here, session), { status, cookies })
}

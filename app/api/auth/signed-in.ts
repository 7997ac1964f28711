import { Reply } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import type { Panel } from '@/lib/auth/panel'
import { cookieHeader } from '@/lib/auth/session'
import { type SessionStart, startSession } from '@/lib/auth/start-session'

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

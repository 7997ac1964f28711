import type { Db } from '@/lib/db/client'
import { CallLimit } from './call-limit'
import type { PanelSession } from './session'
import { bearerOf, findTokenSession, isOurs } from './tokens'
import { WrongTokens } from './wrong-tokens'

export type CallerDeps = {
  db: Db
  log(line: string): void
  findSession(headers: Headers): Promise<PanelSession | null>
  /** Bounds what one caller asks; absent: {@link CallLimit} as it is. */
  calls?: Pick<CallLimit, 'refuseTooMany'>
}

/**
 * Makes `findCaller(headers, now)`: who calls an endpoint, at that time (UTC milliseconds). A token of
 * ours decides alone, whatever cookie comes with it; a bearer that is none of ours, as a proxy in front
 * may send it, counts only where there is no session either. Refuses (429) who asks too often.
 */
export function makeFindCaller({ db, log, findSession, calls = new CallLimit() }: CallerDeps) {
  const wrong = new WrongTokens()
  const find = async (headers: Headers, now: number): Promise<PanelSession | null> => {
    const bearer = bearerOf(headers)
    const session = bearer !== null && isOurs(bearer) ? null : await findSession(headers)
    if (bearer === null || session) return session
    return findTokenSession({ db, wrong, now, log }, bearer, headers)
  }
  return async (headers: Headers, now: number): Promise<PanelSession | null> => {
    const caller = await find(headers, now)
    if (caller) calls.refuseTooMany(caller.id, now)
    return caller
  }
}

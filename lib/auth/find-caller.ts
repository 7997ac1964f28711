import type { Db } from '@/lib/db/client'
import type { PanelSession } from './session'
import { bearerOf, findTokenSession, isOurs } from './tokens'
import { WrongTokens } from './wrong-tokens'

export type CallerDeps = {
  db: Db
  log(line: string): void
  findSession(headers: Headers): Promise<PanelSession | null>
}

/**
 * Makes `findCaller(headers, now)`: who calls an endpoint, at that time (UTC milliseconds). A token of ours decides alone, whatever cookie
 * comes with it; a bearer that is none of ours, as a proxy in front may send it, counts only where
 * there is no session either.
 */
export function makeFindCaller({ db, log, findSession }: CallerDeps) {
  const wrong = new WrongTokens()
  return async (headers: Headers, now: number): Promise<PanelSession | null> => {
    const bearer = bearerOf(headers)
    const session = bearer !== null && isOurs(bearer) ? null : await findSession(headers)
    if (bearer === null || session) return session
    return findTokenSession({ db, wrong, now, log }, bearer, headers)
  }
}

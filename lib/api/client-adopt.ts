import { get } from './client'
import type { AdoptAnswer, AdoptQuery } from './contract-adopt'
import { api } from './paths'

/** Calls of `contract-adopt.ts`. */
export const adoptClient = {
  adopt: (t: string, { connection, answers }: AdoptQuery, signal?: AbortSignal) => {
    const query = new URLSearchParams({ answers: JSON.stringify(answers) })
    if (connection !== undefined) query.set('connection', connection)
    return get<AdoptAnswer>(api.adopt(t, `?${query}`), signal)
  },
}

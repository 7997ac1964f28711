import { get } from './client'
import type { FitAnswer, FitQuery } from './contract-fit'
import { api } from './paths'

/** Calls of `contract-fit.ts`. */
export const fitClient = {
  fit: (t: string, { connection, answers }: FitQuery, signal?: AbortSignal) => {
    const query = new URLSearchParams({ answers: JSON.stringify(answers) })
    if (connection !== undefined) query.set('connection', connection)
    return get<FitAnswer>(api.fit(t, `?${query}`), signal)
  },
}

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from '@playwright/test'
import { Agent, request } from 'undici'
import type { Fault } from '@/lib/lab/faults'
import type { labSummary } from '@/lib/lab/summary'
import type { TestPanel } from './panel'

export type LabState = ReturnType<typeof labSummary>

/** The lab's own control API, which no page of the panel uses: faults are provoked from outside. */
export function labOf(panel: TestPanel) {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  // The lab writes its file when it is up, which may be a moment after the panel is.
  const connection = async () => {
    const file = path.join(panel.dataDir, 'lab', 'connection.json')
    await expect.poll(() => existsSync(file), { timeout: 30_000 }).toBe(true)
    return JSON.parse(readFileSync(file, 'utf8')) as { url: string }
  }
  const ask = async (method: 'GET' | 'POST' | 'DELETE', at: string, body?: unknown) => {
    const { url } = await connection()
    const answer = await request(`${url}${at}`, {
      method,
      dispatcher,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${method} ${at}: ${answer.statusCode} ${text}`)
    return text === '' ? null : (JSON.parse(text) as unknown)
  }
  return {
    state: async () => (await ask('GET', '/lab/state')) as LabState,
    fault: (fault: Omit<Fault, 'id'> & Record<string, unknown>) =>
      ask('POST', '/lab/faults', fault),
  }
}

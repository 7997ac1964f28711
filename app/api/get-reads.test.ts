import { expect, test } from 'vitest'
import type { Panel } from '@/lib/auth/panel'
import { cookieFor, makePerson } from '@/lib/auth/testing/callers'
import { call, everyEndpoint, partsOf } from './testing/every-route'
import { samplePanel, T } from './testing/sample-panel'

/**
 * What looking may leave behind: when a session or token was last seen, that something was taken out
 * of the panel, and the one-time ticket of a way to an identity provider.
 */
const LEFT_BEHIND = /^(Session|ApiToken|AuditEntry|Ticket)$/

/** Every other row of the database, as text by table. */
async function rowsOf({ db }: Panel): Promise<Map<string, string>> {
  const tables = await db.$queryRawUnsafe<{ name: string }[]>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  )
  const rows = new Map<string, string>()
  for (const { name } of tables) {
    if (LEFT_BEHIND.test(name)) continue
    const found = await db.$queryRawUnsafe(`SELECT * FROM "${name}"`)
    rows.set(
      name,
      JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    )
  }
  return rows
}

test('looking changes nothing: no GET of any endpoint leaves another row', async () => {
  const at = await samplePanel()
  const admin = {
    cookie: await cookieFor(at.panel, await makePerson(at.panel, { name: 'admin', role: 'admin' })),
  }
  const looks = (await everyEndpoint()).filter(({ method }) => method === 'GET')
  expect(looks.length).toBeGreaterThan(20)
  const before = await rowsOf(at.panel)
  for (const endpoint of looks) {
    const all = { t: T, id: at.jobId, n: '1', name: 'none' }
    const params = Object.fromEntries(
      Object.entries(all).filter(([part]) => partsOf(endpoint.path).includes(part)),
    )
    await call(endpoint, { headers: admin, params })
    const now = await rowsOf(at.panel)
    for (const [table, rows] of before)
      expect(now.get(table), `${endpoint.key}, in ${table}`).toBe(rows)
  }
}, 120_000)

import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { Role } from '@/lib/api/contract'
import { createAccount } from '@/lib/db/accounts'
import { findHead } from '@/lib/db/audit-check'
import { noteConsole } from '@/lib/db/console-notes'
import { databaseIn } from '@/lib/db/data-folder'
import { migrate } from '@/lib/db/migrate'
import { tempDataDir } from '@/lib/db/testing/temp-db'
import { tempUpkeep } from '@/lib/db/testing/temp-upkeep'
import { ConsoleRelay } from '@/workers/panel/console-relay'
import type { RouteKey } from '../access'
import { whyNotAudited } from '../audited'
import { openPanel } from '../open-panel'
import { offerPanel, type Panel } from '../panel'
import { hashPassword } from '../password'
import { cookieHeader } from '../session'
import { startSession } from '../start-session'

/** The password of every account that {@link TempPanel.signedIn} makes. */
export const PASSWORD = 'correct horse battery'
export const ORIGIN = 'http://127.0.0.1:4880'

type Handler = ((
  request: Request,
  context: { params: Promise<Record<string, string | string[] | undefined> | undefined> },
) => Promise<Response>) & { key?: RouteKey }

export type TempPanel = {
  panel: Panel
  /** What the panel told browsers, in order. */
  told: { event: string; message: unknown }[]
  /** How often the provisioner was woken. */
  woken(): number
  /** Makes an account of this role and answers the cookie of its session. */
  signedIn(role: Role): Promise<string>
}

/** A panel on a temporary data folder, offered to this process's routes. */
export async function tempPanel(): Promise<TempPanel> {
  const dataDir = await tempDataDir()
  migrate(databaseIn(dataDir), path.resolve('prisma/migrations'))
  const opened = await openPanel({
    dataDir,
    version: '0.0.0',
    publicUrl: null,
    log: (line) => lines.push(line),
  })
  const lines: string[] = []
  const told: TempPanel['told'] = []
  let wakes = 0
  const consoles = new ConsoleRelay({
    ask: (kind) => Promise.reject(new Error(`no provisioner in this test to answer "${kind}"`)),
    send: () => undefined,
    note: (note, actor) => noteConsole(opened.db, note, actor, opened.now()),
    changed: (topologyId) => told.push({ event: 'consoles-changed', message: { topologyId } }),
    ...{ now: opened.now, log: (line) => lines.push(line) },
  })
  const panel: Panel = {
    ...{ ...opened, consoles },
    live: {
      tell: (event, message) => told.push({ event, message }),
      endSession: () => {},
      close: () => {},
    },
    upkeep: tempUpkeep({ ...opened, log: () => {} }),
    wake: () => {
      wakes++
    },
    ask: async (kind) => {
      throw new Error(`no provisioner in this test to answer "${kind}"`)
    },
  }
  offerPanel(panel)
  current = panel
  onTestFinished(async () => {
    current = null
    panel.logs.close()
    await panel.db.$disconnect()
    if (lines.length > 0) throw new Error(lines.join('\n'))
  })
  return {
    panel,
    told,
    woken: () => wakes,
    signedIn: async (role) => {
      const account = { name: role, passwordHash: await hashPassword(PASSWORD), role, now: 1 }
      const userId = await createAccount(panel.db, account)
      const start = { userId, kind: 'browser', method: 'password', confirmed: true } as const
      return cookieHeader(await startSession(panel, new Headers(), start))
    },
  }
}

/** The panel of the running test; null where routes are tested without one. */
let current: Panel | null = null

const lastEntry = async () => (current ? ((await findHead(current.db))?.seq ?? 0) : 0)

async function requireAudited(key: RouteKey, after: number): Promise<void> {
  const rows = (await current?.db.auditEntry.findMany({ where: { seq: { gt: after } } })) ?? []
  const why = whyNotAudited(
    key,
    rows.map(({ action }) => action),
  )
  if (current && why !== null) throw new Error(why)
}

/**
 * Calls a route as a page of the panel does. A call that succeeds must have written down what its row
 * says (lib/auth/audited.ts).
 */
export async function ask(
  handler: Handler,
  {
    method = 'GET',
    path: url = '/api',
    params = {},
    body,
    cookie,
    headers = {},
  }: {
    method?: string
    path?: string
    params?: Record<string, string>
    body?: unknown
    cookie?: string
    headers?: Record<string, string>
  } = {},
): Promise<{
  status: number
  json: Record<string, unknown> & { code?: string }
  headers: Headers
}> {
  const request = new Request(`${ORIGIN}${url}`, {
    method,
    headers: {
      host: '127.0.0.1:4880',
      ...(method === 'GET' ? {} : { origin: ORIGIN }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie ? { cookie } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const before = await lastEntry()
  const response = await handler(request, {
    // As Next: a path without parts in brackets comes with none.
    params: Promise.resolve(Object.keys(params).length > 0 ? params : undefined),
  })
  if (response.ok && handler.key) await requireAudited(handler.key, before)
  return {
    status: response.status,
    json: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  }
}

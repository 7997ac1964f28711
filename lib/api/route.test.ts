import { expect, test } from 'vitest'
import { z } from 'zod'
import { ask } from '@/lib/auth/testing/temp-panel'
import { PanelError } from '@/lib/base/errors'
import { Refusal } from './refusal'
import { makeRoute, Reply } from './route'

const me = (role: 'viewer' | 'editor') => ({
  id: 's1',
  kind: 'browser' as const,
  me: { id: 'u1', name: 'ada', role, grants: {} },
  confirmedAt: 0,
  expiresAt: 0,
  scopes: null,
  topologies: null,
})

function panelOf(role: 'viewer' | 'editor' | null, publicUrl: string | null = null) {
  const logged: string[] = []
  const refused: string[] = []
  const route = makeRoute(() => ({
    findCaller: async () => (role ? me(role) : null),
    findPlace: async (kind, id) => ({ kind, id, topologies: [], ofPanel: false }),
    noteRefused: async ({ key, code }) => void refused.push(`${key} ${code}`),
    publicUrl,
    now: () => 0,
    log: (line) => logged.push(line),
  }))
  return { route, logged, refused }
}
class WorldError extends PanelError {
  readonly code = 'proxmox.unreachable'
  override readonly transient = true
}

const editing = (role: 'viewer' | 'editor' | null, publicUrl?: string) =>
  panelOf(role, publicUrl).route(
    'POST /api/topologies',
    { body: z.strictObject({ text: z.string() }) },
    async ({ body, me }) => new Reply({ said: body.text, by: me.name }, { status: 201 }),
  )
const post = { method: 'POST', body: { text: 'hello' } }

test('parsed input and a person in, plain data out', async () => {
  expect(await ask(editing('editor'), post)).toMatchObject({
    status: 201,
    json: { said: 'hello', by: 'ada' },
  })
})

test('nobody is 401, too little is 403', async () => {
  expect(await ask(editing(null), post)).toMatchObject({
    status: 401,
    json: { code: 'session.none' },
  })
  expect(await ask(editing('viewer'), post)).toMatchObject({
    status: 403,
    json: { code: 'access.denied' },
  })
})

test.each([
  ['', 400, 'input.invalid'],
  ['[]', 400, 'input.invalid'],
  ['{"text":1}', 400, 'input.invalid'],
  ['{"text":"a","more":1}', 400, 'input.invalid'],
  ['{', 400, 'input.not-json'],
])('the body %j is %i %s, not a crash', async (body, status, code) => {
  expect(await ask(editing('editor'), { ...post, body })).toMatchObject({ status, json: { code } })
})

test('another site does not read either, but a link from there is followed', async () => {
  const { route } = panelOf('viewer')
  const reading = route('GET /api/topologies', {}, async () => ({ seen: true }))
  const from = (mode: string, dest: string) => ({
    headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode, 'sec-fetch-dest': dest },
  })
  expect(await ask(reading, from('no-cors', 'image'))).toMatchObject({
    status: 403,
    json: { code: 'request.other-origin' },
  })
  expect(await ask(reading, from('navigate', 'document'))).toMatchObject({ status: 200 })
})

test('a form that another site posts is refused, and so is a body of another type', async () => {
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:4881' },
  ]) {
    expect(await ask(editing('editor'), { ...post, headers })).toMatchObject({
      status: 403,
      json: { code: 'request.other-origin' },
    })
  }
  const headers = { 'content-type': 'text/plain' }
  expect((await ask(editing('editor'), { ...post, headers })).status).toBe(415)
})

test('the configured origin counts where a proxy rewrites the host', async () => {
  const headers = { origin: 'https://panel.example' }
  expect((await ask(editing('editor', 'https://panel.example'), { ...post, headers })).status).toBe(
    201,
  )
})

test('a body longer than the longest document is refused while it is read', async () => {
  const body = JSON.stringify({ text: 'x'.repeat(13 * 1024 * 1024) })
  expect((await ask(editing('editor'), { ...post, body })).status).toBe(413)
})

test('refusals keep their status, the world’s failures their code, bugs get a number', async () => {
  const { route, logged } = panelOf('viewer')
  const failing = (error: Error) =>
    route('GET /api/jobs', {}, async () => {
      throw error
    })
  expect(await ask(failing(new Refusal(404, 'job.unknown', 'No.')))).toMatchObject({
    status: 404,
    json: { code: 'job.unknown', message: 'No.' },
  })
  expect(await ask(failing(new WorldError('pve1 is off.')))).toMatchObject({
    status: 503,
    json: { code: 'proxmox.unreachable', message: 'pve1 is off.' },
  })
  expect(logged).toEqual([])
  const bug = await ask(failing(new TypeError('password is hunter2')))
  expect(bug).toMatchObject({ status: 500, json: { code: 'internal.bug' } })
  expect(JSON.stringify(bug.json)).not.toContain('hunter2')
  expect(logged).toHaveLength(1)
})

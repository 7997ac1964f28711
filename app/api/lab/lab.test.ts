import { expect, test } from 'vitest'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { PanelError } from '@/lib/base/errors'
import type { Ask } from '@/lib/live/questions'
import * as one from './faults/[id]/route'
import * as faults from './faults/route'
import * as reset from './reset/route'
import * as lab from './route'

class NoLab extends PanelError {
  readonly code: string
  constructor(code: string) {
    super('The lab cannot do this - it says so - look again.')
    this.code = code
  }
}

/** A panel whose provisioner answers for a lab; what it was asked. */
async function withLab(fails?: string) {
  const { panel, signedIn } = await tempPanel()
  const asked: [string, unknown][] = []
  panel.ask = (async (kind: string, question: unknown) => {
    asked.push([kind, question])
    if (fails) throw new NoLab(fails)
    return kind === 'lab.break' ? { id: 'fault-7', kind: 'no-quorum' } : { lab: null, kinds: [] }
  }) as unknown as Ask
  return { panel, asked, signedIn }
}

const post = (body: unknown, cookie: string) => ({ method: 'POST' as const, body, cookie })

test('a failure is switched on and off by an operator, and both are in the audit log', async () => {
  const { panel, asked, signedIn } = await withLab()
  const cookie = await signedIn('operator')
  const made = await ask(faults.POST, post({ kind: 'no-quorum' }, cookie))
  expect([made.status, made.json]).toEqual([201, { id: 'fault-7', kind: 'no-quorum' }])
  const params = { id: 'fault-7' }
  expect((await ask(one.DELETE, { method: 'DELETE', params, cookie })).status).toBe(200)
  expect((await ask(faults.DELETE, { method: 'DELETE', cookie })).status).toBe(200)
  expect(asked).toEqual([
    ['lab.break', { fault: { kind: 'no-quorum' } }],
    ['lab.mend', { id: 'fault-7' }],
    ['lab.mend', { id: null }],
  ])
  const rows = await panel.db.auditEntry.findMany({ where: { action: { startsWith: 'lab.' } } })
  expect(rows.map(({ action, objectId }) => [action, objectId])).toEqual([
    ['lab.fault', 'no-quorum'],
    ['lab.fault-end', 'fault-7'],
    ['lab.fault-end', 'every failure'],
  ])
})

test('only an admin makes the lab anew', async () => {
  const { asked, signedIn } = await withLab()
  const body = { hosts: 3, release: '9' }
  expect((await ask(reset.POST, post(body, await signedIn('operator')))).status).toBe(403)
  const admin = await signedIn('admin')
  expect((await ask(reset.POST, post({ hosts: 2, release: '9' }, admin))).status).toBe(400)
  expect((await ask(reset.POST, post(body, admin))).status).toBe(200)
  expect(asked).toEqual([['lab.reset', body]])
})

test.each([
  ['lab.absent', 404],
  ['lab.fault-invalid', 422],
])('%s is told as %i, and nothing is written down', async (code, status) => {
  const { panel, signedIn } = await withLab(code)
  const answer = await ask(faults.POST, post({ kind: 'x' }, await signedIn('operator')))
  expect([answer.status, answer.json]).toMatchObject([status, { code }])
  expect(await panel.db.auditEntry.count({ where: { action: 'lab.fault' } })).toBe(0)
})

test('everybody who is signed in sees whether a lab runs', async () => {
  const { signedIn } = await withLab()
  const answer = await ask(lab.GET, { cookie: await signedIn('member') })
  expect([answer.status, answer.json]).toEqual([200, { lab: null, kinds: [] }])
})

test('a body that is no failure is refused before the lab is asked', async () => {
  const { asked, signedIn } = await withLab()
  const cookie = await signedIn('operator')
  for (const body of [{}, { kind: 7 }, { kind: 'x', deep: { er: 1 } }])
    expect((await ask(faults.POST, post(body, cookie))).status).toBe(400)
  expect(asked).toEqual([])
})

import { expect, test } from 'vitest'
import type { PlanAnswer } from '@/lib/api/contract'
import { setupToken } from '@/lib/auth/setup-token'
import { ask, ORIGIN, PASSWORD, tempPanel } from '@/lib/auth/testing/temp-panel'
import { putObserved } from '@/lib/db/observations'
import { findSealed } from '@/lib/db/secrets'
import { SMALL } from '@/lib/db/testing/document'
import * as signInRoute from './auth/sign-in/route'
import * as signOutRoute from './auth/sign-out/route'
import * as connection from './connections/[id]/route'
import * as testConnection from './connections/[id]/test/route'
import * as connections from './connections/route'
import * as jobAction from './jobs/[id]/[action]/route'
import * as jobLog from './jobs/[id]/log/route'
import * as job from './jobs/[id]/route'
import * as jobs from './jobs/route'
import * as session from './session/route'
import * as setup from './setup/route'
import * as status from './status/route'
import * as errands from './t/[t]/errands/route'
import * as startJobs from './t/[t]/jobs/route'
import * as layout from './t/[t]/layout/route'
import * as observed from './t/[t]/observed/route'
import * as plan from './t/[t]/plan/route'
import * as restore from './t/[t]/restore/route'
import * as revision from './t/[t]/revisions/[n]/route'
import * as revisions from './t/[t]/revisions/route'
import * as head from './t/[t]/route'
import * as topologies from './topologies/route'

const t = { t: 'small-lab' }
const post = (body: unknown = {}, cookie?: string, params?: Record<string, string>) => ({
  method: 'POST',
  body,
  ...(cookie === undefined ? {} : { cookie }),
  ...(params === undefined ? {} : { params }),
})

async function withSmall() {
  const at = await tempPanel()
  const admin = await at.signedIn('admin')
  await ask(topologies.POST, post({ from: 'text', text: SMALL }, admin))
  return { ...at, admin }
}

/** As a homelab without any guest looks, so that everything is to be made. */
const nothingThere = (at: number) => ({
  at,
  hosts: {
    pve1: {
      state: 'known' as const,
      at,
      value: {
        ...{ node: 'pve1', version: '9.0.4', cpuThreads: 16, memoryMib: 65_536 },
        ...{ memoryUsedMib: 1024, uptimeS: 60, cpuLoad: 0, bridges: ['vmbr0'], guests: [] },
        storages: {
          'local-lvm': {
            ...{ type: 'lvmthin', totalGib: 900, usedGib: 0, active: true },
            content: ['images'],
          },
          local: {
            ...{ type: 'dir', totalGib: 90, usedGib: 0, active: true },
            content: ['iso', 'import'],
          },
        },
      },
    },
  },
  templates: { jammy: { state: 'absent' as const, at } },
  vms: { web: { state: 'absent' as const, at } },
  clusters: { main: { state: 'absent' as const, at } },
})

test('the first account: link, cookie, signed in, signed out, signed in again', async () => {
  const { panel } = await tempPanel()
  expect((await ask(session.GET)).json).toMatchObject({ me: null, needsSetup: true })
  const token = await setupToken(panel.db)
  const body = { token, name: 'Ada', password: PASSWORD }
  const short = await ask(setup.POST, post({ ...body, password: 'short' }))
  expect(short).toMatchObject({ status: 400, json: { issues: [{ path: ['password'] }] } })

  const made = await ask(setup.POST, post(body))
  expect(made).toMatchObject({ status: 201, json: { me: { name: 'Ada', role: 'admin' } } })
  expect((await ask(setup.POST, post(body))).status).toBe(403)
  const cookie = made.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  expect((await ask(session.GET, { cookie })).json).toMatchObject({ me: { name: 'Ada' } })

  await ask(signOutRoute.POST, post({}, cookie))
  expect((await ask(session.GET, { cookie })).json.me).toBeNull()
  const again = await ask(signInRoute.POST, post({ name: 'ada', password: PASSWORD }))
  expect(again).toMatchObject({ status: 200, json: { me: { name: 'Ada' } } })
})

test('guessing a password is slowed down', async () => {
  const { signedIn } = await tempPanel()
  await signedIn('viewer')
  const wrong = post({ name: 'viewer', password: 'wrong' })
  const answers: number[] = []
  for (let i = 0; i < 11; i++) answers.push((await ask(signInRoute.POST, wrong)).status)
  expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429])
})

test('a document goes in, is saved, restored, and browsers are told', async () => {
  const { admin, told } = await withSmall()
  const first = (await ask(head.GET, { cookie: admin, params: t })).json
  const text = String(first.text).replace('memoryMib: 2048', 'memoryMib: 4096')
  const saved = await ask(revisions.POST, post({ text, parent: 1, message: 'more' }, admin, t))
  expect(saved).toMatchObject({ status: 201, json: { merged: false, revision: { number: 2 } } })
  const second = await ask(revision.GET, { cookie: admin, params: { ...t, n: '2' } })
  expect(second.json.changes).toMatchObject([{ path: ['sizes', 'small', 'memoryMib'] }])

  const restored = await ask(restore.POST, post({ revision: 1, parent: 2 }, admin, t))
  expect(restored.json).toMatchObject({ revision: { number: 3 }, text: first.text })
  const list = await ask(revisions.GET, { cookie: admin, params: t })
  expect(list.json).toMatchObject([{ number: 3 }, { number: 2 }, { number: 1 }])
  expect(told.map(({ event }) => event)).toEqual(['revision', 'revision', 'revision'])
})

test('positions are kept by lens and are not part of the document', async () => {
  const { admin } = await withSmall()
  const put = (body: unknown) => ask(layout.PUT, { ...post(body, admin, t), method: 'PUT' })
  await put({ network: { web: { x: 1, y: 2 } }, physical: { web: { x: 3, y: 4 } } })
  expect((await put({ network: { pve1: { x: 5, y: 6 } } })).json).toEqual({
    network: { pve1: { x: 5, y: 6 } },
    physical: { web: { x: 3, y: 4 } },
  })
  expect((await ask(head.GET, { cookie: admin, params: t })).json.revision).toMatchObject({
    number: 1,
  })
})

test('what was never looked at is not planned; what was is, approved by its hash', async () => {
  const { admin, panel, signedIn, woken } = await withSmall()
  const operator = await signedIn('operator')
  const ofPlan = () => ask(plan.GET, { cookie: operator, params: t, path: '/api/t/small-lab/plan' })
  await ask(
    connections.POST,
    post(
      { name: 'Lab', url: 'https://127.0.0.1:18006', tokenId: 'a@pve!b', tokenSecret: 's' },
      admin,
    ),
  )
  await panel.db.connection.updateMany({ data: { id: 'lab' } })
  expect((await ofPlan()).json.result).toMatchObject({ ok: false })

  await putObserved(panel.db, 'small-lab', nothingThere(panel.now()))
  const text = SMALL.slice(0, SMALL.indexOf('clusters:'))
  await ask(revisions.POST, post({ text, parent: 1, message: 'no cluster' }, admin, t))
  const answer = (await ofPlan()).json as unknown as PlanAnswer
  expect(answer.result.ok || answer.result.refusals).toBe(true)
  if (!answer.result.ok) return
  const { hash } = answer.result.plan

  const start = (more: object = {}) =>
    ask(
      startJobs.POST,
      post({ goal: { kind: 'deploy' }, revision: 2, planHash: hash, ...more }, operator, t),
    )
  expect(await start({ planHash: 'another' })).toMatchObject({
    status: 409,
    json: { code: 'plan.stale' },
  })
  expect(await start({ revision: 1 })).toMatchObject({ json: { code: 'plan.stale' } })
  const started = await start()
  expect(started).toMatchObject({ status: 201, json: { jobId: expect.any(String) } })
  expect(await start()).toMatchObject({ status: 409, json: { code: 'job.asked-already' } })
  expect(woken()).toBe(1)

  const id = String(started.json.jobId)
  const detail = await ask(job.GET, { cookie: operator, params: { id } })
  expect(detail.json).toMatchObject({
    job: { status: 'queued', title: 'Deploy Small lab r2', by: 'operator' },
    lines: 0,
    plan: { hash },
  })
  panel.logs.append(id, [{ at: 1, stepId: null, level: 'info', text: 'hello' }])
  const log = await ask(jobLog.GET, { cookie: operator, params: { id }, path: '/api?after=0' })
  expect(log.json).toMatchObject({ last: 1, lines: [{ n: 1, text: 'hello' }] })

  const act = (action: string) => ask(jobAction.POST, post({}, operator, { id, action }))
  expect(await act('retry')).toMatchObject({ status: 409, json: { code: 'job.not-now' } })
  expect(await act('explode')).toMatchObject({ status: 400 })
  expect(await act('cancel')).toMatchObject({ json: { status: 'cancelled' } })
  const mine = { cookie: operator, path: '/api/jobs?topology=small-lab&status=cancelled' }
  expect((await ask(jobs.GET, mine)).json).toMatchObject([{ id }])
})

test('only an admin destroys, and only by the typed name', async () => {
  const { admin, panel, signedIn } = await withSmall()
  const operator = await signedIn('operator')
  await putObserved(panel.db, 'small-lab', nothingThere(panel.now()))
  const body = { goal: { kind: 'destroy', disks: [] }, revision: 1, planHash: 'x' }
  expect(await ask(startJobs.POST, post(body, operator, t))).toMatchObject({
    status: 403,
    json: { code: 'access.denied' },
  })
  expect((await ask(startJobs.POST, post(body, admin, t))).status).not.toBe(403)
})

test('a connection’s token goes in sealed and never comes out', async () => {
  const { admin, panel, signedIn } = await withSmall()
  const viewer = await signedIn('viewer')
  const body = {
    name: 'Rack',
    url: 'https://pve1.lan:8006/',
    tokenId: 'drawbridge@pve!panel',
    tokenSecret: 'very-secret-token',
  }
  expect((await ask(connections.POST, post(body, viewer))).status).toBe(403)
  const http = await ask(connections.POST, post({ ...body, url: 'http://pve1.lan:8006' }, admin))
  expect(http).toMatchObject({ status: 400, json: { issues: [{ path: ['url'] }] } })

  const made = await ask(connections.POST, post(body, admin))
  expect(made.json).toMatchObject({ url: 'https://pve1.lan:8006', lab: false })
  const params = { id: String(made.json.id) }
  const list = await ask(connections.GET, { cookie: viewer })
  expect(JSON.stringify([made.json, list.json])).not.toContain('very-secret')
  const sealed = await findSealed(panel.db, `connections/${params.id}/token`)
  expect(sealed).toContain('AGE ENCRYPTED FILE')

  const renamed = await ask(connection.PATCH, {
    ...post({ name: 'Attic' }, admin, params),
    method: 'PATCH',
  })
  expect(renamed.json).toMatchObject({ name: 'Attic', tokenId: body.tokenId })
  expect(await findSealed(panel.db, `connections/${params.id}/token`)).toBe(sealed)

  const tested = await ask(testConnection.POST, post({}, admin, params))
  expect((await ask(testConnection.POST, post({}, admin, params))).json).toEqual(tested.json)
  await ask(connection.DELETE, { cookie: admin, params, method: 'DELETE' })
  expect((await ask(connection.GET, { cookie: admin, params })).status).toBe(404)
  expect(await findSealed(panel.db, `connections/${params.id}/token`)).toBeNull()
})

test('a connection that a host names is not removed', async () => {
  const { admin, panel } = await withSmall()
  await panel.db.connection.create({
    data: {
      ...{ id: 'lab', name: 'Lab', kind: 'proxmox', url: 'https://127.0.0.1:18006', tokenId: 'x' },
      ...{ dialerJson: '{"kind":"direct"}', helmPath: 'helm', createdAt: new Date(1) },
      stateJson: '{"state":"unknown","reason":"It was never tested.","since":null}',
    },
  })
  const remove = { cookie: admin, params: { id: 'lab' }, method: 'DELETE' }
  expect(await ask(connection.DELETE, remove)).toMatchObject({
    status: 409,
    json: { code: 'connection.in-use' },
  })
})

test('errands, what was seen, and the state of everything', async () => {
  const { admin, panel, signedIn } = await withSmall()
  const operator = await signedIn('operator')
  const errand = await ask(errands.POST, post({ kind: 'refresh' }, operator, t))
  expect(errand.status).toBe(202)
  expect((await ask(observed.GET, { cookie: operator, params: t })).json).toEqual({
    observed: null,
  })
  const seen = nothingThere(panel.now())
  await putObserved(panel.db, 'small-lab', seen)
  expect((await ask(observed.GET, { cookie: operator, params: t })).json.observed).toEqual(seen)
  expect((await ask(status.GET, { cookie: admin })).json).toMatchObject({
    level: 'ok',
    sentence: 'Nothing is deployed yet.',
    topologies: [{ id: 'small-lab', vms: { total: 1, running: 0, unknown: 0 } }],
  })
})

test('what does not exist is a 404 with its name, wherever it is asked for', async () => {
  const { admin } = await withSmall()
  const nope = { cookie: admin, params: { t: 'nope', id: 'nope', n: '1' } }
  const reading = [head, revisions, revision, plan, observed, job, jobLog]
  for (const handler of reading.map(({ GET }) => GET)) {
    const answer = await ask(handler, nope)
    expect([answer.status, String(answer.json.message)]).toEqual([
      404,
      expect.stringContaining('"nope"'),
    ])
  }
})

test('another site’s page cannot act with a stolen click', async () => {
  const { admin } = await withSmall()
  const headers = { origin: 'https://evil.example' }
  const answer = await ask(errands.POST, { ...post({ kind: 'refresh' }, admin, t), headers })
  expect(answer).toMatchObject({ status: 403, json: { code: 'request.other-origin' } })
  expect(ORIGIN).not.toBe(headers.origin)
})

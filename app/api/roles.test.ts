import { expect, test } from 'vitest'
import type { Role } from '@/lib/api/contract'
import { SCOPES, type Scope } from '@/lib/api/scopes'
import { bearerFor, cookieFor, makePerson, type Person, signInAs } from '@/lib/auth/testing/callers'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { enqueueJob } from '@/lib/db/jobs'
import { SMALL } from '@/lib/db/testing/document'
import * as connection from './connections/[id]/route'
import * as testConnection from './connections/[id]/test/route'
import * as connections from './connections/route'
import * as jobAction from './jobs/[id]/[action]/route'
import * as jobLog from './jobs/[id]/log/route'
import * as job from './jobs/[id]/route'
import * as jobs from './jobs/route'
import * as status from './status/route'
import * as errands from './t/[t]/errands/route'
import * as startJobs from './t/[t]/jobs/route'
import * as restore from './t/[t]/restore/route'
import * as revisions from './t/[t]/revisions/route'
import * as head from './t/[t]/route'
import * as topologies from './topologies/route'

/** Two topologies, each with a job; the first one's host names connection `lab`, none `spare`. */
async function twoTopologies() {
  const at = await tempPanel()
  const { panel } = at
  const { db } = panel
  const admin = await signInAs(panel, { name: 'root', role: 'admin' })
  const other = SMALL.replace('name: Small lab', 'name: Attic').replaceAll(
    'connection: lab',
    'connection: elsewhere',
  )
  for (const text of [SMALL, other])
    await ask(topologies.POST, { method: 'POST', body: { from: 'text', text }, cookie: admin })
  for (const id of ['lab', 'elsewhere', 'spare']) {
    await db.connection.create({
      data: {
        ...{ id, name: id, kind: 'proxmox', url: 'https://127.0.0.1:1', tokenId: 'a@b!c' },
        ...{ dialerJson: '{"kind":"direct"}', helmPath: 'helm', createdAt: new Date(1) },
        stateJson: '{"state":"unknown","reason":"It was never tested.","since":null}',
      },
    })
  }
  const errand = { kind: 'refresh', title: 'Look', by: 'root' } as const
  const mine = await enqueueJob(db, { ...errand, topologyId: 'small-lab' }, 1000)
  const hidden = await enqueueJob(db, { ...errand, topologyId: 'attic' }, 2000)
  const test = { kind: 'test-connection', title: 'Test', by: 'root' } as const
  const hiddenTest = await enqueueJob(db, { ...test, connectionId: 'spare' }, 3000)
  const labTest = await enqueueJob(db, { ...test, connectionId: 'lab' }, 4000)
  return { ...at, admin, mine, hidden, hiddenTest, labTest }
}

const ids = ({ json }: { json: unknown }) => (json as { id: string }[]).map(({ id }) => id)
const withGrant = (role: Role): Person => ({
  ...{ name: `member-${role}`, role: 'member' },
  grants: { 'small-lab': role },
})

async function seenBy(caller: { cookie?: string; headers?: Record<string, string> }) {
  const list = async (handler: typeof jobs.GET) => ids(await ask(handler, caller))
  const answer = (await ask(status.GET, caller)).json as { topologies: { id: string }[] }
  return {
    topologies: await list(topologies.GET),
    jobs: await list(jobs.GET),
    connections: await list(connections.GET),
    status: answer.topologies.map(({ id }) => id),
  }
}

test('a member sees nothing, with a role on one topology that one and what belongs to it', async () => {
  const { panel, mine, labTest } = await twoTopologies()
  const nothing = await signInAs(panel, { name: 'nobody', role: 'member' })
  const none = { topologies: [], jobs: [], connections: [], status: [] }
  expect(await seenBy({ cookie: nothing })).toEqual(none)
  const cookie = await signInAs(panel, withGrant('viewer'))
  expect(await seenBy({ cookie })).toEqual({
    ...{ topologies: ['small-lab'], status: ['small-lab'] },
    ...{ jobs: [labTest, mine], connections: ['lab'] },
  })
})

test('where the panel keeps its backups is told to its admins; others hear that something is wrong', async () => {
  const { panel, admin } = await twoTopologies()
  const failure = {
    ...{ at: 1, code: 'backup.folder-away' },
    message: 'No backup can go to /mnt/attic-nas - it is not there - mount it.',
  }
  const json = JSON.stringify({ since: 1, last: null, failure })
  await panel.db.setting.create({ data: { key: 'backup.state', json } })
  const own = async (caller: Parameters<typeof seenBy>[0]) => {
    const { causes } = (await ask(status.GET, caller)).json as {
      causes: { sentence: string; action: unknown }[]
    }
    return causes.filter(({ sentence }) => sentence.includes('backup failed'))
  }
  expect(await own({ cookie: admin })).toMatchObject([
    { sentence: expect.stringContaining('/mnt/attic-nas'), action: { href: '/settings/panel' } },
  ])
  const short = 'The panel’s own backup failed. An admin of this panel sees more.'
  const cookie = await signInAs(panel, withGrant('admin'))
  expect(await own({ cookie })).toMatchObject([{ sentence: short, action: null }])
  const nobody = await signInAs(panel, { name: 'nobody', role: 'member' })
  expect(await own({ cookie: nobody })).toEqual([])
})

test('who may see everything can be kept out of one topology', async () => {
  const { panel, hidden } = await twoTopologies()
  const person = { name: 'half', role: 'operator', grants: { attic: 'member' } } as const
  const cookie = await signInAs(panel, person)
  const seen = await seenBy({ cookie })
  expect(seen.topologies).toEqual(['small-lab'])
  expect(seen.connections).toHaveLength(3)
  expect(seen.jobs).not.toContain(hidden)
})

test('what somebody may not see is answered exactly as what is not there', async () => {
  const { panel, hidden, hiddenTest } = await twoTopologies()
  const cookie = await signInAs(panel, withGrant('admin'))
  const asking = async (
    handler: typeof job.GET,
    params: Record<string, string>,
    method = 'GET',
  ) => {
    const { status, json } = await ask(handler, {
      ...{ cookie, params, method },
      ...(method === 'GET' ? {} : { body: {} }),
    })
    return { status, said: JSON.stringify(json).replaceAll(Object.values(params)[0] ?? '', 'ID') }
  }
  for (const there of [hidden, hiddenTest])
    for (const [handler, method] of [
      [job.GET, 'GET'],
      [jobLog.GET, 'GET'],
      [jobAction.POST, 'POST'],
    ] as const) {
      const of = (id: string) => asking(handler, { id, action: 'cancel' }, method)
      expect(await of(there)).toEqual(await of('0000000000000000'))
      expect((await of(there)).status).toBe(404)
    }
  for (const [handler, method] of [
    [head.GET, 'GET'],
    [errands.POST, 'POST'],
    [startJobs.POST, 'POST'],
  ] as const) {
    const of = (t: string) => asking(handler, { t }, method)
    expect(await of('attic')).toEqual(await of('nowhere'))
    expect((await of('attic')).status).toBe(404)
  }
  for (const [handler, method] of [
    [connection.GET, 'GET'],
    [testConnection.POST, 'POST'],
  ] as const) {
    const of = (id: string) => asking(handler, { id }, method)
    expect(await of('elsewhere')).toEqual(await of('nowhere'))
    expect((await of('elsewhere')).status).toBe(404)
  }
})

test('each role on a topology may there what it may everywhere, and nothing elsewhere', async () => {
  const { panel, labTest } = await twoTopologies()
  const look = (cookie: string) =>
    ask(errands.POST, {
      method: 'POST',
      body: { kind: 'refresh' },
      cookie,
      params: { t: 'small-lab' },
    })
  const viewer = await signInAs(panel, withGrant('viewer'))
  const operator = await signInAs(panel, withGrant('operator'))
  expect((await look(viewer)).status).toBe(403)
  expect((await look(operator)).status).toBe(202)
  const testing = { method: 'POST', body: {}, params: { id: 'lab' } }
  expect((await ask(testConnection.POST, { ...testing, cookie: viewer })).status).toBe(403)
  expect((await ask(testConnection.POST, { ...testing, cookie: operator })).status).toBe(202)
  const cancel = { method: 'POST', body: {}, params: { id: labTest, action: 'cancel' } }
  expect((await ask(jobAction.POST, { ...cancel, cookie: viewer })).status).toBe(403)
  expect((await ask(jobAction.POST, { ...cancel, cookie: operator })).status).toBe(200)
  const destroy = { goal: { kind: 'destroy', disks: [] }, revision: 1, planHash: 'x' }
  const start = async (role: Role) => {
    const cookie = role === 'operator' ? operator : await signInAs(panel, withGrant(role))
    return ask(startJobs.POST, {
      method: 'POST',
      body: destroy,
      cookie,
      params: { t: 'small-lab' },
    })
  }
  expect((await start('operator')).json.code).toBe('access.denied')
  expect((await start('editor')).json.code).toBe('access.denied')
  expect((await start('admin')).json.code).toBe('plan.refused')
})

test('a token for one topology shows its owner’s that one, and nothing of the whole panel', async () => {
  const { panel, mine, labTest, admin } = await twoTopologies()
  const owner = await makePerson(panel, { name: 'owner', role: 'admin' })
  const scopes = Object.keys(SCOPES) as Scope[]
  const headers = await bearerFor(panel, owner, { scopes, topologies: ['small-lab'] })
  expect(await seenBy({ headers })).toEqual({
    ...{ topologies: ['small-lab'], status: ['small-lab'] },
    ...{ jobs: [labTest, mine], connections: ['lab'] },
  })
  expect((await ask(head.GET, { headers, params: { t: 'attic' } })).status).toBe(404)
  const create = { method: 'POST', body: { from: 'blueprint' }, headers }
  expect((await ask(topologies.POST, create)).json.code).toBe('token.topology')
  expect(ids(await ask(topologies.GET, { cookie: admin }))).toHaveLength(2)
})

test('a token may no more than its owner may at this moment', async () => {
  const { panel } = await twoTopologies()
  const owner = await makePerson(panel, { name: 'owner', role: 'editor' })
  const headers = await bearerFor(panel, owner, { scopes: ['jobs:run', 'topologies:read'] })
  const look = () =>
    ask(errands.POST, {
      ...{ method: 'POST', body: { kind: 'refresh' }, params: { t: 'small-lab' } },
      headers: { ...headers, origin: '' },
    })
  expect((await look()).status).toBe(202)
  await panel.db.user.update({ where: { id: owner }, data: { role: 'viewer' } })
  expect((await look()).json.code).toBe('access.denied')
  await panel.db.user.update({ where: { id: owner }, data: { disabled: true } })
  expect(await look()).toMatchObject({ status: 401, json: { code: 'token.invalid' } })
})

test('what loses data is not asked for by a token, nor by a phone', async () => {
  const { panel } = await twoTopologies()
  const owner = await makePerson(panel, { name: 'owner', role: 'admin' })
  const job = await enqueueJob(
    panel.db,
    { kind: 'destroy', title: 'Destroy', by: 'root', topologyId: 'small-lab' },
    9000,
  )
  const plan = JSON.stringify({ level: 3, hash: 'h', goal: { kind: 'destroy', disks: [] } })
  await panel.db.job.update({ where: { id: job }, data: { planJson: plan, status: 'failed' } })
  const retry = { method: 'POST', body: {}, params: { id: job, action: 'retry' } }
  const headers = await bearerFor(panel, owner, { scopes: ['jobs:run'] })
  expect((await ask(jobAction.POST, { ...retry, headers })).json.code).toBe('token.not-by-token')
  const cookie = await cookieFor(panel, owner, { kind: 'phone', confirmed: true })
  expect((await ask(jobAction.POST, { ...retry, cookie })).json.code).toBe('confirm.at-a-desk')
})

test('an editor of one topology lets nobody in to a connection that is not theirs by naming it', async () => {
  const { panel, admin } = await twoTopologies()
  const cookie = await signInAs(panel, withGrant('editor'))
  const at = { params: { t: 'small-lab' } }
  const text = async () => (await ask(head.GET, { ...at, cookie: admin })).json.text as string
  const save = async (by: string, connection: string, parent: number) => {
    const changed = (await text()).replace(/connection: \w+/, `connection: ${connection}`)
    const body = { text: changed, parent, message: '' }
    return ask(revisions.POST, { ...at, method: 'POST', cookie: by, body })
  }
  const seen = async () =>
    (await ask(connection.GET, { cookie, params: { id: 'elsewhere' } })).status
  // What is there and what is not are refused alike.
  for (const foreign of ['elsewhere', 'spare', 'nowhere']) {
    const refused = await save(cookie, foreign, 1)
    expect([refused.status, refused.json.code]).toEqual([403, 'connection.not-yours'])
  }
  expect(await seen()).toBe(404)
  const message = (await text()).replace('name: Small lab', 'name: Renamed')
  const own = { text: message, parent: 1, message: '' }
  expect((await ask(revisions.POST, { ...at, method: 'POST', cookie, body: own })).status).toBe(201)
  // A token of an admin that was made for this topology is no more than an editor of it.
  const { id } = await panel.db.user.findUniqueOrThrow({ where: { username: 'root' } })
  const scopes = { scopes: ['topologies:write'], topologies: ['small-lab'] } as const
  const headers = await bearerFor(panel, id, { ...scopes, topologies: ['small-lab'] })
  const byToken = { text: (await text()).replace('connection: lab', 'connection: elsewhere') }
  const tried = { ...at, method: 'POST', headers, body: { ...byToken, parent: 2, message: '' } }
  expect((await ask(revisions.POST, tried)).json.code).toBe('connection.not-yours')
  // Nor does an older revision bring one back.
  expect((await save(admin, 'elsewhere', 2)).status).toBe(201)
  expect((await save(admin, 'lab', 3)).status).toBe(201)
  const back = { ...at, method: 'POST', cookie, body: { revision: 3, parent: 4 } }
  expect((await ask(restore.POST, back)).json.code).toBe('connection.not-yours')
})

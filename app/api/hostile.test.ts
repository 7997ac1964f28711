import { expect, test } from 'vitest'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { SMALL } from '@/lib/db/testing/document'
import * as layout from './t/[t]/layout/route'
import * as plan from './t/[t]/plan/route'
import * as revision from './t/[t]/revisions/[n]/route'
import * as topologies from './topologies/route'

const t = { t: 'small-lab' }

async function withSmall() {
  const at = await tempPanel()
  const cookie = await at.signedIn('admin')
  const body = { from: 'text', text: SMALL }
  await ask(topologies.POST, { method: 'POST', body, cookie })
  return { ...at, cookie }
}

test('no lens or item reaches into the objects that the panel itself is made of', async () => {
  const { cookie } = await withSmall()
  const put = (body: unknown) => ask(layout.PUT, { method: 'PUT', body, cookie, params: t })
  const place = { x: 1, y: 2 }
  for (const lens of ['constructor', 'valueOf', 'elsewhere'])
    expect((await put({ [lens]: { keys: place } })).status).toBe(400)
  const kept = await put({ network: { constructor: place, toString: place } })
  expect(kept.json).toEqual({ network: { constructor: place, toString: place } })
  expect(Object.keys).toBeInstanceOf(Function)
})

test('a name that every object has is no VM, and a number past the database’s no revision', async () => {
  const { cookie } = await withSmall()
  const goal = encodeURIComponent(JSON.stringify({ kind: 'start', vm: 'constructor' }))
  const planned = await ask(plan.GET, { cookie, params: t, path: `/api/plan?goal=${goal}` })
  expect(planned.status).toBe(400)
  for (const n of ['2147483648', '9007199254740991', '1e3.5'])
    expect((await ask(revision.GET, { cookie, params: { ...t, n } })).status).toBe(400)
})

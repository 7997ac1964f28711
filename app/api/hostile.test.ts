import { expect, test } from 'vitest'
import type { PlanAnswer } from '@/lib/api/contract'
import { cookieHeader } from '@/lib/auth/session'
import { ask, PASSWORD, tempPanel } from '@/lib/auth/testing/temp-panel'
import { askApproval, claimNext } from '@/lib/db/job-claims'
import { putObserved } from '@/lib/db/observations'
import { SMALL } from '@/lib/db/testing/document'
import { getHead } from '@/lib/db/topologies'
import { CONTEXT, deployed } from '@/lib/plan/testing/small-lab'
import * as jobAction from './jobs/[id]/[action]/route'
import * as jobs from './jobs/route'
import * as confirm from './me/confirm/route'
import * as startJobs from './t/[t]/jobs/route'
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

/** The small lab as it looks when it is deployed, and the plan that destroys it. */
async function withDestroyPlan() {
  const at = await withSmall()
  const { panel, cookie } = at
  const { document } = await getHead(panel.db, 'small-lab')
  const context = { ...CONTEXT, topologyId: 'small-lab', panelId: panel.id }
  await putObserved(panel.db, 'small-lab', deployed(document, context))
  const goal = { kind: 'destroy', disks: [] }
  const path = `/api?goal=${encodeURIComponent(JSON.stringify(goal))}`
  const { json } = await ask(plan.GET, { cookie, params: t, path })
  const { result } = json as unknown as PlanAnswer
  if (!result.ok) throw new Error(JSON.stringify(result.refusals))
  const body = { goal, revision: 1, planHash: result.plan.hash, typedName: 'Small lab' }
  const start = (more: Record<string, unknown> = {}, headers = {}) =>
    ask(startJobs.POST, { method: 'POST', body: { ...body, ...more }, cookie, headers, params: t })
  return { ...at, plan: result.plan, start }
}
const PHONES = [
  { 'sec-ch-ua-mobile': '?1' },
  { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148 Safari' },
]
const refusal = (status: number, code: string) => ({ status, json: { code } })
const LATER_MS = 31 * 60_000

test('what loses data takes its name, a desk and a fresh sign-in, whoever asks the API', async () => {
  const { panel, start, cookie } = await withDestroyPlan()
  for (const typedName of ['small lab', 'Small lab ', ''])
    expect(await start({ typedName })).toMatchObject(refusal(422, 'confirm.name-differs'))
  for (const headers of PHONES)
    expect(await start({}, headers)).toMatchObject(refusal(403, 'confirm.at-a-desk'))

  const now = panel.now()
  panel.now = () => now + LATER_MS
  const again = refusal(403, 'confirm.sign-in-again')
  expect(await start()).toMatchObject(again)
  expect((await ask(jobs.GET, { cookie })).json).toEqual([])
  // A password along with it stands in for no proof: it would be one factor where the account has two.
  expect((await start({ password: PASSWORD })).status).toBe(400)
  const proved = await ask(confirm.POST, { method: 'POST', body: { password: PASSWORD }, cookie })
  const fresh = cookieHeader(proved.headers.getSetCookie())
  expect((await start({}, { cookie: fresh })).status).toBe(201)
})

test('another plan of a waiting job is approved as it was the first time, and only as it was seen', async () => {
  const { panel, plan, start, cookie } = await withDestroyPlan()
  const { jobId: id } = (await start()).json as { jobId: string }
  const claim = await claimNext(panel.db, { worker: 'w', leaseMs: 60_000, now: panel.now() })
  const lease = { jobId: id, worker: 'w', epoch: claim?.epoch ?? 0 }
  const other = { ...plan, hash: 'other' }
  await askApproval(panel.db, lease, { plan: other, reason: 'more is there', now: panel.now() })

  const act = (body: Record<string, unknown>, headers = {}) =>
    ask(jobAction.POST, {
      method: 'POST',
      body,
      cookie,
      headers,
      params: { id, action: 'approve' },
    })
  const typedName = 'Small lab'
  expect(await act({ planHash: 'other' })).toMatchObject(refusal(422, 'confirm.name-differs'))
  expect(await act({ planHash: plan.hash, typedName })).toMatchObject(refusal(409, 'plan.stale'))
  expect(await act({ typedName })).toMatchObject(refusal(409, 'plan.stale'))
  for (const headers of PHONES)
    expect(await act({ planHash: 'other', typedName }, headers)).toMatchObject(
      refusal(403, 'confirm.at-a-desk'),
    )
  expect(await act({ planHash: 'other', typedName })).toMatchObject({ json: { status: 'queued' } })
})

test('nothing is skipped without a reason', async () => {
  const { start, cookie } = await withDestroyPlan()
  const { jobId: id } = (await start()).json as { jobId: string }
  const params = { id, action: 'skip' }
  for (const body of [{}, { reason: '  ' }])
    expect(await ask(jobAction.POST, { method: 'POST', body, cookie, params })).toMatchObject(
      refusal(422, 'job.no-reason'),
    )
})

import { expect, test } from 'vitest'
import { tempPanel } from '@/lib/auth/testing/temp-panel'
import { createTopology } from '@/lib/db/topologies'
import { atTheBox } from '@/lib/db/who'
import { GET } from './route'

const ask = (headers: Record<string, string>) =>
  GET(new Request('http://127.0.0.1:4880/status', { headers }))
const signedIn = async () => ({ cookie: await (await tempPanel()).signedIn('viewer') })

test('it answers the whole page in one piece', async () => {
  const answer = await ask(await signedIn())
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.text()).toContain('There is nothing to watch yet.')
})

test('who asks again hears that nothing changed', async () => {
  const cookie = await signedIn()
  const etag = (await ask(cookie)).headers.get('etag') ?? ''
  expect((await ask({ ...cookie, 'if-none-match': etag })).status).toBe(304)
  expect((await ask({ ...cookie, 'if-none-match': 'W/"other"' })).status).toBe(200)
})

test('it is not shown to nobody, whatever let them get so far', async () => {
  await tempPanel()
  expect((await ask({})).status).toBe(401)
})

test('a topology that is out of step with Git is told to who may see it, with the way there', async () => {
  const at = await tempPanel()
  const { db, now } = at.panel
  const cookie = await at.signedIn('viewer')
  const made = {
    text: 'drawbridge: 1\nname: Rack\n',
    actor: atTheBox('test'),
    message: 'first',
    now: now(),
  }
  const { id: topologyId } = await createTopology(db, made)
  const state = { kind: 'history-rewritten', commit: 'c'.repeat(40) }
  await db.gitLink.create({
    data: {
      ...{ topologyId, url: 'https://git.lan/a', branch: 'main', path: 'a.yaml', auth: 'token' },
      ...{ username: 'p', commitOn: 'message', intervalS: 300, autoApply: false },
      ...{ stateJson: JSON.stringify(state), dueAt: new Date(now()), createdAt: new Date(now()) },
    },
  })
  const page = await (await ask({ cookie })).text()
  expect(page).toContain('The history of main was rewritten')
  expect(page).toContain(`/t/${topologyId}/plan/history?tab=git`)
  const stranger = await (await ask({ cookie: await at.signedIn('member') })).text()
  expect(stranger).not.toContain('was rewritten')
})

test('its policy names the very style and script that it carries, and nothing inline beside', async () => {
  const answer = await ask(await signedIn())
  const text = await answer.text()
  const policy = answer.headers.get('content-security-policy') ?? ''
  const hash = async (part: string) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(part))).toString(
      'base64',
    )
  const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? ''
  const script = /<script>(.*?)<\/script>/s.exec(text)?.[1] ?? ''
  expect(policy).toContain(`'sha256-${await hash(style)}'`)
  expect(policy).toContain(`'sha256-${await hash(script)}'`)
  expect(policy).not.toContain('unsafe')
  expect(text).not.toMatch(/ style="| on\w+="/)
})

import { expect, test } from 'vitest'
import { tempPanel } from '@/lib/auth/testing/temp-panel'
import { GET } from './route'

const ask = (headers: Record<string, string> = {}) =>
  GET(new Request('http://127.0.0.1:4880/status', { headers }))

test('it answers the whole page in one piece', async () => {
  await tempPanel()
  const answer = await ask()
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.text()).toContain('There is nothing to watch yet.')
})

test('who asks again hears that nothing changed', async () => {
  await tempPanel()
  const etag = (await ask()).headers.get('etag') ?? ''
  expect((await ask({ 'if-none-match': etag })).status).toBe(304)
  expect((await ask({ 'if-none-match': 'W/"other"' })).status).toBe(200)
})

test('its policy names the very style and script that it carries, and nothing inline beside', async () => {
  await tempPanel()
  const answer = await ask()
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

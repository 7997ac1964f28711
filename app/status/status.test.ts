import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tempPanel } from '@/lib/auth/testing/temp-panel'
import { GET } from './route'

const ask = (headers: Record<string, string> = {}) =>
  GET(new Request('http://127.0.0.1:4880/status', { headers }))

test('it answers the whole page, compressed for who can read that', async () => {
  await tempPanel()
  const plain = await ask()
  expect(plain.headers.get('content-encoding')).toBeNull()
  const text = await plain.text()
  expect(text).toContain('There is nothing to watch yet.')
  const packed = await ask({ 'accept-encoding': 'gzip, deflate, br' })
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  const bytes = Buffer.from(await packed.arrayBuffer())
  expect(gunzipSync(bytes).toString()).toContain('There is nothing to watch yet.')
  expect(bytes.length).toBeLessThan(6000)
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

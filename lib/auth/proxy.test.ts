import { NextRequest } from 'next/server'
import { expect, test } from 'vitest'
import { tempPanel } from '@/lib/auth/testing/temp-panel'
import { config, proxy } from '@/proxy'

const ask = (path: string, cookie = '') =>
  proxy(new NextRequest(`http://127.0.0.1:4880${path}`, { headers: { cookie } }))
const shown = (response: Response) => response.headers.get('x-middleware-next') === '1'

test.each(['/', '/jobs', '/t/dark-knight/vms/web.svg', '/status', '/sign-in/more', '/settings'])(
  '%s is not shown to nobody, nor to a forged cookie',
  async (path) => {
    await tempPanel()
    for (const cookie of ['', 'drawbridge.session_token=forged.AAAA']) {
      const response = await ask(path, cookie)
      expect(response.status).toBe(307)
      const to = new URL(response.headers.get('location') ?? '')
      expect(to.pathname).toBe('/sign-in')
      expect(to.searchParams.get('next')).toBe(path === '/' ? null : path)
    }
  },
)

test.each(['/sign-in', '/setup', '/setup?token=x', '/icon.svg'])(
  '%s is shown to everybody',
  async (path) => {
    await tempPanel()
    expect(shown(await ask(path))).toBe(true)
  },
)

test('a person who is signed in sees every page', async () => {
  const { signedIn } = await tempPanel()
  expect(shown(await ask('/jobs', await signedIn('viewer')))).toBe(true)
})

test('only endpoints and the build’s own files are let past unseen', () => {
  const [matcher = ''] = config.matcher
  const guarded = new RegExp(`^${matcher}$`)
  for (const path of ['/', '/jobs', '/status', '/apis', '/t/a/design.js'])
    expect(guarded.test(path), path).toBe(true)
  for (const path of ['/api/jobs', '/_next/static/x.js']) expect(guarded.test(path)).toBe(false)
})

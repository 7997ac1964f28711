import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { test as plain, expect as plainExpect } from '@playwright/test'
import { io } from 'socket.io-client'
import { api, pages } from '@/lib/api/paths'
import { ACCOUNT, expect, test } from './support/fixtures'
import { startPanel } from './support/panel'

// A panel for the network that is reached over loopback alone: nothing leaves this machine.
const LAN = { LAN: 'on', HOST: '127.0.0.1', LAB: 'off' }

test.use({
  // The browser has not installed the authority; that it holds is tried with Node's own client.
  ignoreHTTPSErrors: true,
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
  panel: async ({}, use, testInfo) => {
    const panel = await startPanel({ env: LAN })
    await use(panel)
    await testInfo.attach('panel', { body: panel.output(), contentType: 'text/plain' })
    await panel.remove()
  },
})

test('with --lan the first start is HTTPS: sign-in, secure cookie, live pages, and no warning', async ({
  page,
  panel,
  context,
}) => {
  expect(panel.url).toMatch(/^https:/)
  expect(panel.output()).toMatch(/its authority: SHA-256 ([0-9A-F]{2}:){31}/)
  await page.goto(panel.setupLink ?? '')
  await page.getByLabel('Name').fill(ACCOUNT.name)
  await page.getByRole('textbox', { name: 'Password' }).fill(ACCOUNT.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/welcome$/)
  const [session] = (await context.cookies()).filter(({ name }) => /session/.test(name))
  expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax' })
  await page.goto(pages.jobs())
  await expect(page.getByRole('status').filter({ hasText: 'live' })).toBeVisible()
  expect(await page.evaluate(() => window.isSecureContext)).toBe(true)
  await expect(page.getByText('Not encrypted')).toHaveCount(0)
})

test('the trust page says how, without script and sign-in, over plain HTTP too @phone', async ({
  browser,
  panel,
  makeAxeBuilder,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, ignoreHTTPSErrors: true })
  const page = await context.newPage()
  const fingerprint = /SHA-256 ([0-9A-F:]{95})/.exec(panel.output())?.[1] ?? 'none'
  await page.goto(`${panel.url.replace('https:', 'http:')}/trust`)
  await expect(page.getByRole('heading', { name: 'Trust this panel' })).toBeVisible()
  await expect(page.getByText(fingerprint)).toBeVisible()
  await page.getByText('iPhone and iPad').click()
  await expect(page.getByRole('link', { name: 'Download the profile' })).toBeVisible()
  await expect(page.getByRole('img', { name: /^QR code of https:/ })).toBeVisible()
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(sideways).toBeLessThanOrEqual(0)
  await context.close()
  const scripted = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage()
  await scripted.goto(`${panel.url}/trust`)
  for (const system of await scripted.locator('details').all())
    await system.evaluate((details: HTMLDetailsElement) => details.setAttribute('open', ''))
  expect((await makeAxeBuilder(scripted).analyze()).violations).toEqual([])
  await scripted.context().close()
})

test('a client that trusts the authority needs no exception, over pages and sockets', async ({
  panel,
}) => {
  const ca = readFileSync(path.join(panel.dataDir, 'tls', 'ca.crt'), 'utf8')
  const script = `
    const { get } = require('node:https')
    get('${panel.url}/healthz', (answer) => { process.stdout.write(String(answer.statusCode)); answer.resume() })
  `
  const file = path.join(panel.dataDir, 'tls', 'ca.crt')
  const seen = await run(process.execPath, ['-e', script], { NODE_EXTRA_CA_CERTS: file })
  expect(seen.out).toBe('200')
  const stranger = await run(process.execPath, ['-e', script], {})
  expect(stranger.err).toMatch(/self-signed|SELF_SIGNED|unable to verify/i)
  const socket = io(panel.url, { ca, transports: ['websocket'], reconnection: false } as object)
  const refusal = await new Promise<string>((resolve) =>
    socket.once('connect_error', ({ message }) => resolve(message)),
  )
  socket.close()
  expect(refusal, 'TLS held; only the session is missing').toBe('unauthorized')
})

test('what a form sends as plain HTTP is refused, and a page that looks is led to HTTPS', async ({
  panel,
}) => {
  const { port } = new URL(panel.url)
  const ask = (method: string, at: string) =>
    new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port, method, path: at }, (answer) => {
        answer.resume()
        resolve(answer)
      })
      request.once('error', reject)
      request.end()
    })
  expect((await ask('POST', api.signIn())).statusCode).toBe(400)
  const led = await ask('GET', '/jobs')
  expect(led.statusCode).toBe(308)
  expect(led.headers.location).toBe(`https://127.0.0.1:${port}/jobs`)
})

test('a second start has the same authority', async ({ panel }) => {
  const fingerprint = (text: string) => /SHA-256 ([0-9A-F:]{95})/.exec(text)?.[1]
  await panel.stop()
  const again = await startPanel({ dataDir: panel.dataDir, env: LAN })
  expect(fingerprint(again.output())).toBe(fingerprint(panel.output()))
  await again.stop()
})

plain('plain HTTP for the network is refused in one line with the ways out', async () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-e2e-'))
  const entry = path.resolve('dist', 'panel.mjs')
  const env = { HOST: '0.0.0.0', PORT: '0', LAB: 'off', DRAWBRIDGE_DATA: dataDir }
  const { code, err } = await run(process.execPath, [entry], env)
  rmSync(dataDir, { recursive: true, force: true })
  plainExpect(code).toBe(1)
  plainExpect(err).toMatch(/--lan.*TLS_CERT.*TRUST_PROXY.*--insecure-http/)
})

function run(program: string, args: string[], env: Record<string, string>) {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (piece) => {
    out += piece
  })
  child.stderr.on('data', (piece) => {
    err += piece
  })
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, err })),
  )
}

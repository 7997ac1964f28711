import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'

const T = 'dark-knight'

/** Every page of the sitemap, and one that is not. */
const PAGES: readonly string[] = [
  pages.overview(),
  pages.design(T),
  `${pages.design(T)}?text=1`,
  `${pages.design(T)}?view=table`,
  pages.plan(T),
  pages.plan(T, { kind: 'destroy', disks: [] }),
  pages.history(T),
  pages.jobs(),
  pages.machines(T),
  pages.vm(T, 'k8s-worker-2'),
  pages.host(T, 'pve1'),
  pages.cluster(T),
  pages.addOns(T),
  pages.status(),
  pages.connections(),
  pages.welcome(),
  '/settings',
  pages.account(),
  pages.people(),
  pages.tokens(),
  pages.secrets(),
  pages.panel(),
  pages.audit(),
  '/no/such/page',
]

/** What the browser refused to load or run on any page from now on. */
async function watchPolicy(page: Page): Promise<string[]> {
  const refused: string[] = []
  await page.exposeFunction('noteRefused', (line: string) => refused.push(line))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const note = (window as unknown as { noteRefused(line: string): void }).noteRefused
      note(
        `${location.pathname}: ${event.effectiveDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}:${event.lineNumber}`,
      )
    })
  })
  return refused
}

async function makeBlueprint(page: Page, url: string): Promise<void> {
  const answer = await page.request.post(`${url}${api.topologies()}`, {
    data: { from: 'blueprint' },
    headers: { origin: url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
}

test('no page asks for anything that its policy refuses', async ({
  signedIn,
  panel,
  browser,
  consoleErrors,
}) => {
  test.setTimeout(240_000)
  await makeBlueprint(signedIn, panel.url)
  const refused = await watchPolicy(signedIn)
  for (const path of PAGES) {
    await signedIn.goto(path)
    await expect(signedIn.locator('h1').first()).toBeVisible()
    await expect(signedIn.getByRole('status', { name: 'Loading' })).toHaveCount(0)
  }
  const stranger = await (await browser.newContext({ baseURL: panel.url })).newPage()
  const alsoRefused = await watchPolicy(stranger)
  await stranger.goto(pages.signIn())
  await expect(stranger.locator('h1')).toBeVisible()
  await stranger.context().close()
  expect([...refused, ...alsoRefused]).toEqual([])
  // The page that is not there says so with its status.
  consoleErrors.splice(
    0,
    consoleErrors.length,
    ...consoleErrors.filter((line) => !/ 404 /.test(line)),
  )
})

test('dialogs, menus, toasts and the text editor keep to the policy, and look as they should', async ({
  signedIn,
  panel,
}) => {
  await makeBlueprint(signedIn, panel.url)
  const refused = await watchPolicy(signedIn)
  await signedIn.goto(`${pages.design(T)}?text=1`)
  await expect(signedIn.locator('.cm-editor')).toBeVisible()
  // Styled by CodeMirror's own <style>: without it the gutter is not beside the text.
  await expect(signedIn.locator('.cm-scroller')).toHaveCSS('display', 'flex')
  await signedIn.keyboard.press('Control+k')
  await expect(signedIn.getByRole('combobox', { name: 'Find anything' })).toBeFocused()
  await signedIn.keyboard.press('Escape')
  await signedIn.getByRole('button', { name: /Signed in as/ }).click()
  await signedIn.getByRole('menuitem', { name: 'Light theme' }).click()
  expect(refused).toEqual([])
})

test('what is injected into a page does not run, nor does text become code', async ({
  signedIn,
  consoleErrors,
}) => {
  const refused = await watchPolicy(signedIn)
  // As if the server had been made to write it: the very headers, with the attacker's text in it.
  await signedIn.route(`**${pages.jobs()}`, async (route) => {
    const response = await route.fetch()
    const nonce = /'nonce-([^']+)'/.exec(response.headers()['content-security-policy'] ?? '')?.[1]
    const injected = `<script>window.ran = 'script'</script>
      <script nonce="guessed">window.ran = 'guess'</script>
      <script src="data:text/javascript,window.ran='data'"></script>
      <img src="data:," onerror="window.ran = 'handler'">
      <a id="link" href="javascript:window.ran='link'">x</a>
      <base href="https://evil.example/"><object data="data:text/html,x"></object>
      <script nonce="${nonce}">
        window.trusted = true
        try { Function('window.ran = "text"')() } catch (error) { window.failed = error.name }
      </script>`
    await route.fulfill({
      response,
      body: `<!doctype html><title>x</title><body>${injected}<h1>x</h1></body>`,
    })
  })
  await signedIn.goto(pages.jobs())
  await expect(signedIn.locator('h1')).toBeVisible()
  await signedIn.locator('#link').evaluate((link: HTMLElement) => link.click())
  await expect
    .poll(() => refused.filter((line) => /javascript|inline/.test(line)).length)
    .toBeGreaterThan(3)
  const seen = await signedIn.evaluate(() => {
    const { ran, trusted, failed } = window as unknown as Record<string, unknown>
    return { ran, trusted, failed, base: document.baseURI }
  })
  expect(seen).toEqual({
    ran: undefined,
    trusted: true,
    failed: 'EvalError',
    base: signedIn.url(),
  })
  consoleErrors.length = 0
})

test('a panel on its own machine shows no warning', async ({ signedIn }) => {
  await signedIn.goto(pages.jobs())
  await expect(signedIn.locator('h1')).toBeVisible()
  await expect(signedIn.getByText('Not encrypted')).toHaveCount(0)
})

import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'
import type { TestPanel } from './support/panel'

async function addBlueprint(page: Page, panel: TestPanel): Promise<void> {
  const answer = await page.request.post(`${panel.url}${api.topologies()}`, {
    data: { from: 'blueprint' },
    headers: { origin: panel.url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
}

/** The shapes that the page shows now, the answer's first. */
const shapes = (page: Page) =>
  page
    .locator('main .mark use:visible')
    .evaluateAll((uses) => uses.map((use) => use.getAttribute('href')))

const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

test('without script it is complete, for who is signed in @phone', async ({
  signedIn,
  panel,
  browser,
}) => {
  await addBlueprint(signedIn, panel)
  const storageState = await signedIn.context().storageState()
  const context = await browser.newContext({
    ...{ storageState, javaScriptEnabled: false, baseURL: panel.url },
    viewport: signedIn.viewportSize(),
  })
  const page = await context.newPage()
  await page.goto(pages.status())
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing is deployed yet.')
  await expect(page.getByRole('link', { name: 'Plan Dark Knight' })).toBeVisible()
  await expect(page.getByText('LAB, a simulated homelab')).toBeVisible()
  await expect(page.getByText(/^as of \d{4}-\d\d-\d\d \d\d:\d\d UTC$/)).toBeVisible()
  await context.close()

  const stranger = await browser.newContext({ baseURL: panel.url })
  const door = await stranger.newPage()
  await door.goto(pages.status())
  await expect(door).toHaveURL(`${panel.url}${pages.signIn()}?next=%2Fstatus`)
  await stranger.close()
})

test('it follows by itself, is accessible and fits @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  await page.goto(pages.status())
  await expect(page.getByText('live', { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing to watch yet.')
  await page.evaluate(() => Object.assign(window, { notReloaded: true }))

  await addBlueprint(page, panel)
  await page.request.post(`${panel.url}${api.errands('dark-knight')}`, {
    data: { kind: 'refresh' },
    headers: { origin: panel.url },
  })
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing is deployed yet.')
  await expect(page.getByText(/^Looked at (just now|\d+ s ago)\.$/)).toBeVisible()
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  expect(await wide(page)).toBeLessThanOrEqual(0)

  const small = await page
    .locator('a:visible, summary:visible')
    .evaluateAll((targets) =>
      targets
        .filter((each) => each.getBoundingClientRect().height < 48)
        .map((each) => each.outerHTML),
    )
  expect(small.filter((each) => !each.includes('class="skip"'))).toEqual([])
})

test('what is not kept current is not green, and says how old it is', async ({
  signedIn: page,
  panel,
  consoleErrors,
}) => {
  await addBlueprint(page, panel)
  await page.clock.install()
  await page.goto(pages.status())
  await expect(page.getByText('live', { exact: true })).toBeVisible()
  expect((await shapes(page))[0]).toBe('#m-hold')

  await page.context().setOffline(true)
  await expect(page.getByText('This device is offline.')).toBeVisible()
  expect(new Set(await shapes(page))).toEqual(new Set(['#m-unknown']))
  await page.context().setOffline(false)
  await expect(page.getByText('This device is offline.')).toBeHidden()
  await expect(page.getByText('live', { exact: true })).toBeVisible()

  await panel.kill()
  await expect(page.getByText(/^reconnecting, as of /)).toBeVisible()
  await page.clock.fastForward(60_000)
  await expect(page.getByText('The panel does not answer from here.')).toBeVisible()
  expect(new Set(await shapes(page))).toEqual(new Set(['#m-unknown']))
  // The browser reports each question that was not answered.
  consoleErrors.length = 0
})

test('opened while the panel is away it shows the last answer with its age', async ({
  signedIn: page,
  panel,
  consoleErrors,
}) => {
  await addBlueprint(page, panel)
  await page.goto(pages.status())
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  // From here on the worker answers, and keeps what it answered.
  await page.reload()
  await expect(page.getByText('live', { exact: true })).toBeVisible()

  await panel.kill()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing is deployed yet.')
  await expect(page.getByText(/^reconnecting, as of /)).toBeVisible()
  consoleErrors.length = 0
})

test('signed out elsewhere it says so, and green is gone', async ({
  signedIn: page,
  panel,
  consoleErrors,
}) => {
  await addBlueprint(page, panel)
  await page.goto(pages.status())
  await expect(page.getByText('live', { exact: true })).toBeVisible()
  await page.request.post(`${panel.url}${api.signOut()}`, { headers: { origin: panel.url } })
  await expect(page.getByText('signed out', { exact: true })).toBeVisible()
  expect(new Set(await shapes(page))).toEqual(new Set(['#m-unknown']))
  await page.getByRole('link', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fstatus$/)
  consoleErrors.length = 0
})

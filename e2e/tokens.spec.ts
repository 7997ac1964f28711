import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { Invited } from '@/lib/api/contract-people'
import { api, pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'
import type { TestPanel } from './support/panel'

const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

async function blueprint(page: Page, panel: TestPanel): Promise<void> {
  const answer = await page.request.post(`${panel.url}${api.topologies()}`, {
    data: { from: 'blueprint' },
    headers: { origin: panel.url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
}

test('a token is made, shown once, lets a program in and is revoked @phone', async ({
  signedIn: page,
  panel,
  request,
  makeAxeBuilder,
}) => {
  await blueprint(page, panel)
  await page.goto(pages.tokens())
  await expect(page.getByText('Here will be the keys of your programs')).toBeVisible()
  await page.getByRole('button', { name: 'Make a token' }).click()
  const form = page.getByRole('region', { name: 'Make a token' })
  await form.getByRole('button', { name: 'Make the token' }).click()
  await expect(form.getByText('Give it a name that says what uses it.')).toBeVisible()
  await expect(form.getByText('Choose at least one thing that it may do.')).toBeVisible()
  await form.getByLabel('Name', { exact: true }).fill('grafana')
  await form.getByLabel('Read documents, plans and what was observed').click()
  await form.getByLabel('It lasts').selectOption('until it is revoked')
  await expect(form.getByRole('alert')).toContainText('A token without an end')
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  expect(await wide(page)).toBeLessThanOrEqual(0)
  await form.getByLabel('It lasts').selectOption('30 days')
  await form.getByRole('button', { name: 'Make the token' }).click()

  const made = page.getByRole('region', { name: 'The new token' })
  await expect(made.getByRole('heading')).toBeFocused()
  const token = (await made.getByText(/^dbt_/).innerText()).trim()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  expect(await wide(page)).toBeLessThanOrEqual(0)
  const ask = (path: string) =>
    request.get(`${panel.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  expect((await ask(api.topologies())).status()).toBe(200)
  expect((await ask(api.jobs())).status()).toBe(403)
  await made.getByRole('button', { name: 'I have kept it' }).click()
  await expect(page.getByText(token)).toHaveCount(0)

  const row = page.getByRole('table', { name: 'My tokens' }).getByRole('row', { name: /grafana/ })
  await expect(row).toContainText('ends in 30 days')
  await row.getByRole('button', { name: 'Revoke grafana' }).click()
  await row.getByRole('button', { name: 'Revoke grafana' }).click()
  await expect(page.getByText('Here will be the keys of your programs')).toBeVisible()
  expect((await ask(api.topologies())).status()).toBe(401)
  // What the panel printed holds no token, whoever used it.
  expect(panel.output()).not.toContain(token)
  expect(await readFile(`${panel.dataDir}/panel.db`)).not.toContain(token)
})

test('a member sees that nothing is shared, and what is shared the moment that it is @phone', async ({
  signedIn: page,
  panel,
  browser,
  makeAxeBuilder,
  consoleErrors,
}) => {
  await blueprint(page, panel)
  const headers = { origin: panel.url }
  const invite = await page.request.post(`${panel.url}${api.people()}`, {
    data: { name: 'robin', role: 'member', grants: {} },
    headers,
  })
  const { token, person } = (await invite.json()) as Invited
  const context = await browser.newContext({ baseURL: panel.url })
  const accepted = await context.request.post(`${panel.url}${api.acceptInvite()}`, {
    data: { token, password: 'boy-wonder-of-gotham-40' },
    headers,
  })
  expect(accepted.ok(), await accepted.text()).toBe(true)

  const robin = await context.newPage()
  await robin.goto(pages.overview())
  await expect(robin.getByText('Nothing is shared with you yet')).toBeVisible()
  expect((await makeAxeBuilder(robin).analyze()).violations).toEqual([])
  expect((await context.request.get(`${panel.url}${api.topology('dark-knight')}`)).status()).toBe(
    404,
  )

  const share = (grants: Record<string, string>) =>
    page.request.patch(`${panel.url}${api.person(person.id)}`, { data: { grants }, headers })
  expect((await share({ 'dark-knight': 'viewer' })).ok()).toBe(true)
  // Nobody reloads: the panel hangs up, the page comes back with what holds now.
  await expect(robin.getByRole('link', { name: 'Dark Knight', exact: true })).toBeVisible({
    timeout: 15_000,
  })
  expect((await share({})).ok()).toBe(true)
  await expect(robin.getByText('Nothing is shared with you yet')).toBeVisible({ timeout: 15_000 })
  await context.close()
  consoleErrors.length = 0
})

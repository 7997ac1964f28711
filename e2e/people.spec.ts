import type { Browser, Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { startProvider, type TestProvider } from '@/lib/oidc/testing/oidc-provider'
import { ACCOUNT, expect, test } from './support/fixtures'
import type { TestPanel } from './support/panel'

const PASSWORD = 'barbara reads every night'

/** Somebody else's browser, with nothing in it. */
async function stranger(browser: Browser, panel: TestPanel, page: Page): Promise<Page> {
  const viewport = page.viewportSize()
  const context = await browser.newContext({
    baseURL: panel.url,
    ...(viewport ? { viewport } : {}),
  })
  return context.newPage()
}

/** Adds a person on the page and answers the link that it shows. */
async function invite(page: Page, name: string): Promise<string> {
  await page.goto(pages.people())
  await page.getByRole('button', { name: 'Add a person' }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Add and invite' }).click()
  const shown = page.getByRole('region', { name: 'The invitation' })
  await expect(shown.getByRole('img')).toBeVisible()
  return (await shown.getByRole('code').or(shown.locator('code')).first().textContent()) ?? ''
}

test('a person is invited, sets a password, is lowered, switched off and removed @phone', async ({
  signedIn: page,
  panel,
  browser,
  makeAxeBuilder,
  consoleErrors,
}) => {
  const link = await invite(page, 'Barbara')
  expect(link).toContain(`${panel.url}/invite#`)
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await page.getByRole('button', { name: 'I have passed it on' }).click()

  const hers = await stranger(browser, panel, page)
  await hers.goto(link)
  await expect(hers.getByRole('heading', { name: 'Welcome, Barbara' })).toBeVisible()
  expect((await makeAxeBuilder(hers).analyze()).violations).toEqual([])
  await hers.getByLabel('New password', { exact: true }).fill('password1234')
  await hers.getByRole('button', { name: 'Set password' }).click()
  await expect(hers.getByText(/most common passwords/)).toBeVisible()
  await hers.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await hers.getByRole('button', { name: 'Set password' }).click()
  await expect(hers.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await hers.goto(link)
  await expect(hers.getByText('This link does not count')).toBeVisible()

  await page.reload()
  await page.getByRole('button', { name: 'Barbara' }).click()
  const panelOf = page.getByRole('complementary', { name: 'Barbara' })
  await panelOf.getByLabel('Role everywhere').selectOption('member')
  await panelOf.getByRole('button', { name: 'Save role' }).click()
  await expect(page.getByRole('row', { name: /Barbara/ })).toContainText('member')
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await hers.goto(pages.overview())
  await expect(hers.getByText('Nothing is shared with you yet')).toBeVisible()

  await panelOf.getByRole('button', { name: 'Switch account off' }).click()
  await expect(page.getByRole('row', { name: /Barbara/ })).toContainText('switched off')
  await hers.goto(pages.overview())
  await expect(hers.getByRole('heading', { name: 'Sign in' })).toBeVisible()

  await panelOf.getByRole('button', { name: 'Remove Barbara' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove Barbara' })
  await dialog.getByRole('button', { name: 'Remove Barbara' }).click()
  await expect(page.getByRole('row', { name: /Barbara/ })).toHaveCount(0)
  await page.goto(pages.audit())
  await expect(page.getByText(/removed Barbara/).first()).toBeVisible()
  // The link that was used, and pages that were asked for without a session.
  consoleErrors.splice(0)
})

async function withProvider(panel: TestPanel, run: (provider: TestProvider) => Promise<void>) {
  const provider = await startProvider([`${panel.url}${api.oidcCallback()}`])
  try {
    await run(provider)
  } finally {
    await provider.close()
  }
}

/** At the provider's own pages. */
async function atProvider(page: Page, login: string): Promise<void> {
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill('x')
  await page.getByRole('button').first().click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

test('a provider is set up and tested; people come through it with the role of their group', async ({
  signedIn: page,
  panel,
  browser,
  makeAxeBuilder,
  consoleErrors,
}) => {
  await withProvider(panel, async (provider) => {
    provider.people.ada = { name: 'ada', groups: ['crew'] }
    await page.goto(pages.people())
    await page.getByRole('button', { name: 'Set up a provider' }).click()
    const form = page.getByRole('form', { name: 'Sign-in through a provider' })
    await form.getByLabel('Issuer').fill(provider.issuer)
    await form.getByLabel('Name on the button').fill('House accounts')
    await form.getByLabel('Client id').fill(provider.clientId)
    await form.getByLabel('Client secret').fill(provider.clientSecret)
    await form.getByLabel('Make an account for who comes for the first time').click()
    await form.getByRole('button', { name: 'Add a line' }).click()
    await form.getByLabel('Group of line 1').fill('crew')
    await form.getByLabel('Role of line 1').selectOption('editor')
    expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
    await form.getByRole('button', { name: 'Save provider' }).click()
    await page.getByRole('button', { name: 'Test provider' }).click()
    await expect(page.getByText('describes itself as that issuer')).toBeVisible()
    expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

    const hers = await stranger(browser, panel, page)
    await hers.goto(`${pages.signIn()}?next=${pages.account()}`)
    await hers.getByRole('link', { name: 'Sign in with House accounts' }).click()
    await atProvider(hers, 'ada')
    await expect(hers).toHaveURL(panel.url + pages.account())
    await expect(hers.getByText('ada, editor')).toBeVisible()

    // Without a password and a passkey, the provider is who is asked again.
    await hers.getByRole('button', { name: 'Show the code' }).click()
    await expect(hers.getByRole('img', { name: /QR code/ })).toBeVisible()

    await page.reload()
    await expect(page.getByRole('row', { name: /ada/ })).toContainText('provider')
  })
  consoleErrors.splice(0)
})

test('with the provider down a sentence says so, and the break-glass account gets in and is seen @phone', async ({
  signedIn: page,
  panel,
  browser,
  consoleErrors,
}) => {
  await withProvider(panel, async (provider) => {
    const send = { origin: panel.url }
    const everybody = await (await page.request.get(api.people())).json()
    const [{ id }] = everybody.people
    const marked = await page.request.patch(api.person(id), {
      data: { breakGlass: true },
      headers: send,
    })
    expect(marked.ok(), await marked.text()).toBe(true)
    const data = {
      ...{ issuer: provider.issuer, clientId: provider.clientId, clientSecret: 'x' },
      ...{ scopes: 'openid', nameClaim: 'preferred_username', groupsClaim: 'groups' },
      ...{ label: 'House accounts', ca: null, allowedGroups: [], makesAccounts: false },
      ...{ defaultRole: 'member', mapping: [], breakGlassOnly: true },
    }
    const saved = await page.request.put(api.oidcSettings(), { data, headers: send })
    expect(saved.ok(), await saved.text()).toBe(true)
  })
  const his = await stranger(browser, panel, page)
  await his.goto(pages.signIn())
  await his.getByRole('link', { name: 'Sign in with House accounts' }).click()
  await expect(his.getByText('the identity provider does not answer')).toBeVisible()
  await his.getByLabel('Name').fill(ACCOUNT.name)
  await his.getByLabel('Password', { exact: true }).fill(ACCOUNT.password)
  await his.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(his.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await expect(his.getByText('A break-glass account signed in')).toBeVisible()
  await his.getByRole('button', { name: 'It was one of us' }).click()
  await expect(his.getByText('A break-glass account signed in')).toHaveCount(0)
  consoleErrors.splice(0)
})

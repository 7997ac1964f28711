import type { Page } from '@playwright/test'
import { TOTP } from 'otpauth'
import { pages } from '@/lib/api/paths'
import { ACCOUNT, expect, makeFirstAccount, test } from './support/fixtures'

/** Passkeys are kept by name, and a test panel says its address. */
const byName = (url: string) => url.replace('127.0.0.1', 'localhost')

/** An authenticator inside the browser, unlocked by finger, that answers by itself. */
async function withAuthenticator(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

async function signIn(page: Page, password = ACCOUNT.password) {
  await page.getByLabel('Name').fill(ACCOUNT.name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function signOut(page: Page) {
  await page.getByRole('button', { name: /Signed in as/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
}

test('a passkey is added, signs in without a password, and proves who is there', async ({
  page,
  panel,
  makeAxeBuilder,
}) => {
  const url = byName(panel.url)
  await withAuthenticator(page)
  // This one answers at once, also where it only waits in the name's list.
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false
  })
  await makeFirstAccount(page, { ...panel, url })
  await page.goto(url + pages.account())
  await expect(page.getByText('The password alone lets anybody in who knows it.')).toBeVisible()
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const row = page.getByRole('row', { name: /My passkey/ })
  await expect(row).toBeVisible()
  await row.getByRole('button', { name: 'Rename My passkey' }).click()
  await page.getByLabel('New name of My passkey').fill('The laptop')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('row', { name: /The laptop/ })).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await signOut(page)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page).toHaveURL(url + pages.overview())
  await page.goto(url + pages.account())
  await expect(page.getByRole('row', { name: /The laptop/ })).toContainText('just now')
})

test('what is dangerous asks who is there once the sign-in is old, and goes on by itself', async ({
  page,
  panel,
  consoleErrors,
  makeAxeBuilder,
}) => {
  const url = byName(panel.url)
  await withAuthenticator(page)
  await makeFirstAccount(page, { ...panel, url })
  await page.goto(url + pages.account())
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByRole('row', { name: /My passkey/ })).toBeVisible()

  // As after half an hour: the panel refuses until it was told again who is there.
  let proved = false
  await page.route('**/api/me/confirm', async (route) => {
    proved = true
    await route.continue()
  })
  await page.route('**/api/me/totp', async (route) => {
    if (proved) return route.continue()
    const code = 'confirm.sign-in-again'
    await route.fulfill({ status: 403, json: { code, message: 'Your sign-in is too old.' } })
  })
  const setUp = page.getByRole('button', { name: 'Set up one-time codes' })
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })
  await setUp.click()
  await expect(dialog.getByLabel('Password', { exact: true })).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  // Turned down, it stays undone and says why.
  await page.keyboard.press('Escape')
  await expect(page.getByRole('alert').filter({ hasText: 'confirm.sign-in-again' })).toBeVisible()
  await setUp.click()
  await dialog.getByLabel('Password', { exact: true }).fill('not this one')
  await dialog.getByRole('button', { name: 'It is me' }).click()
  await expect(
    dialog.getByRole('alert').filter({ hasText: 'confirm.wrong-password' }),
  ).toBeVisible()
  proved = false
  await dialog.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByRole('form', { name: 'Set up one-time codes' })).toBeVisible()
  // The browser itself reports the refusals that this test provoked.
  consoleErrors.splice(0)
})

test('one-time codes: set up, sign in with them, and with a recovery code', async ({
  signedIn: page,
  panel,
  consoleErrors,
  makeAxeBuilder,
}) => {
  await page.goto(pages.account())
  await page.getByRole('button', { name: 'Set up one-time codes' }).click()
  const form = page.getByRole('form', { name: 'Set up one-time codes' })
  await expect(form.getByRole('img', { name: /QR code/ })).toBeVisible()
  const secret = (await form.locator('code').innerText()).replaceAll(' ', '')
  const totp = new TOTP({ secret })
  await form.getByLabel('One-time code').fill(totp.generate())
  await form.getByRole('button', { name: 'Turn on one-time codes' }).click()
  const sheet = page.getByRole('region', { name: 'Recovery codes' })
  await expect(sheet.getByRole('listitem')).toHaveCount(10)
  const code = await sheet.getByRole('listitem').first().innerText()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await sheet.getByRole('button', { name: 'I keep them' }).click()
  await expect(page.getByText('Recovery codes left: 10 of 10.')).toBeVisible()

  await signOut(page)
  await signIn(page)
  await expect(page.getByRole('heading', { name: 'Second factor' })).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await page.getByLabel('One-time code').fill('000000')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'session.wrong-code' })).toBeVisible()
  // The code that turned them on was used; the next one counts already, half a minute early.
  await page.getByLabel('One-time code').fill(totp.generate({ timestamp: Date.now() + 30_000 }))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(panel.url + pages.overview())

  await signOut(page)
  await signIn(page)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(panel.url + pages.overview())
  await page.goto(pages.account())
  await expect(page.getByText('Recovery codes left: 9 of 10.')).toBeVisible()
  consoleErrors.splice(0)
})

test('a new password signs the other browser out, also its open page', async ({
  signedIn: page,
  panel,
  browser,
  consoleErrors,
}) => {
  const other = await (await browser.newContext({ baseURL: panel.url })).newPage()
  await other.goto(pages.signIn())
  await signIn(other)
  await expect(other).toHaveURL(panel.url + pages.overview())
  await page.goto(pages.account())
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByLabel('Current password', { exact: true }).fill(ACCOUNT.password)
  await page.getByLabel('New password', { exact: true }).fill('qwerty123456')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect(page.getByText('it is one of the most common passwords')).toBeVisible()
  await page.getByLabel('New password', { exact: true }).fill('a lighthouse in november')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect(page.getByText('your other sessions are ended')).toBeVisible()
  await expect(page.getByRole('table', { name: 'Sessions' }).getByRole('row')).toHaveCount(2)

  await other.goto(pages.account())
  await expect(other).toHaveURL(/\/sign-in\?next=/)
  await signIn(other, 'a lighthouse in november')
  // Back to where it was.
  await expect(other.getByRole('heading', { name: 'My account' })).toBeVisible()
  await other.context().close()
  consoleErrors.splice(0)
})

test('a phone is let in by the link of the desk, looks, and proves who is there before it acts', async ({
  signedIn: page,
  panel,
  browser,
  makeAxeBuilder,
}) => {
  await page.goto(pages.account())
  await page.getByRole('button', { name: 'Show the code' }).click()
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  const link = await page.getByText(/\/phone#/).innerText()

  const context = await browser.newContext({
    baseURL: panel.url,
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  const phone = await context.newPage()
  // Whoever only opens the link, as a preview does, does not use it up.
  await (await context.newPage()).goto(link)
  await phone.goto(link)
  expect((await makeAxeBuilder(phone).analyze()).violations).toEqual([])
  await phone.getByRole('button', { name: 'Add this phone' }).click()
  await expect(phone).toHaveURL(panel.url + pages.status())
  await phone.goto(pages.account())
  await expect(phone.getByText('phone, looks only')).toBeVisible()
  expect((await makeAxeBuilder(phone).analyze()).violations).toEqual([])
  await phone.getByRole('button', { name: 'Set up one-time codes' }).click()
  await expect(phone.getByRole('alert').filter({ hasText: 'confirm.at-a-desk' })).toBeVisible()
  await phone.getByRole('button', { name: /^End \d+ other session/ }).click()
  const dialog = phone.getByRole('dialog', { name: 'Is it you?' })
  await dialog.getByLabel('Password', { exact: true }).fill(ACCOUNT.password)
  await dialog.getByRole('button', { name: 'It is me' }).click()
  await expect(phone.getByText('All other sessions are ended.')).toBeVisible()
  await context.close()
})

test('the door works by keyboard, at both sizes, and leads nowhere else', async ({
  page,
  panel,
  consoleErrors,
  makeAxeBuilder,
}) => {
  await makeFirstAccount(page, panel)
  await page.context().clearCookies()
  await page.goto(`${pages.signIn()}?next=//evil.example/`)
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(wide).toBeLessThanOrEqual(width)
  }
  await expect(page.getByLabel('Name')).toBeFocused()
  await page.keyboard.type(ACCOUNT.name)
  await page.keyboard.press('Tab')
  await page.keyboard.type('wrong password')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'session.wrong-password' })).toBeVisible()
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(panel.url + pages.overview())
  consoleErrors.splice(0)
})

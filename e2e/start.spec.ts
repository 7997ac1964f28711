import { ACCOUNT, expect, test } from './support/fixtures'

test('the printed link makes the first account, once, and leads to the doors @phone', async ({
  page,
  panel,
  makeAxeBuilder,
}) => {
  await page.goto(panel.setupLink ?? '')
  await expect(page.getByRole('heading', { name: 'Make the first account' })).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await page.getByLabel('Name').fill(ACCOUNT.name)
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/welcome$/)
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await page.goto(panel.setupLink ?? '')
  await expect(page.getByRole('heading', { name: 'The first account exists' })).toBeVisible()
})

test('nobody sees a page without signing in, and the account comes back with its password', async ({
  signedIn,
  browser,
  panel,
}) => {
  await signedIn.goto('/')
  await expect(signedIn).not.toHaveURL(/sign-in/)

  const stranger = await (await browser.newContext({ baseURL: panel.url })).newPage()
  await stranger.goto('/')
  await expect(stranger).toHaveURL(/\/sign-in/)
  await stranger.getByLabel('Name').fill(ACCOUNT.name)
  await stranger.getByLabel('Password', { exact: true }).fill(ACCOUNT.password)
  await stranger.keyboard.press('Enter')
  await expect(stranger).not.toHaveURL(/sign-in/)
  await stranger.context().close()
})

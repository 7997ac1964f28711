import { expect, test } from './support/fixtures'
import { labOf } from './support/lab'

test('a changed certificate stops everything with both fingerprints until an admin who compared it accepts it', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const lab = labOf(panel)
  await lab.state()
  await page.goto('/settings/connections')
  await page.getByRole('button', { name: 'Test connection' }).click()
  await expect(page.getByText('the token has the rights it needs')).toBeVisible()

  await lab.fault({ kind: 'other-certificate' })
  await page.getByRole('button', { name: 'Test connection' }).click()
  const changed = page.getByRole('region', { name: /Changed identity of Lab/ })
  await expect(changed).toContainText('Everything that uses it is stopped')
  await expect(changed.getByText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)).toHaveCount(2)
  await expect(changed).toContainText('pvenode cert info')
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await page.goto('/')
  await expect(
    page.getByText(/shows another certificate than the accepted one/).first(),
  ).toBeVisible()
  await page.goto('/settings/connections')

  await page.getByRole('button', { name: 'Accept the shown certificate' }).click()
  const dialog = page.getByRole('dialog', { name: /Accept the certificate of Lab/ })
  const accept = dialog.getByRole('button', { name: 'Accept certificate' })
  await expect(accept).toBeDisabled()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await dialog.getByRole('checkbox', { name: /I compared it/ }).click()
  await accept.click()
  await expect(dialog).toBeHidden()
  await expect(changed).toBeHidden()
  await expect(page.getByText('the token has the rights it needs')).toBeVisible()
})

test('an admin allows another address and takes it back', async ({
  signedIn: page,
  makeAxeBuilder,
}) => {
  await page.goto('/settings/connections')
  const section = page.getByRole('region', { name: 'Other addresses' })
  await section.getByLabel('Host').fill('mirror.lan')
  await section.getByLabel('What for').fill('images')
  await section.getByRole('button', { name: 'Allow it' }).click()
  await expect(section.getByRole('list', { name: 'Allowed addresses' })).toContainText(
    'mirror.lan:443',
  )
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await section.getByRole('button', { name: 'Remove mirror.lan:443' }).click()
  await expect(section).toContainText('No other address is allowed')
})

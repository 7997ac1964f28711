import { pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'

test('what runs is read into a drawing by choice, marked by an approved plan, and then nothing is to do', async ({
  signedIn: page,
  makeAxeBuilder,
}) => {
  await page.goto(pages.connections())
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByRole('link', { name: 'Read into a drawing' }).click({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Read what runs' }).click()
  await page.waitForURL(/\/design\/adopt\?connection=lab/)

  const table = page.getByRole('table', { name: 'Guests that were found' })
  await expect(table.getByText('workstation')).toBeVisible()
  await expect(table.getByText('A container: the panel manages VMs.')).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  const choice = table.getByLabel('What becomes of workstation')
  await choice.selectOption('unmanaged')
  await expect(page.getByText(/^0 VMs would be managed/)).toBeVisible()
  await choice.selectOption('vm')
  await expect(page.getByText(/^1 VM would be managed/)).toBeVisible()
  await page.getByRole('button', { name: 'Save as a revision' }).click()

  await page.waitForURL(/\/plan\?goal=/)
  await page.getByRole('button', { name: 'Approve & adopt' }).click({ timeout: 30_000 })
  await page.waitForURL(/\/jobs\//)
  await expect(page.getByText('succeeded').first()).toBeVisible({ timeout: 30_000 })

  await page.goto(pages.plan('my-homelab'))
  await expect(page.getByText(/^Nothing to do/)).toBeVisible({ timeout: 30_000 })
})

import type { Page } from '@playwright/test'
import { pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'

/** Chooses a blueprint at the welcome page and opens how it fits. */
async function startFrom(page: Page, title: string, id: string): Promise<void> {
  await page.goto(pages.welcome())
  await page.getByRole('radio', { name: title }).check()
  await page.getByRole('button', { name: 'Start from the blueprint' }).click()
  await page.waitForURL(new RegExp(`/t/${id}/design`))
  await page.goto(pages.fit(id))
  await expect(page.getByRole('heading', { name: `Fit ${title}`, level: 1 })).toBeVisible()
}

test('a blueprint is chosen, fitted to the lab by questions, and saved as one revision', async ({
  signedIn: page,
  makeAxeBuilder,
}) => {
  await startFrom(page, 'Three hosts', 'three-hosts')
  await page.getByRole('button', { name: /^Look at Lab/ }).click()
  await expect(page.getByText('was looked at')).toBeVisible({ timeout: 30_000 })

  await expect(page.getByLabel('Which machine is pve2?')).toBeVisible()
  await expect(page.getByText('Host pve2: its')).toBeVisible()
  await expect(page.getByText('0 blockers')).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  const dhcp = page.getByLabel('Which addresses does DHCP hand out in lan?')
  await dhcp.fill('10.0.0.900')
  await dhcp.press('Enter')
  await expect(page.getByText('Write two addresses')).toBeVisible()
  await dhcp.fill('10.0.0.50-10.0.0.150')
  await dhcp.press('Enter')
  await expect(page.getByText('Write two addresses')).toBeHidden()

  await page.getByRole('button', { name: 'Save as a revision' }).click()
  await page.waitForURL(/\/design$/)
  await expect(page.getByText(/^r2 saved.*nothing to save/)).toBeVisible()

  await page.goto(pages.fit('three-hosts'))
  await expect(page.getByText('It fits as it is.').first()).toBeVisible()
  await page.getByRole('button', { name: 'Save as a revision' }).focus()
  await expect(page.getByRole('button', { name: 'Save as a revision' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )

  await test.step('an empty drawing becomes the machines that are there', async () => {
    await page.goto(pages.welcome())
    await page.getByRole('radio', { name: 'Empty drawing' }).check()
    await page.getByRole('button', { name: 'Start empty' }).click()
    await page.getByRole('link', { name: 'Draw my machines' }).click()
    await expect(page.getByText('hosts . pve1')).toBeVisible()
    await page.getByRole('button', { name: 'Save as a revision' }).click()
    await page.waitForURL(/\/design$/)
    // A guest of somebody else's is drawn too, where its address is.
    await expect(page.getByText('home-assistant').first()).toBeVisible()
  })
})

test('the door of a connection leads to a blueprint and its fit, on a phone too', async ({
  signedIn: page,
  makeAxeBuilder,
}) => {
  await page.setViewportSize({ width: 390, height: 800 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(pages.connections())
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByRole('link', { name: 'Build on it' }).click({ timeout: 30_000 })
  await expect(page.getByRole('heading', { name: 'Build on Lab' })).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await page.getByRole('button', { name: 'Start from the blueprint' }).click()
  await page.waitForURL(/\/t\/single-node\/design\/fit\?connection=lab/)
  await expect(page.getByText('0 blockers')).toBeVisible()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(wide).toBeLessThanOrEqual(390)
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
})

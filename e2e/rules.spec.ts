import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'
import type { TestPanel } from './support/panel'

/** The Dark Knight blueprint in the editor, with its problems open. */
async function openProblems(page: Page, panel: TestPanel): Promise<void> {
  const answer = await page.request.post(`${panel.url}${api.topologies()}`, {
    data: { from: 'blueprint' },
    headers: { origin: panel.url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  const { id } = (await answer.json()) as { id: string }
  await page.goto(pages.design(id))
  await page
    .getByRole('toolbar')
    .getByRole('button', { name: /warning|problem/i })
    .click()
  await expect(page.getByRole('complementary', { name: 'Problems' })).toBeVisible()
}

test('Modernise shows its difference, is made as one and taken back as one; an accepted warning is withdrawn', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  await openProblems(page, panel)
  const problems = page.getByRole('complementary', { name: 'Problems' })

  // The dearest first: what loses data stands above what only ended.
  const codes = problems.locator('code')
  await expect(codes.nth(0)).toHaveText('storage.overcommitted')
  await expect(codes.nth(1)).toHaveText('cluster.kubernetes-ended')
  await expect(problems.getByText('data at risk').first()).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  // By keyboard alone.
  await problems.getByRole('button', { name: /^Modernise/ }).focus()
  await page.keyboard.press('Enter')
  const difference = problems.getByRole('region', { name: 'Text difference' })
  await expect(difference).toContainText(/kubernetes: "1\.29/)
  await expect(difference).toContainText('kubernetes: "1.35"')
  await expect(page.getByText(/nothing to save/)).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await problems.getByRole('button', { name: /^Make 1 edit/ }).click()
  await expect(page.getByText('1 change not saved')).toBeVisible()
  await expect(problems.getByText('cluster.kubernetes-ended')).toBeHidden()
  await page.getByRole('button', { name: /^Undo/ }).first().click()
  await expect(problems.getByText('cluster.kubernetes-ended')).toBeVisible()

  await problems.getByRole('button', { name: 'Accept warning' }).first().click()
  await problems.getByLabel('Why it is accepted').fill('Watched in Grafana')
  await page.keyboard.press('Enter')
  await expect(problems.getByText('storage.overcommitted')).toBeHidden()
  await problems.getByText('1 accepted warning').click()
  await expect(problems.getByText('Watched in Grafana')).toBeVisible()
  await problems.getByRole('button', { name: /^Withdraw/ }).click()
  await expect(problems.getByText('storage.overcommitted').first()).toBeVisible()
})

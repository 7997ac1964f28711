import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'
import type { TestPanel } from './support/panel'

/** A topology from the blueprint that was looked at once; its id. */
async function blueprint(page: Page, panel: TestPanel): Promise<string> {
  const headers = { origin: panel.url }
  const answer = await page.request.post(`${panel.url}${api.topologies()}`, {
    data: { from: 'blueprint' },
    headers,
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  const { id } = (await answer.json()) as { id: string }
  await page.request.post(`${panel.url}${api.errands(id)}`, { data: { kind: 'refresh' }, headers })
  return id
}

const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

test('a cluster that is only drawn says so and leads to its plan @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await blueprint(page, panel)
  await page.goto(pages.cluster(t))
  await expect(page.getByText('dark-knight does not exist yet; a deploy makes it.')).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  expect(await wide(page)).toBeLessThanOrEqual(0)
  await page.getByRole('link', { name: 'Plan dark-knight' }).click()
  await expect(page).toHaveURL(`${panel.url}${pages.plan(t)}`)
})

test('drawn add-ons stand there as not installed, each with its way in @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await blueprint(page, panel)
  await page.goto(pages.addOns(t))
  await expect(page.getByText('None of the drawn add-ons is installed yet.')).toBeVisible()
  const table = page.getByRole('table', { name: 'Add-ons' })
  await expect(table.getByRole('row', { name: /^Promtail/ })).toContainText('ended 2026-03-02')
  await expect(table.getByText('not installed')).toHaveCount(13)
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  expect(await wide(page)).toBeLessThanOrEqual(0)

  await table.getByRole('button', { name: 'Prometheus, Alertmanager and Grafana' }).click()
  const panelOf = page.getByRole('complementary', { name: /^Prometheus/ })
  await expect(
    panelOf.getByRole('link', { name: 'https://grafana.dark-knight.home.arpa' }),
  ).toBeVisible()
  await expect(panelOf.getByText(/port-forward svc\/monitoring-grafana 3000:80/)).toBeVisible()
  await expect(panelOf.getByText(/get secret grafana-admin .* base64 -d/)).toBeVisible()
  await expect(panelOf.getByText('existingSecret: grafana-admin')).toBeVisible()
  await expect(page).toHaveURL(/\?add-on=dark-knight%2Fkube-prometheus-stack$/)
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await panelOf.getByRole('button', { name: 'Close panel' }).click()
  await expect(panelOf).toBeHidden()
})

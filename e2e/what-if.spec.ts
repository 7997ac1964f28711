import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'
import type { TestPanel } from './support/panel'

/** A topology from the blueprint, through the API; its id. */
async function fromBlueprint(page: Page, panel: TestPanel): Promise<string> {
  const answer = await page.request.post(`${panel.url}${api.topologies()}`, {
    data: { from: 'blueprint' },
    headers: { origin: panel.url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  return ((await answer.json()) as { id: string }).id
}

const EVERYTHING = /pve1 dies: all 8 VMs and cluster dark-knight stop; nothing survives/

test('the page answers for one object, for several, and for one more', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await fromBlueprint(page, panel)
  await page.goto(pages.whatIf(t))
  await expect(page.getByRole('heading', { name: 'What if', level: 1 })).toBeVisible()
  await expect(page.getByText(/^The worst to lose: nvme0 of pve1 dies/)).toBeVisible()

  const points = page.getByRole('table', { name: 'Single points of failure' })
  await expect(points.getByRole('row').nth(1)).toContainText('nvme0 of pve1')
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await points.getByRole('button', { name: 'pve1', exact: true }).click()
  await expect(page.getByText(EVERYTHING)).toBeVisible()
  await expect(page).toHaveURL(/object=hosts%2Fpve1/)
  await expect(page.getByText('no Proxmox host left to work on')).toBeVisible()
  await expect(
    page.getByRole('table', { name: 'Data' }).getByRole('row', { name: /nfs-storage/ }),
  ).toContainText('no copy')

  // Every reason leads back to what was lost.
  const plane = page
    .getByRole('table', { name: 'Stops', exact: true })
    .getByRole('row', { name: /^API of dark-knight/ })
  await plane.getByText('needs 2 of 3 control planes for etcd').click()
  await expect(plane.getByText('k8s-master-1 runs on pve1')).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  // The URL is the question: it can be sent to somebody.
  await page.goto(`${pages.whatIf(t)}?object=vms/k8s-master-1`)
  await expect(page.getByText(/the API of dark-knight degrades; 7 VMs go on/).first()).toBeVisible()
  await page.getByLabel('And with it').selectOption('vms/k8s-master-2')
  await expect(page.getByText(/die: 2 of 8 VMs and the API of dark-knight stop/)).toBeVisible()
  await page.getByRole('button', { name: 'Leave k8s-master-1 alive' }).click()
  await expect(page.getByText(/^k8s-master-2 dies: nothing else stops/).first()).toBeVisible()

  await page.getByRole('button', { name: 'One more' }).click()
  await page.getByLabel('One more like').selectOption('vms/k8s-worker-1')
  await expect(page.getByText(/^1 more VM like k8s-worker-1 fits on pve1/)).toBeVisible()
  await page.getByLabel('How many more').fill('3')
  await expect(page.getByText(/do not fit: 16 GiB of memory for 1 more VM/)).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await page.getByRole('button', { name: 'Maintenance' }).click()
  await page.getByLabel('Which host leaves').selectOption('hosts/pve1')
  await expect(page.getByText(/^pve1 leaves for maintenance: /)).toBeVisible()

  await page.goto(`${pages.whatIf(t)}?object=hosts/gone`)
  await expect(page.getByText(/is not in this revision/)).toBeVisible()
})

test('on the canvas one key asks for the selected object, saved or not', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await fromBlueprint(page, panel)
  await page.goto(`${pages.design(t)}?lens=physical`)
  const item = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
  await item('vms/haproxy-lb').click()
  await page.keyboard.press('w')
  const strip = page.getByRole('region', { name: 'What if' })
  await expect(strip).toContainText('haproxy-lb dies: the API of dark-knight stops')
  await expect(item('vms/haproxy-lb')).toHaveAccessibleName(/would stop/)
  await expect(item('vms/k8s-worker-1')).toHaveAccessibleName(/would go on/)
  await expect(item('vms/k8s-worker-1')).toHaveCSS('opacity', '0.6')
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  // Another selection is another question.
  await page.keyboard.press('Escape')
  await expect(strip).toContainText('Select a host')
  await item('hosts/pve1').click({ position: { x: 60, y: 20 } })
  await expect(strip).toContainText(EVERYTHING)
  await strip.getByRole('link', { name: 'All reasons' }).click()
  await expect(page).toHaveURL(/what-if\?object=hosts%2Fpve1/)
  await expect(page.getByText(EVERYTHING)).toBeVisible()

  // And back: the same question on the canvas, from the form's button as well.
  await page.getByRole('link', { name: 'Show on the canvas' }).click()
  await expect(strip).toContainText(EVERYTHING)
  await strip.getByRole('button', { name: 'Leave What if' }).click()
  await expect(strip).toBeHidden()
  await page
    .getByRole('complementary', { name: 'pve1' })
    .getByRole('button', { name: 'What if this dies' })
    .click()
  await expect(strip).toContainText(EVERYTHING)
})

test('on a phone the answer comes first and nothing scrolls sideways', async ({
  signedIn: page,
  panel,
}) => {
  const t = await fromBlueprint(page, panel)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${pages.whatIf(t)}?object=hosts/pve1`)
  await expect(page.getByText(EVERYTHING)).toBeInViewport()
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(wide).toBeLessThanOrEqual(0)
})

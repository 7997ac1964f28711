import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { ACCOUNT, expect, test } from './support/fixtures'
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

async function openDesign(page: Page, t: string, query = ''): Promise<void> {
  await page.goto(`${pages.design(t)}${query}`)
  await expect(page.getByRole('heading', { name: 'Design', level: 1 })).toBeVisible()
}

const item = (page: Page, name: string) =>
  page
    .getByRole('region', { name: /^Canvas/ })
    .getByRole('button', { name: new RegExp(`^${name},`) })

/** The button that counts problems, while it counts blockers. */
const blockers = (page: Page) => page.getByRole('toolbar').getByRole('button', { name: /blocker/ })

/** Every VM on the canvas, whatever it is called. */
const vmsOn = (page: Page) => page.locator('.react-flow__node[data-id^="vms/"]')

test('add a VM, fix what is wrong with it, undo, save; a second browser follows', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await fromBlueprint(page, panel)
  await openDesign(page, t)
  for (const vm of ['haproxy-lb', 'k8s-master-1', 'k8s-worker-3', 'nfs-storage']) {
    await expect(item(page, vm)).toBeVisible()
  }
  await expect(vmsOn(page)).toHaveCount(8)
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  const second = await page.context().newPage()
  await openDesign(second, t)

  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByRole('button', { name: 'Add Worker', exact: true }).click()
  await expect(item(page, 'k8s-worker-4')).toBeVisible()
  const inspector = page.getByRole('complementary', { name: 'k8s-worker-4' })
  const problems = inspector.getByRole('region', { name: 'Problems of this object' })
  await expect(page.getByText('1 change not saved')).toBeVisible()

  // A worker of no cluster would run and do nothing. Where Longhorn runs it needs a disk before it
  // joins, so no press adds it.
  await expect(problems).toContainText('no cluster names it')
  await expect(problems.getByRole('button', { name: /^Add to/ })).toHaveCount(0)

  // An address that another VM has is a blocker, and its fix takes the next free one.
  await inspector.getByRole('region', { name: 'NICs' }).getByText('kubernetes').first().click()
  const address = inspector.getByLabel('Address', { exact: true })
  await address.fill('10.2.0.31')
  await address.press('Enter')
  await expect(blockers(page)).toBeVisible()
  await expect(item(page, 'k8s-worker-4')).toHaveAccessibleName(/2 problems/)
  await problems.getByRole('button').first().click()
  await expect(blockers(page)).toBeHidden()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await page.getByRole('button', { name: /^Undo/ }).click()
  await expect(blockers(page)).toBeVisible()
  await page.getByRole('button', { name: /^Redo/ }).click()
  await expect(blockers(page)).toBeHidden()

  await page.getByLabel('Message of the revision').fill('A fourth worker')
  await page.getByRole('button', { name: 'Save revision' }).click()
  await expect(page.getByText(/^r2 saved.*nothing to save/)).toBeVisible()
  await expect(second.getByText(/^r2 saved.*nothing to save/)).toBeVisible()
  await expect(second.locator('[data-id="vms/k8s-worker-4"]')).toBeVisible()

  await page.goto(pages.history(t))
  await expect(page.getByText('A fourth worker').first()).toBeVisible()
  await page.goto(`${pages.history(t)}?revision=1`)
  await page.getByRole('button', { name: 'Restore r1' }).click()
  await expect(second.getByText(/^r3 saved.*nothing to save/)).toBeVisible()
  await expect(second.locator('[data-id="vms/k8s-worker-4"]')).toBeHidden()
})

test('what another browser saves goes under my changes at once; I choose only where both wrote', async ({
  signedIn: page,
  browser,
  panel,
  makeAxeBuilder,
}) => {
  const t = await fromBlueprint(page, panel)
  const other = await browser.newContext({ baseURL: panel.url })
  const second = await other.newPage()
  const headers = { origin: panel.url }
  expect((await second.request.post(api.signIn(), { data: ACCOUNT, headers })).ok()).toBe(true)
  await openDesign(page, t, '?view=table&kind=sizes')
  await openDesign(second, t, '?view=table&kind=sizes')
  const cpus = (of: Page, size: string) => of.getByLabel(`vCPUs of ${size}`, { exact: true })
  const change = async (of: Page, size: string, to: string) => {
    await cpus(of, size).fill(to)
    await cpus(of, size).press('Enter')
    await expect(of.getByText('1 change not saved')).toBeVisible()
  }

  await change(second, 'worker', '6')
  await change(page, 'master', '3')
  await page.keyboard.press('Control+s')
  await expect(second.getByText(/^r2 saved.*1 change not saved/)).toBeVisible()
  await expect(second.getByRole('status').getByText('alfred changed master')).toBeVisible()
  await expect(second.getByRole('row', { name: /master/ })).toContainText('changed by alfred')
  await expect(cpus(second, 'master')).toHaveValue('3')
  await second.getByRole('button', { name: /^Undo/ }).click()
  await expect(second.getByText(/^r2 saved.*nothing to save/)).toBeVisible()
  await second.getByRole('button', { name: /^Redo/ }).click()

  await change(page, 'worker', '8')
  await page.keyboard.press('Control+s')
  const both = second.getByRole('table', { name: 'Changed by both' })
  await expect(both).toContainText('vCPUs of worker')
  expect((await makeAxeBuilder(second).analyze()).violations).toEqual([])
  await expect(second.getByRole('button', { name: 'Save revision' })).toHaveAccessibleDescription(
    /choose whose values stand/,
  )
  await both.getByRole('radio', { name: /^Mine/ }).focus()
  await second.keyboard.press('Space')
  await second.getByRole('button', { name: 'Merge with these choices' }).press('Enter')
  await expect(second.getByText(/^r3 saved.*1 change not saved/)).toBeVisible()
  await second.keyboard.press('Control+s')
  await expect(page.getByText(/^r4 saved.*nothing to save/)).toBeVisible()
  await expect(cpus(page, 'worker')).toHaveValue('6')
  await other.close()
})

test('the keyboard alone: add a VM, see its problem, fix it, undo, save', async ({
  signedIn: page,
  panel,
}) => {
  const t = await fromBlueprint(page, panel)
  await openDesign(page, t)
  await expect(vmsOn(page)).toHaveCount(8)

  await page.keyboard.press('Control+k')
  await page.keyboard.type('Add Network')
  await expect(page.getByRole('option', { selected: true })).toContainText('Add Network')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'network' })).toBeVisible()

  // The form of what was added is one Enter away from the canvas, its first field has the focus.
  await page.locator('[data-id="networks/network"]').focus()
  await page.keyboard.press('Enter')
  // The second one is that of IPv6.
  const cidr = page.getByLabel('CIDR', { exact: true }).first()
  while (!(await cidr.evaluate((element) => element === document.activeElement))) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Control+a')
  await page.keyboard.type('10.2.0.0/25')
  await page.keyboard.press('Enter')
  await expect(blockers(page)).toBeVisible()

  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+z')
  await expect(blockers(page)).toBeHidden()
  await page.keyboard.press(']')
  await expect(page.getByRole('region', { name: 'Problems of this object' })).toBeVisible()

  await page.locator('[data-id="vms/haproxy-lb"]').focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.locator('[data-id="vms/k8s-master-1"]')).toBeFocused()

  await page.keyboard.press('Control+s')
  await expect(page.getByText(/^r2 saved.*nothing to save/)).toBeVisible()
})

test('text and canvas are one document, and a draft survives the reload', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await fromBlueprint(page, panel)
  await openDesign(page, t, '?text=1')
  const text = page.getByLabel('Document text')
  await expect(text).toContainText('drawbridge')
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await text.click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('# mine\n')
  await expect(page.getByText('1 change not saved')).toBeVisible()
  await page.keyboard.type('name: [')
  await expect(page.getByText(/the text does not parse/)).toBeVisible()
  await page.getByRole('button', { name: 'Discard this text' }).click()
  await expect(text).toContainText('# mine')

  await page.reload()
  await page.getByRole('button', { name: 'Restore them' }).click()
  await expect(page.getByText('1 change not saved')).toBeVisible()
  await expect(text).toContainText('# mine')
})

test('on a phone the design is for reading @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await fromBlueprint(page, panel)
  await openDesign(page, t, '?view=table')
  await expect(page.getByRole('table')).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
    page.viewportSize()?.width ?? 0,
  )
  await page.getByRole('button', { name: 'Canvas', exact: true }).click()
  await expect(page.locator('[data-id="vms/k8s-master-1"]')).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
})

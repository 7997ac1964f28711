import { readFile } from 'node:fs/promises'
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

async function openAddresses(page: Page, t: string, query = ''): Promise<void> {
  await page.goto(pages.addresses(t, query))
  await expect(page.getByRole('heading', { name: 'Addresses', level: 1 })).toBeVisible()
}

const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
const cell = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

test('a free address is reserved, corrected, taken back and freed @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  // axe looks at 256 cells.
  test.slow()
  const t = await fromBlueprint(page, panel)
  await openAddresses(page, t, '?network=kubernetes')
  await expect(page.getByText(/^Nothing clashes: /)).toBeVisible()
  await expect(cell(page, /^10\.2\.0\.1, gateway/)).toBeVisible()
  await expect(cell(page, /^10\.2\.0\.11, VM k8s-master-1/)).toBeVisible()
  expect(await wide(page)).toBeLessThanOrEqual(0)

  await cell(page, /^10\.2\.0\.40, free/).click()
  await expect(page).toHaveURL(/at=10\.2\.0\.40/)
  const panelOf = page.getByRole('complementary', { name: '10.2.0.40' })
  await panelOf.getByLabel('Name').fill('Printer')
  await panelOf.getByLabel('Owner').fill('Barbara')
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await panelOf.getByRole('button', { name: 'Reserve 10.2.0.40' }).click()
  await expect(cell(page, '10.2.0.40, reserved as printer for Barbara')).toBeVisible()

  await panelOf.getByLabel('Until').fill('2099-12-31')
  await panelOf.getByRole('button', { name: 'Save reservation' }).click()
  await expect(panelOf.getByText('2099-12-31')).toBeVisible()
  await panelOf.getByRole('button', { name: 'Free 10.2.0.40' }).click()
  await expect(cell(page, /^10\.2\.0\.40, free/)).toBeVisible()
  const freed = page.getByRole('listitem').filter({ hasText: 'Free 10.2.0.40' })
  await freed.getByRole('button', { name: 'Undo' }).click()
  await expect(cell(page, '10.2.0.40, reserved as printer for Barbara')).toBeVisible()

  await page.goto(pages.history(t))
  await expect(page.getByText('Reserve 10.2.0.40 for Barbara').first()).toBeVisible()
})

test('the map is walked by arrows, and an address is given to a VM', async ({
  signedIn: page,
  panel,
}) => {
  const t = await fromBlueprint(page, panel)
  await openAddresses(page, t, '?network=kubernetes&at=10.2.0.40')
  await cell(page, /^10\.2\.0\.40, /).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await expect(cell(page, /^10\.2\.0\.57, /)).toBeFocused()
  await page.keyboard.press('Enter')
  const panelOf = page.getByRole('complementary', { name: '10.2.0.57' })
  await panelOf.getByLabel('VM with a card in kubernetes').selectOption({ index: 1 })
  await panelOf.getByRole('button', { name: 'Give 10.2.0.57' }).click()
  await expect(cell(page, /^10\.2\.0\.57, VM /)).toBeVisible()
})

test('who holds what is found by name, VMID and MAC, and the map is a table too', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await fromBlueprint(page, panel)
  await openAddresses(page, t)
  const find = page.getByRole('searchbox', { name: /^Find by address/ })
  const table = page.getByRole('table', { name: 'Who holds what' })
  await find.fill('k8s-worker-2')
  await expect(table.getByRole('row')).toHaveCount(2)
  const row = table.getByRole('row').last()
  const mac = (await row.innerText()).match(/BC:24:11(:[0-9A-F]{2}){3}/)?.[0] ?? ''
  await find.fill(mac.toLowerCase().replaceAll(':', '-'))
  await expect(row).toContainText('k8s-worker-2')
  await expect(page).toHaveURL(/q=bc-24-11/)
  await find.fill('no such thing')
  await expect(page.getByText('Nobody is found by "no such thing".')).toBeVisible()

  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await expect(page.getByRole('table', { name: /^Addresses of / })).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
})

test('addresses leave as a table and reservations come back from one, faulty lines told', async ({
  signedIn: page,
  panel,
}) => {
  const t = await fromBlueprint(page, panel)
  await openAddresses(page, t)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download addresses (CSV)' }).click(),
  ])
  const text = await readFile(await download.path(), 'utf8')
  expect(text).toMatch(/^address,kind,name,mac,vmid,network,pool,owner,until,seen\r\n/)
  expect(text).toContain('10.2.0.11,vm,k8s-master-1,BC:24:11')

  const choose = (content: string) =>
    page
      .getByLabel('Import reservations (CSV)')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(content) })
  await choose('address,owner\n10.2.0.400,x\n')
  await expect(page.getByText('line 2: "10.2.0.400" is no IPv4 address.')).toBeVisible()
  await choose(`${text}10.2.0.60,reservation,camera,,,,,Dick,,\r\n`)
  await page.getByRole('button', { name: 'Import 1 reservation' }).click()
  await expect(page.getByText(/^Import reservations from a\.csv - saved as r2/)).toBeVisible()
})

test('a guest that nobody manages is seen where it stands, on the map and on its network’s page @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  test.slow()
  const t = await fromBlueprint(page, panel)
  await openAddresses(page, t, '?network=management')
  // The lab's container of somebody else; read when the hosts are looked at for the first time.
  await expect(cell(page, '10.0.0.60, unmanaged home-assistant on pve1')).toBeVisible({
    timeout: 60_000,
  })
  await page.goto(pages.network(t, 'management'))
  await expect(page.getByRole('heading', { name: 'management', level: 1 })).toBeVisible()
  const all = page.getByRole('table', { name: 'Everybody with an address' })
  await expect(all.getByText('home-assistant on pve1')).toBeVisible()
  for (const tab of ['Wanted', 'Problems', 'History', 'Access', 'Now']) {
    await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click()
    expect((await makeAxeBuilder(page).analyze()).violations, tab).toEqual([])
  }
  expect(await wide(page)).toBeLessThanOrEqual(0)
})

test('an address typed in the inspector tells of its network, and the card is put there', async ({
  signedIn: page,
  panel,
}) => {
  const t = await fromBlueprint(page, panel)
  await page.goto(`${pages.design(t)}?item=vms/haproxy-lb`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const inspector = page.getByRole('complementary', { name: 'haproxy-lb' })
  await inspector.getByRole('region', { name: 'NICs' }).getByText('lan', { exact: true }).click()
  const address = inspector.getByLabel('Address', { exact: true })
  await address.fill('10.3.0.15')
  await address.press('Enter')
  await expect(inspector.getByText('This address lies in storage')).toBeVisible()
  await inspector.getByRole('button', { name: 'Put it into storage' }).click()
  await expect(inspector.getByText('This address lies in storage')).toBeHidden()
})

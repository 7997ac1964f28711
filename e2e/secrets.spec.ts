import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { expect, test } from './support/fixtures'
import type { TestPanel } from './support/panel'

const PASSPHRASE = 'gotham river lantern copper signal tower'
const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

/** A topology whose document names a secret that nobody has given a value. */
async function withSecret(page: Page, panel: TestPanel): Promise<string> {
  const text = `drawbridge: 1
name: Small
hosts:
  pve1: {role: proxmox, connection: lab, cpuThreads: 32, memoryMib: 131072}
networks:
  lan: {cidr: 10.9.0.0/24, vlan: 20, gateway: 10.9.0.1}
clusters:
  home:
    kubernetes: "1.29.14"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/12
    endpoint: {name: api.home.arpa, port: 6443}
    controlPlanes: []
    workers: []
    addOns:
      argo-cd: {values: {configs: {admin: !secret argo-admin}}}
`
  const answer = await page.request.post(`${panel.url}${api.topologies()}`, {
    data: { from: 'text', text },
    headers: { origin: panel.url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  return ((await answer.json()) as { id: string }).id
}

test('secrets are listed in words, revealed for a minute on request, and written down @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
  consoleErrors,
}) => {
  const list = async () => (await page.request.get(`${panel.url}${api.secrets()}`)).text()
  // The lab adds its connection, and with it a token, when it is up.
  await expect.poll(list, { timeout: 30_000 }).toContain('connections/lab/token')
  await page.goto(pages.secrets())
  await expect(page.getByText(/^There is no recovery kit/)).toBeVisible()
  const table = page.getByRole('table', { name: 'Secrets' })
  await expect(table.getByRole('row', { name: /Token of the connection Lab/ })).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  expect(await wide(page)).toBeLessThanOrEqual(0)

  await table.getByRole('button', { name: 'Token of the connection Lab' }).click()
  const panelOf = page.getByRole('complementary', { name: 'Token of the connection Lab' })
  await expect(panelOf.getByText('connections/lab/token')).toBeVisible()
  await expect(page).toHaveURL(/secret=connections%2Flab%2Ftoken/)
  await expect(panelOf.getByText(/in use by the connection Lab/).last()).toBeVisible()
  await panelOf.getByRole('button', { name: 'Reveal the value' }).click()
  const value = panelOf.getByLabel('Value', { exact: true }).locator('code')
  await expect(value).toHaveText(/^[0-9a-f-]{30,}$/)
  const shown = await value.innerText()
  await expect(panelOf.getByText(/Hidden by itself in \d+ s/)).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await panelOf.getByRole('button', { name: 'Hide it' }).click()
  await expect(page.getByText(shown)).toHaveCount(0)
  expect(panel.output()).not.toContain(shown)
  expect(await list()).not.toContain(shown)
  const audit = await page.request.get(`${panel.url}${api.audit()}`)
  expect(await audit.text()).toContain('secret.reveal')

  // A token that Proxmox does not know replaces nothing.
  await panelOf.getByLabel('New value').getByLabel('New value').fill('not-a-token-of-the-lab')
  await panelOf.getByRole('button', { name: 'Set the new value' }).click()
  await expect(panelOf.getByRole('alert')).toContainText('The stored token stays')
  // The browser itself writes down that the answer was 422.
  expect(consoleErrors.splice(0).join()).toMatch(/422 .*\/api\/secrets/)
})

test('a recovery kit is made with a passphrase that holds, and is all that is printed', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  await page.goto(pages.secrets())
  await page.getByRole('button', { name: 'Make a recovery kit' }).click()
  const form = page.getByRole('form', { name: 'Recovery kit' })
  await form.getByLabel('Passphrase', { exact: true }).fill('short')
  await form.getByRole('button', { name: 'Make the kit' }).click()
  await expect(form.getByText(/The passphrase is too short/)).toBeVisible()
  await expect(form.getByText('The two are not the same; type it again.')).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await form.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  await form.getByLabel('The same passphrase again').fill(PASSPHRASE)
  await form.getByRole('button', { name: 'Make the kit' }).click()

  const sheet = page.getByRole('article', { name: 'Recovery kit' })
  await expect(sheet.getByText('-----BEGIN AGE ENCRYPTED FILE-----')).toBeVisible()
  await expect(sheet.getByRole('img', { name: 'The kit as a QR code' })).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('heading', { name: 'Secrets', level: 1 })).toBeHidden()
  await expect(page.locator('.print-sheet')).toBeVisible()
  await page.emulateMedia({ media: 'screen' })
  await expect(page.locator('.print-sheet')).toBeHidden()

  await page.getByRole('button', { name: 'Close the kit' }).click()
  await expect(page.getByText(/The last one was made/)).toBeVisible()
  await expect(page.getByText(/^There is no recovery kit/)).toHaveCount(0)
  expect(panel.output()).not.toContain('lantern')
})

test('a secret without a value is seen beside the drawing and is given one there', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await withSecret(page, panel)
  await page.goto(pages.design(t))
  await page.getByRole('button', { name: 'Secrets', exact: true }).click()
  await expect(page).toHaveURL(/secrets=1/)
  const side = page.getByRole('complementary', { name: 'Secrets' })
  const row = side.getByRole('region', { name: 'argo-admin' })
  await expect(row.getByText('has no value')).toBeVisible()
  await expect(row.getByText('clusters.home.addOns.argo-cd.values.configs.admin')).toBeVisible()
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await row.getByRole('button', { name: 'Give it a value' }).click()
  await row.getByLabel('Value of argo-admin').fill('a-value-of-my-own')
  await row.getByRole('button', { name: 'Set the value' }).click()
  await expect(row.getByText('set', { exact: true })).toBeVisible()
  await expect(row.getByText('a-value-of-my-own')).toHaveCount(0)

  await row.getByRole('button', { name: 'Set a new value' }).click()
  await row.getByRole('button', { name: 'Make a random one' }).click()
  await expect(row.getByRole('button', { name: 'Set a new value' })).toBeVisible()
  const held = await page.request.get(`${panel.url}${api.topologySecrets(t)}`)
  expect(((await held.json()) as { secrets: object[] }).secrets).toEqual([
    expect.objectContaining({ secret: 'argo-admin', state: 'set', version: 2 }),
  ])
})

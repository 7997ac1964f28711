import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import Database from 'libsql'
import { api, pages } from '@/lib/api/paths'
import { ACCOUNT, expect, test } from './support/fixtures'
import { startPanel, type TestPanel } from './support/panel'

const T = 'dark-knight'

async function send(page: Page, panel: TestPanel, at: string, data: unknown): Promise<unknown> {
  const answer = await page.request.post(`${panel.url}${at}`, {
    data,
    headers: { origin: panel.url },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  return answer.json()
}

/** The blueprint as a topology, and a worker with more memory. */
async function change(page: Page, panel: TestPanel): Promise<void> {
  const head = (await send(page, panel, api.topologies(), { from: 'blueprint' })) as {
    text: string
  }
  const text = head.text.replace(/(\n {2}k8s-worker-2:\n)/, '$1    memoryMib: 12288\n')
  expect(text).not.toBe(head.text)
  await send(page, panel, api.revisions(T), { text, parent: 1, message: 'More room for pods' })
}

const entries = (page: Page) => page.getByRole('list', { name: 'Entries' }).getByRole('listitem')
const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

test('what was done is told in words, searched, opened, filtered and exported @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  await change(page, panel)
  await page.goto(pages.audit())
  const saved = entries(page).filter({ hasText: 'memory of k8s-worker-2' })
  await expect(saved).toContainText(
    /alfred changed .*: memory of k8s-worker-2 .* 12 GiB \(revision 2\)/,
  )
  await expect(saved).toContainText('in a browser')
  await expect(entries(page).filter({ hasText: 'alfred made the first account' })).toHaveCount(1)

  await saved.getByRole('button', { name: /^Details of entry/ }).click()
  await expect(saved.getByText('vms.k8s-worker-2.memoryMib')).toBeVisible()
  await expect(saved.getByText('More room for pods').first()).toBeVisible()
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme)
    expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  }
  expect(await wide(page)).toBeLessThanOrEqual(0)

  await page.getByLabel('Search').fill('More room')
  await expect(entries(page)).toHaveCount(1)
  await expect(page).toHaveURL(/q=More\+room/)
  await page.reload()
  await expect(entries(page)).toHaveCount(1)
  await page.getByLabel('Who', { exact: true }).selectOption(ACCOUNT.name)
  await page.getByLabel('Outcome').selectOption('refused')
  await expect(page.getByText('No entry fits the filter')).toBeVisible()
  await page.getByRole('link', { name: 'Show everything' }).click()
  await expect(page.getByLabel('Outcome')).toHaveValue('')
  await page.getByLabel('About').selectOption('topology')
  await expect(entries(page)).toHaveCount(2)

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^drawbridge-audit-.*\.csv$/)
  const csv = await readFile(await download.path(), 'utf8')
  expect(csv).toContain('More room for pods')
  expect(csv.trimEnd().split('\r\n')).toHaveLength(3)
  await page.getByLabel('About').selectOption('audit')
  await expect(entries(page)).toContainText(['alfred exported the audit log'])
})

test('an object’s own page has its part, and its history names the revision', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  await change(page, panel)
  await page.goto(`${pages.vm(T, 'k8s-worker-2')}?tab=history`)
  const done = page.getByRole('list', { name: 'What was done' })
  await expect(done).toContainText(/alfred changed memory .* → 12 GiB \(revision 2\)/)
  await expect(done.getByRole('listitem')).toHaveCount(2)
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await page.goto(`${pages.vm(T, 'k8s-worker-1')}?tab=history`)
  await expect(done.getByRole('listitem')).toHaveCount(1)
  await page.goto(pages.history(T))
  await expect(done.getByRole('listitem')).toHaveCount(2)
})

test('a log that was changed is named after a start, on Overview and on its page', async ({
  signedIn: page,
  panel,
  consoleErrors,
}) => {
  test.setTimeout(180_000)
  await change(page, panel)
  await page.goto(pages.audit())
  await page.getByRole('button', { name: 'Check the whole log' }).click()
  await expect(page.getByText(/All \d+ entries are as they were written/)).toBeVisible()
  // What was still on its way is no fault of the page.
  await page.goto('about:blank')
  consoleErrors.length = 0
  await panel.stop()
  const db = new Database(path.join(panel.dataDir, 'panel.db'))
  db.exec('DROP TRIGGER "AuditEntry_no_update"')
  db.exec(`UPDATE "AuditEntry" SET "actorName" = 'nobody' WHERE "action" = 'topology.save'`)
  db.close()

  const again = await startPanel({ dataDir: panel.dataDir })
  try {
    expect(again.output()).toContain('the audit log is not as it was written: entry')
    await page.goto(`${again.url}${pages.overview()}`)
    await expect(page.getByText(/The audit log was changed: entry \d+/).first()).toBeVisible()
    await page.goto(`${again.url}${pages.audit()}`)
    await expect(page.getByRole('alert').first()).toContainText(
      'what it says is not what was written',
    )
  } finally {
    await page.goto('about:blank')
    consoleErrors.length = 0
    await again.stop()
  }
})

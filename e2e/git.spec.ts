import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { api, pages } from '@/lib/api/paths'
import { type GitServer, git, startGitServer, TOKEN, USER } from '@/lib/git/testing/git-server'
import { expect, test } from './support/fixtures'
import type { TestPanel } from './support/panel'

let dir = ''
let server: GitServer

test.beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'drawbridge-e2e-git-'))
  server = await startGitServer(dir)
})
test.afterEach(async () => {
  await server.close()
  await rm(dir, { recursive: true, force: true })
})

const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

async function send(page: Page, panel: TestPanel, method: string, path: string, data: unknown) {
  const answer = await page.request.fetch(`${panel.url}${path}`, {
    ...{ method, data, headers: { origin: panel.url } },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  return answer.json()
}

/** The blueprint as a topology, and the server on the list of what may be connected to. */
async function begin(page: Page, panel: TestPanel): Promise<string> {
  const { id } = await send(page, panel, 'POST', api.topologies(), { from: 'blueprint' })
  const other = [{ host: '127.0.0.1', port: server.port, note: 'Git' }]
  await send(page, panel, 'PUT', api.egress(), { other })
  return id
}

test('a topology is kept in Git, and what others commit comes in or is refused @phone', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
  consoleErrors,
}) => {
  const t = await begin(page, panel)
  const fits = async () => {
    expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
    expect(await wide(page)).toBeLessThanOrEqual(0)
  }
  await page.goto(pages.history(t))
  await page.getByRole('tab', { name: 'Git' }).click()
  await expect(page.getByText('This topology is not kept in Git')).toBeVisible()
  await page.getByRole('button', { name: 'Keep it in Git' }).click()

  const form = page.getByRole('form', { name: 'Git settings' })
  await form.getByLabel('Repository').fill('https://me:secret@git.lan/a')
  await form.getByRole('button', { name: 'Save Git settings' }).click()
  await expect(form.getByText(/it holds a password/).first()).toBeVisible()
  // The browser's own line about the refusal.
  expect(consoleErrors.splice(0)).toEqual([expect.stringContaining('400')])
  await form.getByLabel('Repository').fill(server.url)
  await form.getByLabel('File').fill('lab/topology.yaml')
  await form.getByLabel('User name').fill(USER)
  await form.getByLabel('Token').fill(TOKEN)
  await form.getByLabel('Own authority (PEM)').fill(server.caPem)
  await fits()
  await form.getByRole('button', { name: 'Save Git settings' }).click()
  await expect(page.getByText('main and the panel are in step.')).toBeVisible({ timeout: 30_000 })
  const log = page.getByRole('list', { name: 'Commits in and out' })
  await expect(log.getByRole('listitem').first()).toContainText('pushed')
  await expect(page.getByText(TOKEN)).toHaveCount(0)
  await fits()

  const clone = join(dir, 'clone')
  git(dir, 'clone', '--quiet', server.bare, clone)
  const file = join(clone, 'lab/topology.yaml')
  const commit = (message: string, change: (text: string) => string) => {
    writeFileSync(file, change(readFileSync(file, 'utf8')))
    git(clone, 'commit', '--quiet', '-am', message)
    git(clone, 'push', '--quiet', 'origin', 'HEAD:main')
  }
  commit('Say who reads this', (text) => `# read by Ada\n${text}`)
  await page.getByRole('button', { name: 'Look at Git now' }).click()
  const taken = log.getByRole('listitem').filter({ hasText: 'Say who reads this' })
  await expect(taken).toContainText('taken', { timeout: 30_000 })
  await expect(taken).toContainText('Ada (Git)')
  await expect(taken.getByRole('link', { name: 'r2' })).toBeVisible()

  commit('Break it', (text) => text.replace('drawbridge: 1', 'drawbridge: 1\nnonsense: 1'))
  await page.getByRole('button', { name: 'Look at Git now' }).click()
  await expect(page.getByText(/The newest commit is refused/)).toBeVisible({ timeout: 30_000 })
  const wrong = page.getByRole('list', { name: 'What is wrong with Break it' })
  const line = readFileSync(file, 'utf8').split('\n').indexOf('nonsense: 1') + 1
  await expect(wrong).toContainText(`lab/topology.yaml:${line}`)
  await fits()
  expect(panel.output()).not.toContain(TOKEN)
})

test('a rewritten history stops with two choices, and a test says what it finds', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = await begin(page, panel)
  await send(page, panel, 'PUT', api.git(t), {
    ...{ url: server.url, branch: 'main', path: 'lab/topology.yaml', auth: 'token' },
    ...{ username: USER, token: TOKEN, caPem: server.caPem.trim() },
    ...{ commitOn: 'message', intervalS: 0, autoApply: false },
  })
  await page.goto(pages.git(t))
  await expect(page.getByText('main and the panel are in step.')).toBeVisible({ timeout: 30_000 })
  const clone = join(dir, 'clone')
  git(dir, 'clone', '--quiet', server.bare, clone)
  git(clone, 'commit', '--quiet', '--amend', '-m', 'Another past')
  const file = join(clone, 'lab/topology.yaml')
  writeFileSync(file, `# rewritten\n${readFileSync(file, 'utf8')}`)
  git(clone, 'commit', '--quiet', '-am', 'On top of it')
  git(clone, 'push', '--quiet', '--force', 'origin', 'HEAD:main')
  await page.getByRole('button', { name: 'Look at Git now' }).click()
  await expect(page.getByText(/The history of main was rewritten/)).toBeVisible({ timeout: 30_000 })
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  await expect(page.getByRole('button', { name: 'Push the panel’s to a new branch' })).toBeVisible()
  await page.getByRole('button', { name: 'Take Git’s document' }).click()
  await expect(page.getByText('main and the panel are in step.')).toBeVisible({ timeout: 30_000 })

  await page.getByRole('button', { name: 'Test the repository' }).click()
  await page.getByRole('link', { name: 'See what the test says' }).click()
  await expect(page.getByText(/The panel may push there/)).toBeVisible({ timeout: 30_000 })
})

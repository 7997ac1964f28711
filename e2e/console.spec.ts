import { api, pages } from '@/lib/api/paths'
import { TWO_VMS } from '@/workers/provisioner/testing/two-vms'
import { expect, test } from './support/fixtures'
import { startPanel } from './support/panel'

// A panel whose lab runs fast: the VM is there within seconds.
test.use({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
  panel: async ({}, use, testInfo) => {
    const panel = await startPanel({ env: { LAB_SPEED: '600' } })
    await use(panel)
    await testInfo.attach('panel', { body: panel.output(), contentType: 'text/plain' })
    await panel.remove()
  },
})

test('a serial console echoes what is typed, the keyboard comes back, and a screen says what it is', async ({
  signedIn: page,
  panel,
  makeAxeBuilder,
}) => {
  const t = 'two-vms'
  const headers = { origin: panel.url }
  const goal = { kind: 'deploy' } as const
  const post = (path: string, data: object) => page.request.post(path, { data, headers })
  await post(api.topologies(), { from: 'text', text: TWO_VMS })
  await post(api.errands(t), { kind: 'refresh' })
  const hash = async () =>
    (await (await page.request.get(api.plan(t, goal))).json()).result.plan?.hash as
      | string
      | undefined
  await expect.poll(hash, { timeout: 20_000 }).toBeTruthy()
  const started = await post(api.startJob(t), { goal, revision: 1, planHash: await hash() })
  const { jobId } = await started.json()
  const status = async () => (await (await page.request.get(api.job(jobId))).json()).job.status
  await expect.poll(status, { timeout: 60_000 }).toBe('succeeded')

  await page.goto(`${pages.vm(t, 'web')}?tab=access`)
  await page.getByRole('button', { name: 'Open serial console' }).click()
  const screen = page.locator('.xterm-rows')
  await expect(screen).toContainText('web login:')
  await page.keyboard.type('somebody')
  await page.keyboard.press('Enter')
  await expect(screen).toContainText('web login: somebody')
  await expect(screen).toContainText('Login incorrect')
  expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])

  await page.keyboard.press('Shift+Escape')
  await expect(page.getByRole('button', { name: 'Close serial console' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(screen).toHaveCount(0)
  await page.getByRole('button', { name: 'Open screen' }).click()
  await expect(page.getByText('Drawbridge Lab (simulation)')).toBeVisible()
})

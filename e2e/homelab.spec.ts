import { execFileSync } from 'node:child_process'
import type { Page } from '@playwright/test'
import type { JobDetail, LogAnswer, StatusAnswer, TopologyHead } from '@/lib/api/contract'
import { api, pages } from '@/lib/api/paths'
import type { Goal } from '@/lib/plan/plan'
import { expect, makeFirstAccount, test } from './support/fixtures'
import { type LabState, labOf } from './support/lab'
import { startPanel, type TestPanel } from './support/panel'

/** Faster than the default: the deploy alone is 127 steps. Every delay is scaled alike. */
const SPEED = '120'
const JOB_MS = 300_000
const OURS = [200, 201, 202, 203, 204, 205, 206, 207]

// A panel whose lab runs fast; everything else is the build as it is.
test.use({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
  panel: async ({}, use, testInfo) => {
    const panel = await startPanel({ env: { LAB_SPEED: SPEED } })
    await use(panel)
    await testInfo.attach('panel', { body: panel.output(), contentType: 'text/plain' })
    await panel.remove()
  },
})

const get = async <T>(page: Page, path: string): Promise<T> => {
  const answer = await page.request.get(path)
  expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true)
  return (await answer.json()) as T
}

const jobIdOf = (page: Page) => /\/jobs\/([^?#]+)/.exec(page.url())?.[1] ?? ''

/** Opens the plan of a goal, approves it, and gives the id of the job whose page is open then. */
async function approve(page: Page, t: string, goal: Goal, verb: RegExp): Promise<string> {
  await page.goto(pages.plan(t, goal))
  await page.getByRole('button', { name: verb }).click()
  const dialog = page.getByRole('dialog')
  const opened = await Promise.race([
    dialog.waitFor().then(() => true),
    page.waitForURL(/\/jobs\//).then(() => false),
  ])
  if (opened) {
    const name = /^Type (.+) to go on$/.exec(
      (await dialog.getByText(/^Type .+ to go on$/).allTextContents())[0] ?? '',
    )?.[1]
    if (name !== undefined) await dialog.getByLabel(`Type ${name} to go on`).fill(name)
    await dialog.getByRole('button', { name: verb }).click()
    await page.waitForURL(/\/jobs\//)
  }
  return jobIdOf(page)
}

/** Waits on the job's open page, by what the page itself says. */
async function ends(page: Page, how: 'succeeded' | 'failed'): Promise<void> {
  await expect(page.getByRole('main')).toContainText(how === 'succeeded' ? /Succeeded/ : /Failed/, {
    timeout: JOB_MS,
  })
}

/** Every stored line of a job: numbered from 1 without hole or repeat. */
async function expectWholeLog(page: Page, jobId: string): Promise<number> {
  let last = 0
  for (;;) {
    const { lines } = await get<LogAnswer>(page, api.jobLog(jobId, last, 1000))
    if (lines.length === 0) return last
    expect(lines.map(({ n }) => n)).toEqual(lines.map((_, index) => last + 1 + index))
    last += lines.length
  }
}

const vmsOf = (state: LabState) => new Map(state.vms.map((vm) => [vm.vmid, vm]))

/** Kills the panel's worker with SIGKILL, as running out of memory would. */
function killProvisioner(panel: TestPanel): void {
  execFileSync('pkill', ['-KILL', '-P', String(panel.pid), '-f', 'provisioner'])
}

test('from an empty machine to a green status page, and everything that may happen on the way', async ({
  page,
  panel,
  makeAxeBuilder,
  consoleErrors,
}) => {
  test.setTimeout(1_200_000)
  const lab = labOf(panel)
  await makeFirstAccount(page, panel)

  await test.step('the blueprint is drawn, and its plan is shown before anything happens', async () => {
    await page.goto(pages.welcome())
    await page.getByRole('button', { name: 'Start from the blueprint' }).click()
    await page.waitForURL(/\/design/)
    await page.goto(pages.plan('dark-knight'))
    await expect(page.getByRole('button', { name: 'Approve & deploy' })).toBeEnabled({
      timeout: 60_000,
    })
    await expect(page.getByRole('main')).toContainText('k8s-worker-2')
    expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  })
  const t = 'dark-knight'

  // In the middle of the joins one fails once: the page says it in words, and Retry goes on there.
  await lab.fault({
    kind: 'command-fails',
    command: 'kubeadm join',
    vmid: 206,
    times: 1,
    message:
      'error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR CRI]: container runtime is not running',
  })
  const deploy = await approve(page, t, { kind: 'deploy' }, /deploy/)

  await test.step('a killed worker is followed by another, and the page goes on by itself', async () => {
    const jobs = async () => (await get<JobDetail>(page, api.job(deploy))).job
    await expect.poll(async () => (await jobs()).stepsDone, { timeout: JOB_MS }).toBeGreaterThan(15)
    const before = (await jobs()).stepsDone
    killProvisioner(panel)
    await expect
      .poll(async () => (await jobs()).stepsDone, { timeout: JOB_MS })
      .toBeGreaterThan(before)
    await expect(page.getByRole('main')).toContainText('Went on after an interruption', {
      timeout: 30_000,
    })
  })

  await test.step('the failed join is told in words, and Retry goes on from it', async () => {
    await ends(page, 'failed')
    await expect(page.getByRole('main')).toContainText('k8s-worker-3 did not join dark-knight')
    await expect(page.getByRole('main')).toContainText('container runtime')
    expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
    await page.getByRole('button', { name: 'Retry from the failed step' }).click()
    await ends(page, 'succeeded')
    expect(await expectWholeLog(page, deploy)).toBeGreaterThan(500)
  })

  await test.step('eight VMs run at their addresses, and what is not ours was left alone', async () => {
    const state = await lab.state()
    const vms = vmsOf(state)
    for (const vmid of OURS) expect(vms.get(vmid)?.running, `VM ${vmid}`).toBe(true)
    expect(vms.get(205)?.addresses).toContain('10.2.0.32/24')
    expect(vms.get(207)?.addresses).toEqual(
      expect.arrayContaining(['10.2.0.81/24', '10.3.0.10/24']),
    )
    expect(vms.get(100)?.running).toBe(true)
    expect(state.tasks.filter(({ id }) => id === '100' || id === '101')).toEqual([])
    // The first-boot seeds hold private host keys: none is left behind.
    expect(state.volumes.filter(({ volid }) => volid.includes('drawbridge-seed'))).toEqual([])
  })

  await test.step('six nodes are ready, the add-ons are deployed, the status page is green', async () => {
    await expect
      .poll(async () => (await get<StatusAnswer>(page, api.status())).level, { timeout: 60_000 })
      .toBe('ok')
    const status = await get<StatusAnswer>(page, api.status())
    expect(status.topologies[0]).toMatchObject({
      vms: { total: 8, running: 8 },
      nodes: { total: 6, ready: 6 },
      addOns: { total: 12, well: 12 },
    })
    await page.goto(pages.status())
    await expect(page.getByText(/Everything is all right/).first()).toBeVisible()
    await page.goto(pages.cluster(t))
    await expect(page.getByRole('main')).toContainText('6 of 6 nodes are ready')
    await page.goto(pages.addOns(t))
    await expect(page.getByRole('main')).toContainText('Longhorn')
    expect((await makeAxeBuilder(page).analyze()).violations).toEqual([])
  })

  await test.step('a second deploy has nothing to do', async () => {
    await page.goto(pages.plan(t))
    await expect(page.getByRole('main')).toContainText('Nothing to do')
  })

  await test.step('another size is one reboot, of that VM only', async () => {
    const head = await get<TopologyHead>(page, api.topology(t))
    const text = head.text.replace(
      'load-balancer: {cpus: 2, memoryMib: 2048',
      'load-balancer: {cpus: 2, memoryMib: 4096',
    )
    expect(text).not.toBe(head.text)
    const saved = await page.request.post(api.revisions(t), {
      data: { text, parent: head.revision.number, message: 'More memory for the load balancer' },
      headers: { origin: panel.url },
    })
    expect(saved.ok(), await saved.text()).toBe(true)
    const before = await lab.state()
    await page.goto(pages.plan(t))
    await expect(page.getByRole('main')).toContainText(/reboots\s*1/)
    await approve(page, t, { kind: 'deploy' }, /deploy/)
    await ends(page, 'succeeded')
    const after = await lab.state()
    expect(touched(before, after)).toEqual([200])
    expect(vmsOf(after).get(200)?.config.memory).toBe('4096')
  })

  await test.step('rebuilding a worker drains it and touches no other machine', async () => {
    const before = await lab.state()
    const job = await approve(page, t, { kind: 'rebuild', vm: 'k8s-worker-2' }, /rebuild/)
    await ends(page, 'succeeded')
    const detail = await get<JobDetail>(page, api.job(job))
    expect(Object.keys(detail.state.steps)).toEqual(
      expect.arrayContaining(['k8s.drain:k8s-worker-2', 'k8s.join-worker:k8s-worker-2']),
    )
    const after = await lab.state()
    expect(touched(before, after)).toEqual([205])
    // Its Longhorn disk is the same one, with what was on it.
    const disk = (state: LabState) =>
      state.volumes
        .filter(({ fs, vmid }) => fs !== null && vmid === 205 && fs.type === 'ext4')
        .map(({ fs }) => fs?.uuid)
    expect(disk(after)).toEqual(disk(before))
    await page.goto(pages.plan(t))
    await expect(page.getByRole('main')).toContainText('Nothing to do')
  })

  await test.step('what may not be rebuilt says why', async () => {
    await page.goto(pages.plan(t, { kind: 'rebuild', vm: 'nfs-storage' }))
    await expect(page.getByRole('main')).toContainText(/nfs-storage/)
    await expect(page.getByRole('button', { name: /rebuild/i })).toHaveCount(0)
  })

  await test.step('destroying takes the typed name and each disk ticked, and leaves nothing of ours', async () => {
    await page.goto(pages.plan(t, { kind: 'destroy', disks: [] }))
    const ticks = page.getByRole('group', { name: 'Data disks' }).getByRole('checkbox')
    await expect(ticks).toHaveCount(4)
    for (let index = 0; index < 4; index += 1) {
      // The tick is part of the goal in the address: the box follows once the plan has.
      await ticks.nth(index).click()
      await expect(ticks.nth(index)).toBeChecked()
    }
    await expect(page).toHaveURL(/disks/)
    await approveHere(page)
    await ends(page, 'succeeded')
    const state = await lab.state()
    expect(state.vms.map(({ vmid }) => vmid).sort((a, b) => a - b)).toEqual([100, 101])
  })

  // The join that was made to fail and the killed worker left nothing in the browser's console.
  expect(consoleErrors).toEqual([])
})

/** Approves a level 3 plan on the page as it is, its disks ticked already. */
async function approveHere(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve & destroy' }).click()
  const dialog = page.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: 'Approve & destroy' })
  await expect(confirm).toBeDisabled()
  const label =
    (await dialog
      .getByText(/^Type .+ to go on$/)
      .first()
      .textContent()) ?? ''
  await dialog.getByLabel(label).fill(label.replace(/^Type (.+) to go on$/, '$1'))
  await confirm.click()
  await page.waitForURL(/\/jobs\//)
}

/** VMIDs of ours that a span of time touched: by task, configuration, identity or restart. */
function touched(before: LabState, after: LabState): number[] {
  const known = new Set(before.tasks.map(({ upid }) => upid))
  const byTask = after.tasks.filter(({ upid }) => !known.has(upid)).map(({ id }) => Number(id))
  const was = vmsOf(before)
  const changed = after.vms.filter((vm) => {
    const old = was.get(vm.vmid)
    return !old || old.digest !== vm.digest || old.uuid !== vm.uuid || old.bootId !== vm.bootId
  })
  const all = new Set([...byTask, ...changed.map(({ vmid }) => vmid)])
  return [...all].filter((vmid) => OURS.includes(vmid)).sort((a, b) => a - b)
}

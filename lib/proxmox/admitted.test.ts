import { expect, test } from 'vitest'
import { Admission } from './admission'
import { admitted } from './admitted'
import type { Backoff } from './retry-locked'
import type { StubAnswer, StubRequest } from './testing/pve-stub'
import { against } from './testing/stubbed'

const quick: Backoff = {
  ...{ attempts: 3, firstDelayMs: 1, maxDelayMs: 1 },
  random: () => 0,
  sleep: async () => undefined,
}

/** A Proxmox whose clones allocate until `copies`, and end when `ends` says so. */
function cloning() {
  const state = { copying: new Set<string>(), ended: new Set<string>(), started: [] as string[] }
  const answer = ({ method, path, body, query }: StubRequest): StubAnswer => {
    const upid = decodeURIComponent(/tasks\/([^/]+)/.exec(path)?.[1] ?? '')
    if (path.endsWith('/clone')) {
      const vmid = new URLSearchParams(body).get('newid') ?? ''
      state.started.push(vmid)
      return { body: { data: `UPID:pve1:1:2:3:qmclone:${vmid}:root@pam:` } }
    }
    if (path.endsWith('/log')) {
      const lines = [
        'create full clone',
        ...(state.copying.has(upid) ? ['transferred 1.0 MiB of 1.0 GiB (0.10%)'] : []),
      ]
      const from = Number(query.get('start'))
      return { body: { data: lines.map((t, i) => ({ n: i + 1, t })).slice(from) } }
    }
    if (path.includes('/tasks/')) {
      const stopped = state.ended.has(upid)
      const exit = stopped ? { exitstatus: 'OK' } : {}
      return {
        body: { data: { status: stopped ? 'stopped' : 'running', type: 'x', id: '1', ...exit } },
      }
    }
    if (path.endsWith('/status/current')) return { body: { data: { status: 'stopped' } } }
    return { body: { data: method === 'GET' ? {} : null } }
  }
  return { state, answer }
}

const upidOf = (vmid: number) => `UPID:pve1:1:2:3:qmclone:${vmid}:root@pam:`
const clone = (vmid: number) => ({
  ...{ templateVmid: 9000, vmid, name: `w${vmid}`, description: 'd', storage: 'lvm' },
})
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((done) => setTimeout(done, 5))
}

test('two jobs clone onto one storage one after the other, the second once the first copies', async () => {
  const { state, answer } = cloning()
  const { proxmox } = await against(answer)
  const admission = new Admission()
  const waited: string[] = []
  const of = (job: string) => admitted(proxmox, admission, { waits: () => waited.push(job) })
  const [one, two] = [of('one'), of('two')]
  const wait = { signal: AbortSignal.timeout(120_000) }
  const first = one.cloneVm('pve1', clone(1)).then((upid) => one.waitForTask(upid, wait))
  await until(() => state.started.length === 1)
  const second = two.cloneVm('pve1', clone(2)).then((upid) => two.waitForTask(upid, wait))
  await until(() => waited.length === 1)
  expect(state.started).toEqual(['1'])
  state.copying.add(upidOf(1))
  await until(() => state.started.length === 2)
  expect(state.ended.size).toBe(0)
  state.ended.add(upidOf(1))
  state.ended.add(upidOf(2))
  await Promise.all([first, second])
  expect(waited).toEqual(['two'])
  expect(admission.waiting).toBe(0)
})

test('once it is known how long a clone allocates, the next one comes a little before its end', async () => {
  const { state, answer } = cloning()
  const { proxmox } = await against(answer)
  const gate = admitted(proxmox, new Admission(), { leadMs: 50 })
  const wait = { signal: AbortSignal.timeout(120_000) }
  const clones = [1, 2, 3].map((vmid) =>
    gate.cloneVm('pve1', clone(vmid)).then((upid) => gate.waitForTask(upid, wait)),
  )
  await until(() => state.started.length === 1)
  await new Promise((done) => setTimeout(done, 150))
  expect(state.started).toEqual(['1'])
  state.copying.add(upidOf(1))
  // The second says nothing of copying, and yet the third is let in.
  await until(() => state.started.length === 3)
  for (const vmid of [1, 2, 3]) state.ended.add(upidOf(vmid))
  await Promise.all(clones)
})

test('a storage that nodes share is one, one that each has is not', async () => {
  const { state, answer } = cloning()
  const { proxmox } = await against((request) => {
    if (!request.path.endsWith('/storage')) return answer(request)
    const nfs = { storage: 'nfs', type: 'nfs', shared: 1 }
    return { body: { data: [nfs, { storage: 'lvm', type: 'lvmthin', shared: 0 }] } }
  })
  const gate = admitted(proxmox, new Admission())
  await gate.storages('pve1')
  const start = (vmid: number, target: string, storage: string) =>
    void gate.cloneVm('pve1', { ...clone(vmid), target, storage })
  start(1, 'pve1', 'lvm')
  start(2, 'pve2', 'lvm')
  await until(() => state.started.length === 2)
  start(3, 'pve1', 'nfs')
  await until(() => state.started.length === 3)
  start(4, 'pve2', 'nfs')
  start(5, 'pve2', 'other')
  await until(() => state.started.length === 4)
  expect(state.started).toEqual(['1', '2', '3', '5'])
})

test('cancelled while it waits, nothing is sent', async () => {
  const { state, answer } = cloning()
  const { proxmox } = await against(answer)
  const admission = new Admission()
  await admitted(proxmox, admission).cloneVm('pve1', clone(1))
  const controller = new AbortController()
  const waiting = admitted(proxmox, admission, { signal: controller.signal }).cloneVm(
    'pve1',
    clone(2),
  )
  await until(() => admission.waiting === 1)
  const reason = new Error('cancelled')
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  expect(state.started).toEqual(['1'])
})

test('what loses the wait for a lock to somebody else is tried again, within limits', async () => {
  let tries = 0
  const { proxmox } = await against(() =>
    ++tries < 3
      ? { status: 500, reason: "can't lock file '/var/lock/qemu-server/lock-1.conf' - got timeout" }
      : { body: { data: null } },
  )
  const gate = admitted(proxmox, new Admission(), { backoff: quick })
  await gate.setConfig('pve1', 1, { set: { cores: 2 } })
  expect(tries).toBe(3)
})

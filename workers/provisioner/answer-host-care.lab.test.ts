import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HostCareAnswer } from '@/lib/api/contract-host-care'
import type { Fault } from '@/lib/lab/faults'
import { ProxmoxError } from '@/lib/proxmox/errors'
import { type LabSteps, startLabSteps } from '@/lib/steps/testing/lab-steps'
import { hostCareAnswers } from './answer-host-care'

const AT = Date.UTC(2026, 10, 24)
type FaultWish = Fault extends infer F ? (F extends Fault ? Omit<F, 'id'> : never) : never

let home: LabSteps
let at: number
let ask: (node?: string) => Promise<HostCareAnswer>

beforeAll(async () => {
  home = await startLabSteps()
  at = AT
  const reach = { proxmox: async () => home.proxmox }
  const answers = hostCareAnswers({ reach, now: () => at }, 500)
  ask = (node = 'pve1') =>
    answers['host.care']?.({ connectionId: 'lab', node }) as Promise<HostCareAnswer>
})
afterAll(() => home.close())

/** Switches a failure of the lab on; answers how to end it. */
function withFault(fault: FaultWish): () => void {
  const { engine } = home.lab
  engine.change(({ state }) => state.faults.push({ id: 'care', ...fault } as Fault))
  return () =>
    engine.change(({ state }) => {
      state.faults = state.faults.filter(({ id }) => id !== 'care')
    })
}

const requests = () => home.lab.engine.state.record.requests

test('it tells disks, pools and certificates, and in words what the token may not see', async () => {
  const end = withFault({ kind: 'privileges-lost', privileges: ['Sys.Modify'] })
  const { node, at: read, disks, pools, certificates, updates } = await ask()
  expect({ node, read }).toEqual({ node: 'pve1', read: AT })
  expect(disks).toMatchObject({
    state: 'known',
    value: [{ device: '/dev/nvme0n1', kind: 'nvme', healthy: true, wearPercent: 3 }],
  })
  expect(JSON.stringify(disks)).not.toContain('serial')
  expect(pools).toMatchObject({ state: 'known', value: [{ name: 'pve/data' }] })
  const [pool] = pools.state === 'known' ? pools.value : []
  expect(pool?.metadata).toBeGreaterThan(0)
  expect(pool?.metadata).toBeLessThan(1)
  expect(certificates).toMatchObject({ state: 'known', value: [{ file: 'pve-ssl.pem' }] })
  expect(updates).toMatchObject({
    state: 'unknown',
    reason: expect.stringContaining('Sys.Modify'),
  })
  end()
})

test('within a minute nothing is asked again, after it everything', async () => {
  await ask()
  const before = requests()
  at += 59_999
  await Promise.all([ask(), ask()])
  expect(requests()).toBe(before)
  at += 1
  expect(await ask()).toMatchObject({ at })
  expect(requests()).toBe(before + 5)
})

test('with the privilege the waiting updates are told', async () => {
  at += 60_000
  const { updates } = await ask()
  expect(updates).toMatchObject({ state: 'known', value: [{ name: 'pve-manager' }, {}] })
})

test('a Proxmox that hangs costs each part, not the page', async () => {
  // Two seconds of the test's clock, four times what it waits.
  const end = withFault({ kind: 'calls-slow', seconds: 4000, path: '/nodes/pve1/disks' })
  at += 60_000
  const { disks, pools, certificates } = await ask()
  const late = { state: 'unknown', reason: 'Proxmox did not answer within 0.5 s.' }
  expect([disks, pools]).toEqual([late, late])
  expect(certificates.state).toBe('known')
  end()
})

test('a connection that cannot be opened is the error itself, and is tried again', async () => {
  let tries = 0
  const gone = () => {
    tries++
    return Promise.reject(new ProxmoxError('proxmox.unreachable', 'It is away.'))
  }
  const answers = hostCareAnswers({ reach: { proxmox: gone }, now: () => AT })
  const question = { connectionId: 'lab', node: 'pve1' }
  await expect(answers['host.care']?.(question)).rejects.toThrow('It is away.')
  await expect(answers['host.care']?.(question)).rejects.toThrow('It is away.')
  expect(tries).toBe(2)
})

test('looking at a host wakes no disk that turns: SMART is asked of the others alone', async () => {
  const disk = (device: string, kind: string) => ({
    ...{ device, kind, model: null, serial: 's', sizeBytes: 1, use: null },
    ...{ healthy: null, wearPercent: null },
  })
  const lists: unknown[] = []
  const asked: string[] = []
  const proxmox = {
    disks: {
      thinPools: async () => [],
      list: async (_: string, options: unknown) => {
        lists.push(options)
        return [disk('/dev/sda', 'hdd'), disk('/dev/sdb', 'ssd'), disk('/dev/sdc', 'usb')]
      },
      smart: async (_: string, device: string) => {
        asked.push(device)
        return { healthy: true, wearPercent: 4, attributes: [], text: null }
      },
    },
    certificates: { list: async () => [] },
    updates: { list: async () => [] },
  }
  const answers = hostCareAnswers({
    reach: { proxmox: async () => proxmox as unknown as typeof home.proxmox },
    now: () => AT,
  })
  const answer = await answers['host.care']?.({ connectionId: 'nas', node: 'pve1' })
  expect(lists).toEqual([{ smart: false }])
  expect(asked).toEqual(['/dev/sdb'])
  expect(answer?.disks).toMatchObject({
    value: [{ healthy: null }, { healthy: true, wearPercent: 4 }, { healthy: null }],
  })
})

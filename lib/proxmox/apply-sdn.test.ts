import { expect, test } from 'vitest'
import { applySdn } from './apply-sdn'
import type { StubAnswer, StubRequest } from './testing/pve-stub'
import { against } from './testing/stubbed'

/** Two nodes; `shows` says what each of them has after the apply. */
function cluster(options: {
  shows: Record<string, { zone: string; status: string }[] | 'not generated'>
  zones?: object[]
  vnets?: object[]
  locks?: boolean
}) {
  const sent: string[] = []
  const answer = ({ method, path, query, body }: StubRequest): StubAnswer => {
    if (method !== 'GET')
      sent.push(`${method} ${path}${body ? ` ${body}` : ''}${query.size ? ` ${query}` : ''}`)
    if (path === '/cluster/sdn/lock')
      return options.locks
        ? { body: { data: method === 'POST' ? 'tok' : null } }
        : { status: 501, reason: "Method 'POST /cluster/sdn/lock' not implemented" }
    if (path === '/cluster/sdn/zones')
      return {
        body: {
          data: options.zones ?? [
            { zone: 'lab', type: 'vlan', state: 'new', pending: { bridge: 'vmbr0' } },
          ],
        },
      }
    if (path === '/cluster/sdn/vnets') return { body: { data: options.vnets ?? [] } }
    if (path === '/nodes')
      return {
        body: {
          data: [
            { node: 'pve1', status: 'online' },
            { node: 'pve2', status: 'online' },
            { node: 'pve3', status: 'offline' },
          ],
        },
      }
    const node = /^\/nodes\/(\w+)\/sdn\/zones$/.exec(path)?.[1]
    if (node) {
      const shown = options.shows[node]
      return shown === 'not generated'
        ? { status: 500, reason: 'malformed JSON string, neither tag, array, object' }
        : { body: { data: shown ?? [] } }
    }
    if (path.endsWith('/log')) return { body: { data: [] } }
    if (path.includes('/tasks/'))
      return { body: { data: { status: 'stopped', exitstatus: 'OK', type: 'reloadnetworkall' } } }
    return { body: { data: method === 'PUT' ? 'UPID:pve1:1:2:3:reloadnetworkall::u@pam:' : [] } }
  }
  return { sent, answer }
}

const good = [{ zone: 'lab', status: 'available' }]
const wait = { signal: AbortSignal.timeout(120_000) }
const asked = { ours: new Set(['lab', 'vmgmt']), wait, settleMs: 30, everyMs: 5 }

test('it is applied when every node that is up shows it', async () => {
  const { sent, answer } = cluster({ shows: { pve1: good, pve2: good } })
  const { proxmox } = await against(answer)
  await applySdn(proxmox, asked)
  expect(sent).toContain('PUT /cluster/sdn')
})

test.each([
  ['pending', [{ zone: 'lab', status: 'pending' }], 'lab on pve2 is pending'],
  ['an error', [{ zone: 'lab', status: 'error' }], 'lab on pve2 is error'],
  ['nothing', [], 'lab on pve2 is missing'],
  ['no file yet', 'not generated' as const, 'lab on pve2 is not generated'],
])('a node that shows %s is named, though the task said OK', async (_name, shown, words) => {
  const { answer } = cluster({ shows: { pve1: good, pve2: shown } })
  const { proxmox } = await against(answer)
  await expect(applySdn(proxmox, asked)).rejects.toMatchObject({
    code: 'proxmox.not-applied',
    message: expect.stringContaining(words),
  })
})

test("somebody else's staged network is not applied along, and the lock is given back", async () => {
  const { sent, answer } = cluster({
    ...{ shows: {}, locks: true },
    vnets: [{ vnet: 'theirs', type: 'vnet', state: 'new', pending: { zone: 'lab', tag: 7 } }],
  })
  const { proxmox } = await against(answer)
  await expect(applySdn(proxmox, asked)).rejects.toMatchObject({
    code: 'proxmox.foreign-changes',
    message: expect.stringContaining('theirs'),
  })
  expect(sent.some((line) => line.startsWith('PUT /cluster/sdn'))).toBe(false)
  expect(sent.at(-1)).toBe('DELETE /cluster/sdn/lock lock-token=tok')
})

test('PVE 9 is locked first, so that nobody stages anything between the look and the apply', async () => {
  const { sent, answer } = cluster({ shows: { pve1: good, pve2: good }, locks: true })
  const { proxmox } = await against(answer)
  await applySdn(proxmox, asked)
  expect(sent).toEqual([
    'POST /cluster/sdn/lock allow-pending=1',
    'PUT /cluster/sdn lock-token=tok',
  ])
})

test('a zone of one node is asked of that node alone', async () => {
  const zones = [{ zone: 'lab', type: 'vlan', nodes: 'pve1', bridge: 'vmbr0' }]
  const { answer } = cluster({ shows: { pve1: good, pve2: [] }, zones })
  const { proxmox } = await against(answer)
  await applySdn(proxmox, asked)
})

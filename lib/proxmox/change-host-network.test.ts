import { expect, test } from 'vitest'
import { changeHostNetwork, type InterfaceChange } from './change-host-network'
import type { StubAnswer, StubRequest } from './testing/pve-stub'
import { against } from './testing/stubbed'

type Iface = Record<string, unknown>
const RUNNING: Record<string, Iface> = {
  eno1: { type: 'eth', method: 'manual', families: ['inet'] },
  eno2: { type: 'eth', method: 'manual', families: ['inet'] },
  vmbr0: {
    ...{ type: 'bridge', bridge_ports: 'eno1', cidr: '10.0.0.2/24', gateway: '10.0.0.1' },
    ...{ bridge_vlan_aware: 1, active: 1 },
  },
}

/** A node whose changes are staged until they are applied; `meanwhile` runs before each staging. */
function node(options: { staged?: Record<string, Iface>; meanwhile?(s: Stage): void } = {}) {
  const state: Stage = {
    running: { ...RUNNING },
    staged: options.staged ? { ...RUNNING, ...options.staged } : null,
    applied: 0,
    reverted: 0,
  }
  const answer = ({ method, path, body }: StubRequest): StubAnswer => {
    if (path.includes('/tasks/'))
      return path.endsWith('/log')
        ? { body: { data: [] } }
        : { body: { data: { status: 'stopped', exitstatus: 'OK', type: 'srvreload' } } }
    const form = Object.fromEntries(new URLSearchParams(body))
    const name = decodeURIComponent(path.split('/')[4] ?? form.iface ?? '')
    if (method === 'GET') {
      const shown = Object.entries(state.staged ?? state.running)
      const changes = state.staged ? { changes: `diff of ${Object.keys(state.staged)}` } : {}
      return {
        body: {
          data: shown.map(([iface, one], i) => ({ iface, priority: i, ...one })),
          ...changes,
        },
      }
    }
    if (path === '/nodes/pve1/network' && method === 'PUT') {
      state.applied++
      state.running = state.staged ?? state.running
      state.staged = null
      return { body: { data: 'UPID:pve1:1:2:3:srvreload:networking:root@pam:' } }
    }
    if (path === '/nodes/pve1/network' && method === 'DELETE') {
      state.reverted++
      state.staged = null
      return { body: { data: null } }
    }
    options.meanwhile?.(state)
    if (form.bridge_ports === 'eno9')
      return { status: 500, reason: "bridge port 'eno9' does not exist" }
    state.staged = { ...(state.staged ?? state.running) }
    if (method === 'DELETE') delete state.staged[name]
    else state.staged[name] = { ...form }
    return { body: { data: null } }
  }
  return { state, answer }
}
type Stage = {
  running: Record<string, Iface>
  staged: Record<string, Iface> | null
  applied: number
  reverted: number
}

const wait = { signal: AbortSignal.timeout(120_000) }
const bridge: InterfaceChange = {
  ...{ do: 'create', name: 'vmbr7', type: 'bridge' },
  params: { bridge_ports: 'eno2', bridge_vlan_aware: true, autostart: true },
}
async function change(on: ReturnType<typeof node>, ...changes: InterfaceChange[]) {
  const { proxmox } = await against(on.answer)
  return changeHostNetwork(proxmox, {
    ...{ node: 'pve1', changes, managementAddresses: ['10.0.0.2'], wait },
  })
}

test('a bridge on a free port is staged, applied, and there', async () => {
  const on = node()
  await change(on, bridge)
  expect(on.state).toMatchObject({ applied: 1, reverted: 0, staged: null })
  expect(on.state.running).toHaveProperty('vmbr7')
})

test("nothing is staged while somebody else's changes are", async () => {
  const on = node({ staged: { vmbr9: { type: 'bridge' } } })
  await expect(change(on, bridge)).rejects.toMatchObject({ code: 'proxmox.foreign-changes' })
  expect(on.state).toMatchObject({ applied: 0, reverted: 0 })
  expect(on.state.staged).not.toHaveProperty('vmbr7')
})

test('what somebody stages meanwhile is neither applied nor dropped', async () => {
  const on = node({
    meanwhile: (state) => {
      state.staged = { ...(state.staged ?? state.running), vmbr9: { type: 'bridge' } }
    },
  })
  await expect(change(on, bridge)).rejects.toMatchObject({
    code: 'proxmox.foreign-changes',
    message: expect.stringContaining('vmbr9'),
  })
  expect(on.state).toMatchObject({ applied: 0, reverted: 0 })
  expect(on.state.staged).toHaveProperty('vmbr9')
})

test.each<[string, InterfaceChange]>([
  ['the bridge with the address', { do: 'remove', name: 'vmbr0' }],
  ['its port', { do: 'update', name: 'eno1', type: 'eth', params: { mtu: 9000 } }],
  ['a bridge that takes its port', { ...bridge, params: { bridge_ports: 'eno2 eno1' } }],
])('%s is never touched', async (_name, wrong) => {
  const on = node()
  await expect(change(on, wrong)).rejects.toMatchObject({ code: 'proxmox.management-interface' })
  expect(on.state).toMatchObject({ applied: 0, reverted: 0, staged: null })
})

test.each(['cidr', 'cidr6'])(
  'a card with an address of its own (%s) becomes no port',
  async (key) => {
    const on = node()
    // Storage or corosync: no gateway, and nothing that the panel knows the host by.
    on.state.running.eno2 = {
      ...RUNNING.eno2,
      [key]: key === 'cidr' ? '10.9.9.2/24' : 'fd00::2/64',
    }
    await expect(change(on, bridge)).rejects.toMatchObject({ code: 'proxmox.management-interface' })
    expect(on.state).toMatchObject({ applied: 0, staged: null })
  },
)

test('what somebody makes of our own interface after it was staged is not applied', async () => {
  const on = node()
  const answer = on.answer
  let looks = 0
  on.answer = (request) => {
    if (request.method === 'GET' && on.state.staged && ++looks === 2)
      on.state.staged = {
        ...on.state.staged,
        vmbr7: { type: 'bridge', bridge_ports: 'eno1', n: '2' },
      }
    const said = answer(request)
    // The difference that PVE shows is another one then.
    if (looks === 2 && request.method === 'GET')
      (said as { body: { changes?: string } }).body.changes = 'another diff'
    return said
  }
  await expect(change(on, bridge)).rejects.toMatchObject({
    code: 'proxmox.foreign-changes',
    message: expect.stringContaining('vmbr7'),
  })
  expect(on.state).toMatchObject({ applied: 0, reverted: 0 })
})

test('a VLAN beside the management address on the same wire may be made', async () => {
  const on = node()
  await change(on, {
    do: 'create',
    name: 'vmbr0.20',
    type: 'vlan',
    params: { cidr: '10.20.0.2/24' },
  })
  expect(on.state.running).toHaveProperty('vmbr0.20')
})

test('where one of several is refused, the others are dropped again and nothing is applied', async () => {
  const on = node()
  const bad: InterfaceChange = { ...bridge, name: 'vmbr8', params: { bridge_ports: 'eno9' } }
  await expect(change(on, bridge, bad)).rejects.toThrow('eno9')
  expect(on.state).toMatchObject({ applied: 0, reverted: 1, staged: null })
})

test('a reload that did not take it over is an error, whatever the task says', async () => {
  const on = node()
  const answer = on.answer
  on.answer = (request) => {
    const said = answer(request)
    if (request.method === 'PUT' && request.path === '/nodes/pve1/network')
      on.state.running = { ...RUNNING }
    return said
  }
  await expect(change(on, bridge)).rejects.toMatchObject({ code: 'proxmox.not-applied' })
})

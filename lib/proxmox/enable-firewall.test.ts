import { expect, test } from 'vitest'
import { acceptRules, enableFirewall } from './enable-firewall'
import type { StubAnswer, StubRequest } from './testing/pve-stub'
import { against } from './testing/stubbed'

/** A cluster of two nodes with these rules, whose firewall can be switched. */
function host(rules: object[]) {
  const state = { on: false, switched: [] as string[] }
  const answer = ({ method, path, body }: StubRequest): StubAnswer => {
    if (path === '/nodes')
      return { body: { data: ['pve1', 'pve2'].map((node) => ({ node, status: 'online' })) } }
    if (path === '/cluster/firewall/options' && method === 'PUT') {
      const enable = new URLSearchParams(body).get('enable') ?? ''
      state.on = enable === '1'
      state.switched.push(enable)
      return { body: { data: null } }
    }
    if (path === '/cluster/firewall/options')
      return { body: { data: { enable: state.on ? 1 : 0, policy_in: 'DROP', digest: 'd1' } } }
    if (path === '/cluster/firewall/rules')
      return { body: { data: rules.map((rule, pos) => ({ pos, ...rule })) } }
    return { body: { data: [] } }
  }
  return { state, answer }
}

const panel = { name: 'the panel', from: '10.0.0.5', ports: [8006, 22] }
const accepts = { type: 'in', action: 'ACCEPT', source: '10.0.0.0/24', enable: 1 }
const times = { rounds: 4, everyMs: 5, patience: 2 }
const signal = AbortSignal.timeout(120_000)

test('it is switched on where everybody gets in, and watched for a while', async () => {
  const { state, answer } = host([accepts])
  const { proxmox } = await against(answer)
  const probed: string[] = []
  const probe = async (node: string) => void probed.push(node)
  const done = await enableFirewall(proxmox, { mustReach: [panel], probe, signal, ...times })
  expect([done, state.switched]).toEqual(['enabled', ['1']])
  // Once before, and in each round.
  expect(probed.filter((node) => node === 'pve2')).toHaveLength(5)
  expect(await enableFirewall(proxmox, { mustReach: [panel], probe, signal })).toBe('was-on')
})

test('nothing is changed where somebody would be locked out, and the message says who', async () => {
  const { state, answer } = host([{ ...accepts, source: '10.1.0.0/24' }])
  const { proxmox } = await against(answer)
  const enabling = enableFirewall(proxmox, {
    ...{ mustReach: [panel], probe: async () => undefined, signal },
  })
  await expect(enabling).rejects.toMatchObject({
    code: 'proxmox.locked-out',
    message: expect.stringContaining('the panel (10.0.0.5) to port 8006 of pve1'),
  })
  await expect(
    enableFirewall(proxmox, { mustReach: [], probe: async () => undefined, signal }),
  ).rejects.toMatchObject({ code: 'proxmox.locked-out' })
  expect(state.switched).toEqual([])
})

test('a node that cannot be reached any more switches it off again, by itself', async () => {
  const { state, answer } = host([accepts])
  const { proxmox } = await against(answer, { limits: { connections: 1 } })
  const probe = async (node: string) => {
    if (state.on && node === 'pve2') throw new Error('connect timed out')
  }
  const enabling = enableFirewall(proxmox, { mustReach: [panel], probe, signal, ...times })
  await expect(enabling).rejects.toMatchObject({
    code: 'proxmox.locked-out',
    message: expect.stringContaining('is off again'),
  })
  expect(state.switched).toEqual(['1', '0'])
})

test('one probe that fails is not the end, and cancelling switches off', async () => {
  const { state, answer } = host([accepts])
  const { proxmox } = await against(answer)
  let probes = 0
  const flaky = async () => {
    if (++probes === 5) throw new Error('once')
  }
  await enableFirewall(proxmox, { mustReach: [panel], probe: flaky, signal, ...times })
  state.on = false
  const controller = new AbortController()
  const probe = async () => {
    if (state.on) controller.abort(new Error('cancelled'))
  }
  const cancelled = enableFirewall(proxmox, {
    ...{ mustReach: [panel], probe, signal: controller.signal, ...times },
  })
  await expect(cancelled).rejects.toThrow('cancelled')
  expect(state.switched).toEqual(['1', '1', '0'])
})

test('the rules that let somebody in are the ones that the check wants', () => {
  expect(acceptRules([panel])).toEqual([
    expect.objectContaining({ action: 'ACCEPT', source: '10.0.0.5', port: '8006,22' }),
  ])
})

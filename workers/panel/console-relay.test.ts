import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ConsoleSink } from '@/lib/auth/consoles'
import type { PanelSession } from '@/lib/auth/session'
import { type ConsoleNote, ConsoleRelay } from './console-relay'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const session = (name: string): PanelSession => ({
  ...{ id: name, kind: 'browser', confirmedAt: 0, expiresAt: 0, scopes: null, topologies: null },
  me: { id: name, name, role: 'operator', grants: {} },
})
const by = (name: string) => ({
  session: session(name),
  actor: { id: name, name, via: 'browser', from: null } as const,
})

function relay(ask: () => Promise<never> = async () => ({ password: null }) as never) {
  const sent: { type: string; id: string }[] = []
  const notes: ConsoleNote[] = []
  const made = new ConsoleRelay({
    ask,
    send: (message) => void sent.push(message),
    note: async (note) => void notes.push(note),
    changed: () => undefined,
    now: () => 7,
    log: (line) => {
      throw new Error(line)
    },
  })
  const sink = () => {
    const ended: string[] = []
    const output: string[] = []
    const one: ConsoleSink = {
      output: (_, data) => void output.push(new TextDecoder().decode(data)),
      ended: (_, why) => void ended.push(why),
    }
    return { one, ended, output }
  }
  return { made, sent, notes, sink }
}
const WEB = { topologyId: 't', vm: 'web', kind: 'serial' } as const
const at = (id: string) => ({ topologyId: 't', id, columns: 80, rows: 24 })

test('what nobody comes for within half a minute ends, and that is written down', async () => {
  const { made, notes, sink } = relay()
  const id = await made.open(WEB, by('ada'))
  await vi.advanceTimersByTimeAsync(29_000)
  expect(made.list('t', 'ada')).toEqual([
    { vm: 'web', kind: 'serial', by: 'ada', own: true, since: 7 },
  ])
  await vi.advanceTimersByTimeAsync(2000)
  expect(made.list('t', 'ada')).toEqual([])
  expect(notes.map(({ action }) => action)).toEqual(['console.open', 'console.close'])
  await expect(made.attach(at(id), 'ada', sink().one)).rejects.toMatchObject({
    code: 'console.unknown',
  })
})

test('half an hour without a key ends it; a key begins it anew', async () => {
  const { made, sent, sink } = relay()
  const id = await made.open(WEB, by('ada'))
  const { one, ended } = sink()
  await made.attach(at(id), 'ada', one)
  await vi.advanceTimersByTimeAsync(29 * 60_000)
  made.input(id, new TextEncoder().encode('x'), one)
  await vi.advanceTimersByTimeAsync(29 * 60_000)
  expect(ended).toEqual([])
  await vi.advanceTimersByTimeAsync(2 * 60_000)
  expect(ended).toEqual(['Nobody typed for half an hour.'])
  expect(sent.map(({ type }) => type)).toEqual(['console-input', 'console-close'])
})

test.each([
  ['another session', 'eve', 't'],
  ['another topology', 'ada', 'other'],
])('%s cannot connect to it', async (_, who, topologyId) => {
  const { made, sink } = relay()
  const id = await made.open(WEB, by('ada'))
  await expect(made.attach({ ...at(id), topologyId }, who, sink().one)).rejects.toMatchObject({
    status: 404,
  })
  expect(made.list('t', 'ada')).toHaveLength(1)
})

test('one that Proxmox refuses ends at once; one that is closed while it opens does not stay open', async () => {
  const refusing = relay(() => Promise.reject(new Error('no serial port')))
  const id = await refusing.made.open(WEB, by('ada'))
  await expect(refusing.made.attach(at(id), 'ada', refusing.sink().one)).rejects.toThrow('serial')
  expect(refusing.made.list('t', 'ada')).toEqual([])

  let answer = (_: never) => {}
  const slow = relay(() => new Promise((resolve) => (answer = resolve)))
  const other = await slow.made.open(WEB, by('ada'))
  const { one } = slow.sink()
  const attaching = slow.made.attach(at(other), 'ada', one)
  slow.made.left(one)
  answer({ password: null } as never)
  await expect(attaching).rejects.toMatchObject({ code: 'console.unknown' })
  expect(slow.sent.at(-1)).toEqual({ type: 'console-close', id: other })
})

test('output of one that nobody holds is told to stop', () => {
  const { made, sent } = relay()
  made.take({ type: 'console-output', id: 'gone', data: 'eA==' })
  expect(sent).toEqual([{ type: 'console-close', id: 'gone' }])
})

test('there is an end to how many are open', async () => {
  const { made } = relay()
  for (let i = 0; i < 20; i++) await made.open({ ...WEB, vm: `vm${i}` }, by('ada'))
  await expect(made.open(WEB, by('ada'))).rejects.toMatchObject({ code: 'console.too-many' })
})

import { afterEach, expect, test } from 'vitest'
import { directDialer } from '@/lib/io/dialer'
import { openGuestPool } from '@/lib/ssh/guest-session'
import { makePrivateKey, publicKeyOf } from '@/lib/ssh/keys'
import { startSshGuest } from '@/lib/ssh/testing/ssh-guest'
import type { FirstBootLines } from './first-boot-lines'
import { guestReady } from './guest-ready'
import type { StepContext } from './handler'

const hostKey = makePrivateKey('host')
const userKey = makePrivateKey('user')
const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo()
})

/** A guest that gives these answers to `cloud-init status`, the last one for ever. */
async function guestThat(answers: { out: string; code?: number }[], pinned = hostKey) {
  let asked = 0
  const server = await startSshGuest({
    hostKey,
    userKey,
    answer(_command, channel) {
      const { out, code = 0 } = answers[Math.min(asked++, answers.length - 1)] ?? { out: '' }
      channel.write(out)
      channel.exit(code)
      channel.end()
      return true
    },
  })
  const pool = openGuestPool()
  cleanup.push(
    () => server.close(),
    () => pool.close(),
  )
  const lines: string[] = []
  const ctx = {
    guest: async () =>
      pool.session('t/vm', 'vm', async () => ({
        name: 'vm',
        address: '127.0.0.1',
        port: server.port,
        user: 'drawbridge',
        privateKey: userKey,
        hostKey: publicKeyOf(pinned),
        dialer: directDialer(),
      })),
    log: (line: string) => void lines.push(line),
    signal: AbortSignal.timeout(15_000),
    now: () => Date.now(),
  } as unknown as StepContext
  return { ctx, lines, server, asked: () => asked }
}

const args = {
  guest: {
    connection: 'c',
    topologyId: 't',
    vm: 'vm',
    name: 'vm',
    address: '127.0.0.1',
    user: 'drawbridge',
  },
}

test.each([
  ['done', { out: 'status: done\n' }],
  ['degraded done', { out: 'status: degraded done\n', code: 2 }],
  ['done with exit code 2', { out: '\nstatus: done\n', code: 2 }],
])('%s counts as ready', async (_name, answer) => {
  const { ctx } = await guestThat([answer])
  expect(await guestReady.check(args, ctx)).toBe(true)
})

test('it waits while cloud-init is at work, although that exits 0 as well', async () => {
  const { ctx, lines, asked } = await guestThat([
    { out: 'status: running\n' },
    { out: 'status: running\n' },
    { out: 'status: done\n' },
  ])
  expect(await guestReady.check(args, ctx)).toBe(false)
  await guestReady.apply(args, ctx)
  expect(asked()).toBe(3)
  expect(lines).toEqual(['cloud-init is at work (running)'])
})

test('a first boot that failed says why and is not waited for', async () => {
  const { ctx } = await guestThat([
    { out: 'status: error\n', code: 1 },
    { out: 'status: error\ndetail:\nDataSourceNoCloud\nerrors:\n\t- apt failed\n', code: 1 },
  ])
  await expect(guestReady.apply(args, ctx)).rejects.toMatchObject({
    code: 'guest.first-boot-failed',
    message: expect.stringContaining('apt failed'),
  })
})

test('not being reachable yet is waited for, with the reason in the log', async () => {
  const { ctx, lines, server } = await guestThat([{ out: 'status: done\n' }])
  await server.close()
  expect(await guestReady.check(args, ctx)).toBe(false)
  const controller = new AbortController()
  const log = (line: string) => {
    lines.push(line)
    controller.abort(new Error('seen'))
  }
  await expect(guestReady.apply(args, { ...ctx, log, signal: controller.signal })).rejects.toThrow(
    'seen',
  )
  expect(lines[0]).toContain('refuses the connection')
})

test('another host key than the pinned one is not waited for', async () => {
  const { ctx } = await guestThat([{ out: 'status: done\n' }], makePrivateKey('other'))
  await expect(guestReady.apply(args, ctx)).rejects.toMatchObject({ code: 'identity.changed' })
})

/** What a reader of the serial console has, and whether it is still asked for it. */
function readsAlong(...kept: string[]) {
  const ended: string[] = []
  const firstBoot: FirstBootLines = {
    watch: () => undefined,
    lines: (vm) => (vm === 'vm' ? kept : []),
    end: (vm) => void ended.push(vm),
  }
  return { firstBoot, ended }
}

test('a first boot that failed tells what the serial console showed, and goes on reading', async () => {
  const { ctx } = await guestThat([{ out: 'status: error\n', code: 1 }])
  const { firstBoot, ended } = readsAlong('Kernel panic - not syncing')
  const told: string[] = []
  const log = (line: string, level = 'info') => void told.push(`${level}: ${line}`)
  await expect(guestReady.apply(args, { ...ctx, log, firstBoot })).rejects.toThrow()
  expect(told).toEqual([
    'warn: The last 1 lines of the serial console of vm:',
    'warn: | Kernel panic - not syncing',
  ])
  expect(ended).toEqual([])
})

test('a boot that went well keeps it in nobody’s way, and gives the port back; so does a cancelled one', async () => {
  const { ctx } = await guestThat([{ out: 'status: done\n' }])
  const { firstBoot, ended } = readsAlong('vm login:')
  const told: string[] = []
  const log = (line: string, level = 'info') => void told.push(`${level}: ${line}`)
  await guestReady.apply(args, { ...ctx, log, firstBoot })
  expect(told).toContain('debug: | vm login:')
  await guestReady.takeUp?.(args, { ...ctx, log, firstBoot })
  const signal = AbortSignal.abort(new Error('cancelled'))
  await expect(guestReady.apply(args, { ...ctx, log, firstBoot, signal })).rejects.toThrow()
  expect(ended).toEqual(['vm', 'vm', 'vm'])
})

import type { ServerChannel } from 'ssh2'
import { afterEach, expect, test } from 'vitest'
import { directDialer } from '@/lib/io/dialer'
import { openGuestPool } from './guest-session'
import { makePrivateKey, publicKeyOf } from './keys'
import { sh } from './shell'
import { startSshGuest } from './testing/ssh-guest'

const hostKey = makePrivateKey('host')
const userKey = makePrivateKey('user')
const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo()
})

/** A guest whose systemd is a few variables: one unit, its log, and how it stands. */
async function guestWithUnit() {
  const unit = { state: 'none' as 'none' | 'running' | 'exited' | 'failed', status: 0, log: '' }
  const seen: string[] = []
  const say = (channel: ServerChannel, text: string, code = 0) => {
    channel.write(text)
    channel.exit(code)
    channel.end()
    return true
  }
  const server = await startSshGuest({
    hostKey,
    userKey,
    answer(command, channel) {
      seen.push(command)
      if (command.includes('systemctl show')) return say(channel, show(unit))
      if (command.includes('systemd-run')) {
        unit.state = 'running'
        return say(channel, '')
      }
      if (command.includes('systemctl stop') || command.includes('reset-failed')) {
        unit.state = 'none'
        return say(channel, '')
      }
      const tail = /tail -c \+(\d+)/.exec(command)
      if (tail) {
        channel.write(Buffer.from(unit.log).subarray(Number(tail[1]) - 1))
        return say(channel, '')
      }
      return say(channel, '')
    },
  })
  const connect = () => {
    const pool = openGuestPool()
    cleanup.push(() => pool.close())
    return pool.session('t/vm', 'vm', async () => ({
      name: 'vm',
      address: '127.0.0.1',
      port: server.port,
      user: 'drawbridge',
      privateKey: userKey,
      hostKey: publicKeyOf(hostKey),
      dialer: directDialer(),
    }))
  }
  cleanup.push(() => server.close())
  return { unit, seen, server, connect }
}

function show(unit: { state: string; status: number }): string {
  const [load, active, sub] = {
    none: ['not-found', 'inactive', 'dead'],
    running: ['loaded', 'active', 'running'],
    exited: ['loaded', 'active', 'exited'],
    failed: ['loaded', 'failed', 'failed'],
  }[unit.state] as [string, string, string]
  return `LoadState=${load}\nActiveState=${active}\nSubState=${sub}\nExecMainStatus=${unit.status}\n`
}

test('its output is followed from the file, characters cut in two included, and its name is freed', async () => {
  const { unit, seen, connect } = await guestWithUnit()
  const lines: string[] = []
  const running = connect().runLong('k8s-init', sh`kubeadm init`, {
    onLine(line) {
      lines.push(line)
      if (line === 'first') unit.log += 'zw\u00f6lf\nlast'
      if (line.startsWith('zw')) unit.state = 'exited'
    },
  })
  unit.log = 'first\n'
  expect(await running).toEqual({ code: 0, out: 'first\nzw\u00f6lf\nlast', err: '' })
  expect(lines).toEqual(['first', 'zw\u00f6lf', 'last'])
  expect(seen.filter((command) => command.includes('systemd-run'))).toHaveLength(1)
  expect(unit.state).toBe('none')
})

test('a unit that another worker started is followed, not started again', async () => {
  const { unit, seen, connect } = await guestWithUnit()
  Object.assign(unit, { state: 'failed', status: 7, log: 'it said this\n' })
  const result = await connect().runLong('k8s-init', sh`kubeadm init`)
  expect(result).toEqual({ code: 7, out: 'it said this', err: '' })
  expect(seen.some((command) => command.includes('systemd-run'))).toBe(false)
})

test('a broken connection in the middle costs nothing', async () => {
  const { unit, server, connect } = await guestWithUnit()
  const lines: string[] = []
  const running = connect().runLong('apt', sh`apt-get update`, {
    onLine(line) {
      lines.push(line)
      if (line === 'one') {
        server.dropAll()
        unit.log += 'two\n'
        unit.state = 'exited'
      }
    },
  })
  unit.log = 'one\n'
  await running
  expect(lines).toEqual(['one', 'two'])
})

class Stopped extends Error {
  constructor(readonly reason: string) {
    super(reason)
  }
}

test.each([
  ['a cancel stops the unit', new Stopped('cancel'), 'none'],
  ['a shutdown of the panel leaves it running', new Stopped('shutdown'), 'running'],
])('%s', async (_name, reason, state) => {
  const { unit, connect } = await guestWithUnit()
  const controller = new AbortController()
  unit.log = 'begun\n'
  const running = connect().runLong('apt', sh`apt-get update`, {
    signal: controller.signal,
    onLine: () => controller.abort(reason),
  })
  await expect(running).rejects.toBe(reason)
  expect(unit.state).toBe(state)
})

test('a guest that was restarted under the unit is not taken for success', async () => {
  const { unit, connect } = await guestWithUnit()
  unit.log = 'begun\n'
  const running = connect().runLong('apt', sh`apt-get update`, {
    timeoutMs: 300,
    onLine: () => {
      unit.state = 'none'
    },
  })
  await expect(running).rejects.toMatchObject({ code: 'ssh.disconnected', transient: true })
})

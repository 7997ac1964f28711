import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { IdentityChangedError } from '@/lib/base/identity'
import { directDialer } from '@/lib/io/dialer'
import type { SshTarget } from './connect'
import { SshError } from './errors'
import { openGuestPool } from './guest-session'
import { fingerprintOf, makePrivateKey, parsePublicKey, publicKeyOf } from './keys'
import { sh } from './shell'
import { type SshGuest, startSshGuest } from './testing/ssh-guest'

const hostKey = makePrivateKey('host')
const userKey = makePrivateKey('user')
const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo()
})

async function guest(options: Partial<Parameters<typeof startSshGuest>[0]> = {}, idleMs?: number) {
  const server = await startSshGuest({ hostKey, userKey, ...options })
  const pool = openGuestPool({ idleMs })
  cleanup.push(
    () => server.close(),
    () => pool.close(),
  )
  return { server, session: sessionOf(server, pool) }
}

const sessionOf = (
  server: SshGuest,
  pool = openGuestPool(),
  pinned = hostKey,
  mine = userKey,
  more: Partial<SshTarget> = {},
) => {
  cleanup.push(() => pool.close())
  return pool.session('t/vm', 'vm', async () => ({
    name: 'vm',
    address: '127.0.0.1',
    port: server.port,
    user: 'drawbridge',
    privateKey: mine,
    hostKey: publicKeyOf(pinned),
    dialer: directDialer(),
    ...more,
  }))
}

const errorOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SshError)) throw new Error(`not an SshError: ${String(error)}`)
  return error
}

test('output arrives line by line from both streams, with the exit code', async () => {
  const { session } = await guest()
  const lines: string[] = []
  const result = await session.run(sh`sh -c ${'printf "one\\ntwo"; echo oops >&2; exit 3'}`, {
    onLine: (line, stream) => lines.push(`${stream}: ${line}`),
  })
  expect(result).toEqual({ code: 3, out: 'one\ntwo', err: 'oops' })
  expect(lines.toSorted()).toEqual(['err: oops', 'out: one', 'out: two'])
})

test('standard input reaches the command and never its command line', async () => {
  const { session, server } = await guest()
  expect(await session.must(sh`cat`, { stdin: 'hunter2' })).toBe('hunter2')
  expect(server.commands.join()).not.toContain('hunter2')
})

test('many commands at once share one connection, and no more than eight channels', async () => {
  const { session, server } = await guest()
  const all = await Promise.all(Array.from({ length: 30 }, (_, n) => session.must(sh`echo ${n}`)))
  expect(all).toEqual(Array.from({ length: 30 }, (_, n) => String(n)))
  expect(server.connections()).toBe(1)
})

test('another host key than the pinned one is refused, with both fingerprints', async () => {
  const { server } = await guest()
  const error = await sessionOf(server, undefined, makePrivateKey('other'))
    .run(sh`true`)
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    ...{ code: 'identity.changed', transient: false },
    change: { kind: 'vm', offered: fingerprintOf(parsePublicKey(publicKeyOf(hostKey)).blob) },
  })
  expect(String(error).match(/SHA256:/g)).toHaveLength(2)
  expect((error as IdentityChangedError).change.offeredKey).toBe(publicKeyOf(hostKey))
  expect(server.commands).toEqual([])
  expect(server.signIns()).toBe(0)
})

test('the key that the panel made counts beside one that a person accepted, and is told apart', async () => {
  const { server } = await guest()
  const proven: string[] = []
  const session = sessionOf(server, undefined, makePrivateKey('accepted by hand'), userKey, {
    madeHostKey: publicKeyOf(hostKey),
    onProven: (key) => proven.push(key),
  })
  await session.must(sh`true`)
  expect(proven).toEqual([publicKeyOf(hostKey)])
})

test('a key that the guest does not know is said to be that', async () => {
  const { server } = await guest()
  const error = await errorOf(
    sessionOf(server, undefined, hostKey, makePrivateKey('stranger')).run(sh`true`),
  )
  expect(error.code).toBe('ssh.auth')
  expect(error.transient).toBe(false)
})

test('a port where nothing listens is a sentence, not a timeout', async () => {
  const { server } = await guest()
  await server.close()
  const error = await errorOf(sessionOf(server).run(sh`true`))
  expect(error.code).toBe('ssh.unreachable')
  expect(error.message).toContain('refuses the connection')
  expect(error.transient).toBe(true)
})

test('after the connection broke the next command opens another', async () => {
  const { session, server } = await guest()
  await session.must(sh`true`)
  server.dropAll()
  expect(await session.must(sh`echo ${'again'}`)).toBe('again')
  expect(server.connections()).toBe(2)
})

test('a command whose connection breaks in the middle fails as disconnected and is not repeated', async () => {
  const { session, server } = await guest({
    answer: (command) => command === 'hang',
  })
  const running = errorOf(session.run(sh`hang`))
  while (!server.commands.includes('hang')) await new Promise((resolve) => setImmediate(resolve))
  server.dropAll()
  expect((await running).code).toBe('ssh.disconnected')
  expect(server.commands.filter((command) => command === 'hang')).toHaveLength(1)
})

test('a command past its limit is ended and said to be', async () => {
  const { session } = await guest({ answer: (command) => command === 'hang' })
  expect((await errorOf(session.run(sh`hang`, { timeoutMs: 50 }))).code).toBe('ssh.timeout')
})

test('an abort ends the command with the reason of the signal', async () => {
  const { session, server } = await guest({ answer: (command) => command === 'hang' })
  const controller = new AbortController()
  const running = session.run(sh`hang`, { signal: controller.signal })
  while (!server.commands.includes('hang')) await new Promise((resolve) => setImmediate(resolve))
  controller.abort(new Error('cancelled'))
  await expect(running).rejects.toThrow('cancelled')
})

test('an idle connection is closed and opened again when needed', async () => {
  const { session, server } = await guest({}, 20)
  await session.must(sh`true`)
  const closed = new Promise((resolve) => setTimeout(resolve, 120))
  await closed
  await session.must(sh`true`)
  expect(server.connections()).toBe(2)
})

test('a file is written whole, with its mode, and read back', async () => {
  const { session } = await guest()
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-ssh-'))
  const path = join(folder, 'deep', "it's.conf")
  await session.writeFile(path, 'a: b\n', { mode: '0640', owner: userInfo().username })
  expect(readFileSync(path, 'utf8')).toBe('a: b\n')
  expect(statSync(path).mode & 0o777).toBe(0o640)
  expect(await session.readFile(path)).toBe('a: b\n')
  expect(await session.readFile(join(folder, 'nothing'))).toBeNull()
})

test('a failed command names its program and what it said last', async () => {
  const { session } = await guest()
  const error = await errorOf(session.must(sh`ls ${'/does/not/exist'}`))
  expect(error.code).toBe('ssh.command-failed')
  expect(error.message).toMatch(/^ls on vm failed with exit code 2: .*No such file/)
})

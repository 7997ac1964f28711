import { connect, createServer } from 'node:net'
import ssh2 from 'ssh2'
import { afterEach, expect, test } from 'vitest'
import type { IdentityChange, IdentityChangedError } from '@/lib/base/identity'
import { openDialer } from './dialer'
import { fingerprintOf, makePrivateKey, parsePublicKey, publicKeyOf } from './keys'

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo()
})

const hostKey = makePrivateKey('jump host')
const userKey = makePrivateKey('panel')
const shown = fingerprintOf(parsePublicKey(publicKeyOf(hostKey)).blob)

/** A jump host that forwards to loopback, and a server behind it that greets. */
async function network() {
  const behind = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('hello')
  })
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve))
  let connections = 0
  let signIns = 0
  const jump = new ssh2.Server({ hostKeys: [hostKey.reveal()] }, (connection) => {
    connections++
    connection.on('error', () => undefined)
    connection.on('authentication', (auth) => {
      signIns++
      auth.accept()
    })
    connection.on('tcpip', (accept, reject, { destPort }) => {
      const onward = connect(destPort, '127.0.0.1')
      onward.on('connect', () => {
        const channel = accept()
        channel.on('error', () => undefined)
        onward.pipe(channel).pipe(onward)
      })
      onward.on('error', () => reject())
    })
  })
  const port = await new Promise<number>((resolve) =>
    jump.listen(0, '127.0.0.1', () => resolve((jump.address() as { port: number }).port)),
  )
  cleanup.push(
    () => behind.close(),
    () => jump.close(),
  )
  const target = (behind.address() as { port: number }).port
  return {
    settings: { kind: 'ssh-jump', host: '127.0.0.1', port, user: 'me' } as const,
    target,
    connections: () => connections,
    signIns: () => signIns,
  }
}

const keysWith = (pinned: string | null) => {
  const changes: IdentityChange[] = []
  return {
    changes,
    privateKey: async () => userKey,
    pinned: async () => pinned,
    onChanged: ({ change }: IdentityChangedError) => void changes.push(change),
  }
}

const greeting = async (dialer: ReturnType<typeof openDialer>, port: number) => {
  const stream = await dialer.dial('10.2.0.11', port)
  return new Promise<string>((resolve) => {
    stream.once('data', (chunk: Buffer) => {
      stream.destroy()
      resolve(chunk.toString())
    })
    stream.resume()
  })
}

test('streams go through one connection to the jump host whose key was accepted', async () => {
  const { settings, target, connections } = await network()
  const keys = keysWith(shown)
  const dialer = openDialer(settings, keys)
  cleanup.push(() => dialer.close())
  expect(await Promise.all([greeting(dialer, target), greeting(dialer, target)])).toEqual([
    'hello',
    'hello',
  ])
  expect(connections()).toBe(1)
  expect(keys.changes).toEqual([])
})

test.each([
  ['another key than the accepted one', 'SHA256:another', 'identity.changed'],
  ['a key that nobody has accepted', null, 'identity.not-accepted'],
])('a jump host with %s is refused before it learns who asks', async (_, pinned, code) => {
  const { settings, target, signIns } = await network()
  const keys = keysWith(pinned)
  const dialer = openDialer(settings, keys)
  cleanup.push(() => dialer.close())
  await expect(dialer.dial('10.2.0.11', target)).rejects.toMatchObject({ code, transient: false })
  await expect(dialer.reach?.()).rejects.toMatchObject({ code })
  expect(keys.changes[0]).toMatchObject({ kind: 'jump-host', expected: pinned, offered: shown })
  expect(signIns()).toBe(0)
})

test('what the jump host cannot reach is a sentence', async () => {
  const { settings } = await network()
  const dialer = openDialer(settings, keysWith(shown))
  cleanup.push(() => dialer.close())
  await expect(dialer.dial('10.2.0.11', 1)).rejects.toMatchObject({
    code: expect.stringMatching(/^dial\./),
  })
})

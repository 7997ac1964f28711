import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { DialError, directDialer, socks5Dialer } from './dialer'

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo()
})

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined) // The other side may go first.
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup.push(() => server.close())
  return (server.address() as { port: number }).port
}

/** A SOCKS5 gateway (RFC 1928): answers with `reply`, and with `greeting` in the same packet. */
const gateway = (reply: number, greeting = '', target?: number) =>
  listen((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]))
      socket.once('data', () => {
        const answer = Buffer.from([5, reply, 0, 1, 127, 0, 0, 1, 0, 22])
        socket.write(Buffer.concat([answer, Buffer.from(greeting)]))
        if (reply !== 0) return socket.end()
        if (target !== undefined) {
          const onward = connect(target, '127.0.0.1')
          socket.pipe(onward).pipe(socket)
        }
      })
    })
  })

/** Reads until the text is there; listens only now, as a slow caller would. */
const read = (stream: Duplex, wanted: string) =>
  new Promise<string>((resolve) => {
    let text = ''
    stream.resume()
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.length >= wanted.length) resolve(text)
    })
  })
const late = () => new Promise((resolve) => setTimeout(resolve, 30))

test('a server that speaks first is not missed by one who listens late', async () => {
  const port = await listen((socket) => socket.write('SSH-2.0-x\r\n'))
  const stream = await directDialer().dial('127.0.0.1', port)
  cleanup.push(() => stream.destroy())
  await late()
  expect(await read(stream, 'SSH-2.0-x\r\n')).toBe('SSH-2.0-x\r\n')
})

test('neither is one behind a gateway, even in the packet of the gateway itself', async () => {
  const proxy = await gateway(0, 'SSH-2.0-x\r\n')
  const stream = await socks5Dialer({ host: '127.0.0.1', port: proxy }).dial('10.2.0.11', 22)
  cleanup.push(() => stream.destroy())
  await late()
  expect(await read(stream, 'SSH-2.0-x\r\n')).toBe('SSH-2.0-x\r\n')
})

test('bytes go both ways through the gateway', async () => {
  const echo = await listen((socket) => socket.pipe(socket))
  const proxy = await gateway(0, '', echo)
  const stream = await socks5Dialer({ host: '127.0.0.1', port: proxy }).dial('10.2.0.11', 22)
  cleanup.push(() => stream.destroy())
  stream.write('hello')
  expect(await read(stream, 'hello')).toBe('hello')
})

test.each([
  [3, 'dial.no-route'],
  [4, 'dial.no-route'],
  [5, 'dial.refused'],
])('answer %i of a gateway is %s', async (reply, code) => {
  const proxy = await gateway(reply)
  const dialling = socks5Dialer({ host: '127.0.0.1', port: proxy }).dial('10.2.0.11', 22)
  await expect(dialling).rejects.toMatchObject({ code })
})

test('a gateway that is not there is said to be that', async () => {
  const dialling = socks5Dialer({ host: '127.0.0.1', port: 1 }).dial('10.2.0.11', 22)
  await expect(dialling).rejects.toThrow(/the gateway refuses/)
})

test('silence ends after the limit, an abort at once', async () => {
  const proxy = await listen(() => undefined)
  const dialer = socks5Dialer({ host: '127.0.0.1', port: proxy }, 50)
  await expect(dialer.dial('10.2.0.11', 22)).rejects.toMatchObject({ code: 'dial.timeout' })
  const controller = new AbortController()
  const dialling = socks5Dialer({ host: '127.0.0.1', port: proxy }).dial(
    '10.2.0.11',
    22,
    controller.signal,
  )
  controller.abort(new Error('enough'))
  await expect(dialling).rejects.toThrow('enough')
})

test('a closed port is refused in a sentence', async () => {
  const error = await directDialer()
    .dial('127.0.0.1', 1)
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(DialError)
  expect((error as DialError).message).toContain('refuses the connection')
})

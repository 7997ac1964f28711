import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { io as connect } from 'socket.io-client'
import { expect, onTestFinished, test } from 'vitest'
import { PEER_HEADER } from '@/lib/auth/peer'
import { limitSockets, MAX_MESSAGE_BYTES } from './socket-limit'

/** A server whose sockets' session and peer are what the client says. */
async function serve() {
  const server = http.createServer()
  const io = new Server(server, { maxHttpBufferSize: MAX_MESSAGE_BYTES })
  io.use((socket, next) => {
    socket.data.session = { id: socket.handshake.auth.session }
    next()
  })
  limitSockets(io, { perSession: 2, perPeer: 3 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => io.close())
  const { port } = server.address() as AddressInfo
  const open = (session: string, peer: string) => {
    const socket = connect(`http://127.0.0.1:${port}`, {
      auth: { session },
      extraHeaders: { [PEER_HEADER]: peer },
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
    })
    onTestFinished(() => void socket.disconnect())
    return new Promise<{ socket: typeof socket; answer: string }>((resolve) => {
      socket.once('connect', () => resolve({ socket, answer: 'in' }))
      socket.once('connect_error', (error) => resolve({ socket, answer: error.message }))
    })
  }
  return { io, open }
}
const answers = async (asked: Promise<{ answer: string }>) => (await asked).answer

test('a session has so many sockets and an address so many; a closed one makes room', async () => {
  const { io, open } = await serve()
  const first = await open('ada', 'home')
  expect(first.answer).toBe('in')
  expect(await answers(open('ada', 'home'))).toBe('in')
  expect(await answers(open('ada', 'office'))).toBe('too-many')
  expect(await answers(open('eve', 'home'))).toBe('in')
  expect(await answers(open('bob', 'home'))).toBe('too-many')
  expect(await answers(open('bob', 'office'))).toBe('in')
  const server = [...io.sockets.sockets.values()].find(({ data }) => data.session.id === 'ada')
  const gone = new Promise((resolve) => server?.once('disconnect', resolve))
  first.socket.disconnect()
  await gone
  expect(await answers(open('ada', 'home'))).toBe('in')
})

test('a message that is too large ends the connection', async () => {
  const { open } = await serve()
  const { socket } = await open('ada', 'home')
  const ended = new Promise<string>((resolve) => socket.once('disconnect', resolve))
  socket.emit('anything', 'x'.repeat(MAX_MESSAGE_BYTES + 1))
  expect(await ended).toMatch(/transport/)
})

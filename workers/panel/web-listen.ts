import http from 'node:http'
import https from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { plainAddress, trustsProxy } from '@/lib/io/trusted-proxies'
import { faultOfClient, refuseSocket } from './web-answers'

/**
 * What one client can take of the server. A browser has at most six connections and a few more for
 * sockets; a household behind one address has several browsers.
 */
export const LIMITS = {
  connections: 1024,
  connectionsPerAddress: 200,
  headerBytes: 16 * 1024,
  headersMs: 15_000,
  requestMs: 60_000,
  handshakeMs: 10_000,
  /** Longer than what proxies keep a connection for, so that it is they who close it. */
  keepAliveMs: 75_000,
  idleMs: 120_000,
  checkEveryMs: 5_000,
}
export type Limits = typeof LIMITS

type OnRequest = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  way: 'served' | 'plain-beside-tls',
) => void
type OnUpgrade = (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void

export type Listening = {
  port: number
  /** From now on new connections get this certificate. */
  setPair(pair: { cert: string; key: string }): void
  close(): Promise<void>
}

/**
 * The suites of TLS 1.2 and 1.3 that are offered, best first: authenticated encryption with keys that
 * are made for one connection and forgotten. Every browser since 2016 has one of them.
 */
export const CIPHERS = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
].join(':')

/** The first byte of a TLS record that opens a connection (RFC 8446 section 5.1). */
const TLS_HANDSHAKE = 0x16

/**
 * Listens on one port: HTTP, or with a certificate HTTPS, where what comes as plain HTTP is told
 * apart by its first byte and handed on as `plain-beside-tls`. Slow, idle, large and too many
 * requests are ended by {@link LIMITS}.
 */
export async function listen(
  at: { host: string; port: number; trustProxy: string },
  pair: { cert: string; key: string } | null,
  on: { request: OnRequest; upgrade: OnUpgrade },
  limits: Limits = LIMITS,
): Promise<Listening> {
  const options = optionsOf(limits)
  const plain = pair ? http.createServer(options) : null
  const secure = pair
    ? https.createServer({
        ...options,
        ...pair,
        minVersion: 'TLSv1.2',
        ciphers: CIPHERS,
        honorCipherOrder: true,
        handshakeTimeout: limits.handshakeMs,
      })
    : null
  const main: http.Server | https.Server = secure ?? http.createServer(options)
  for (const server of plain ? [main, plain] : [main]) bound(server, limits)
  main.on('request', (request, response) => on.request(request, response, 'served'))
  main.on('upgrade', on.upgrade)
  plain?.on('request', (request, response) => on.request(request, response, 'plain-beside-tls'))
  plain?.on('upgrade', (_, socket) =>
    refuseSocket(socket, {
      status: 400,
      message:
        'This port speaks HTTPS - a socket over plain HTTP could be read on the way - use wss.',
    }),
  )
  const sockets = new Set<Socket>()
  main.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  limitPerAddress(main, at.trustProxy, limits)
  if (secure && plain) tellApart(secure, plain, limits)
  await listening(main, at)
  // Its connections come from the other server; this starts the watch over their time limits.
  plain?.emit('listening')
  return {
    port: (main.address() as AddressInfo).port,
    setPair: (next) => secure?.setSecureContext(next),
    close: () =>
      new Promise((resolve) => {
        main.close(() => resolve())
        plain?.close()
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const optionsOf = (limits: Limits): http.ServerOptions => ({
  maxHeaderSize: limits.headerBytes,
  headersTimeout: limits.headersMs,
  requestTimeout: limits.requestMs,
  keepAliveTimeout: limits.keepAliveMs,
  connectionsCheckingInterval: limits.checkEveryMs,
})

function bound(server: http.Server | https.Server, limits: Limits): void {
  server.maxConnections = limits.connections
  server.timeout = limits.idleMs
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Only what was HTTP so far can be answered: a handshake that stopped would be waited for.
    if (!/^(HPE|ERR_HTTP)_/.test(error.code ?? '')) socket.destroy()
    else refuseSocket(socket, faultOfClient(error.code))
  })
}

function limitPerAddress(server: Server, trustProxy: string, limits: Limits): void {
  const open = new Map<string, number>()
  const isProxy = trustsProxy(trustProxy)
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '')
    if (isProxy(address)) return
    const count = (open.get(address) ?? 0) + 1
    if (count > limits.connectionsPerAddress) {
      socket.destroy()
      return
    }
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}

/** Puts a look at the first byte before the TLS server's own handling of a connection. */
function tellApart(secure: https.Server, plain: http.Server, limits: Limits): void {
  const handlers = secure.listeners('connection') as ((socket: Socket) => void)[]
  const [toTls, ...others] = handlers
  secure.removeAllListeners('connection')
  secure.on('connection', (socket: Socket) => {
    for (const other of others) other.call(secure, socket)
    if (socket.destroyed) return
    const giveUp = () => socket.destroy()
    socket.setTimeout(limits.handshakeMs, giveUp)
    socket.on('error', giveUp)
    const look = () => {
      const byte: Buffer | null = socket.read(1)
      if (byte === null) {
        if (!socket.readableEnded) socket.once('readable', look)
        return
      }
      socket.setTimeout(0)
      socket.off('timeout', giveUp)
      socket.off('error', giveUp)
      socket.unshift(byte)
      if (byte[0] === TLS_HANDSHAKE) toTls?.call(secure, socket)
      else plain.emit('connection', socket)
    }
    look()
  })
}

function listening(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

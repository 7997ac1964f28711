import { isIP } from 'node:net'
import tls, { type TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import { authorityName, certificateError, sameFingerprint } from './certificate'
import type { ConsoleDoor } from './console'
import { ProxmoxError } from './errors'
import { greeted, inputFrame, PING_EVERY_MS, pingFrame, resizeFrame } from './term-frames'

/** A console that is open. Nothing arrives before `onOutput` is given, and nothing after the end. */
export type ConsoleStream = {
  /** What is typed, or what a viewer of the screen says, as it is. */
  write(bytes: Uint8Array): void
  /** The terminal's size; a screen has its own. */
  resize(columns: number, rows: number): void
  /** Reads no more from Proxmox until `resume`: what the guest prints waits there. */
  pause(): void
  resume(): void
  close(): void
}

export type ConsoleListener = {
  output(bytes: Uint8Array): void
  /** Once; also after `close`. */
  end(): void
}

/** How long door, certificate and greeting may take together, in milliseconds. */
const OPEN_MS = 10_000
/** What waits to be sent and is not taken: past this the other side is stuck, in bytes. */
const MOST_UNSENT = 1024 * 1024
/** A screen of 4K sent raw is 33 MiB. */
const MOST_MESSAGE = 64 * 1024 * 1024

/**
 * Opens what waits behind a door: compares the certificate before the ticket is sent, and greets a
 * terminal. The ticket counts for a few seconds and once. Throws `proxmox.unreachable`,
 * `proxmox.console-refused` and IdentityChangedError.
 */
export async function openConsoleStream(
  door: ConsoleDoor,
  listener: ConsoleListener,
  { caPem = null, name }: { caPem?: string | null; name: string },
): Promise<ConsoleStream> {
  const limit = AbortSignal.timeout(OPEN_MS)
  const socket = await dial(door, caPem, { name, limit })
  const web = new WebSocket(door.url.reveal(), door.protocol, {
    createConnection: () => socket,
    headers: Object.fromEntries(
      Object.entries(door.headers).map(([header, value]) => [header, value.reveal()]),
    ),
    ...{ perMessageDeflate: false, maxPayload: MOST_MESSAGE, handshakeTimeout: OPEN_MS },
  })
  web.binaryType = 'nodebuffer'
  const inbox = inboxOf(web)
  try {
    await opened(web, limit)
    if (door.greeting !== null) await greet(web, inbox, { greeting: door.greeting.reveal(), limit })
    return streamOf(web, inbox, door.kind, listener)
  } catch (error) {
    web.on('error', () => undefined)
    web.terminate()
    throw error
  }
}

/** Messages in their order to whoever listens now; what comes while nobody does waits. */
type Inbox = {
  to(listener: ((bytes: Uint8Array) => void) | null): void
  unread(bytes: Uint8Array): void
}

function inboxOf(web: WebSocket): Inbox {
  const waiting: Uint8Array[] = []
  let current: ((bytes: Uint8Array) => void) | null = null
  const drain = () => {
    while (current !== null) {
      const next = waiting.shift()
      if (next === undefined) return
      current(next)
    }
  }
  web.on('message', (data: Buffer) => {
    waiting.push(data)
    drain()
  })
  return {
    to(listener) {
      current = listener
      drain()
    },
    unread: (bytes) => void waiting.unshift(bytes),
  }
}

function streamOf(
  web: WebSocket,
  inbox: Inbox,
  kind: ConsoleDoor['kind'],
  listener: ConsoleListener,
): ConsoleStream {
  const serial = kind === 'serial'
  const send = (bytes: Uint8Array) => {
    if (web.readyState !== WebSocket.OPEN) return
    if (web.bufferedAmount > MOST_UNSENT) web.terminate()
    else web.send(bytes)
  }
  const ping = serial ? setInterval(() => send(pingFrame()), PING_EVERY_MS) : undefined
  web.on('error', () => web.terminate())
  web.once('close', () => {
    clearInterval(ping)
    listener.end()
  })
  inbox.to((bytes) => listener.output(bytes))
  return {
    write: (bytes) => send(serial ? inputFrame(bytes) : bytes),
    resize(columns, rows) {
      if (serial) send(resizeFrame(columns, rows))
    },
    pause: () => web.pause(),
    resume: () => web.resume(),
    close() {
      web.close()
      // Whoever does not answer the close is not waited for.
      setTimeout(() => web.terminate(), 1000).unref()
    },
  }
}

/** A TLS socket to who was expected; nothing was sent on it. */
function dial(
  { address, url }: ConsoleDoor,
  caPem: string | null,
  { name, limit }: { name: string; limit: AbortSignal },
): Promise<TLSSocket> {
  const { hostname, port } = new URL(url.reveal())
  const host = hostname.replace(/^\[|\]$/g, '')
  const byAuthority = address.fingerprint === null && caPem !== null
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      ...{ host, port: Number(port || 443), ALPNProtocols: ['http/1.1'] },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(byAuthority ? { ca: caPem } : {}),
      rejectUnauthorized: address.fingerprint === null,
    })
    const fail = (error: Error) => {
      limit.removeEventListener('abort', onLimit)
      socket.destroy()
      reject(error)
    }
    const onLimit = () => fail(unreachable(name, 'no answer in time'))
    limit.addEventListener('abort', onLimit, { once: true })
    socket.once('error', (error) => fail(unreachable(name, error.message, error)))
    socket.once('secureConnect', () => {
      const shown = socket.getPeerCertificate()?.fingerprint256 ?? 'no certificate'
      if (address.fingerprint !== null && !sameFingerprint(shown, address.fingerprint))
        return fail(certificateError(name, address.fingerprint, shown))
      if (byAuthority && !socket.authorized)
        return fail(certificateError(name, authorityName(caPem), shown))
      limit.removeEventListener('abort', onLimit)
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}

/** Waits for the upgrade. */
function opened(web: WebSocket, limit: AbortSignal): Promise<void> {
  return settled(web, limit, (resolve, reject) => {
    web.once('open', resolve)
    web.once('unexpected-response', (_, { statusCode, statusMessage }) =>
      reject(refused(`it answered ${statusCode} ${statusMessage ?? ''}`.trim())),
    )
  })
}

/** Says who we are to the terminal; what it printed behind its OK waits for who listens next. */
function greet(
  web: WebSocket,
  inbox: Inbox,
  { greeting, limit }: { greeting: string; limit: AbortSignal },
): Promise<void> {
  let held: Uint8Array = new Uint8Array()
  return settled(web, limit, (resolve, reject) => {
    inbox.to((bytes) => {
      const answer = greeted(held, bytes)
      if (answer.state === 'waiting') {
        held = answer.held
        return
      }
      inbox.to(null)
      if (answer.state === 'refused') return reject(refused('it did not take the ticket'))
      if (answer.output.length > 0) inbox.unread(answer.output)
      resolve()
    })
    web.send(greeting)
  })
}

/** One wait on a websocket that ends with its error, its close or the limit, and takes its ears along. */
function settled<T>(
  web: WebSocket,
  limit: AbortSignal,
  begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const end = () => {
      web.off('error', onError)
      web.off('close', onClose)
      limit.removeEventListener('abort', onLimit)
    }
    const fail = (error: Error) => {
      end()
      reject(error)
    }
    const onError = (error: Error) => fail(refused(error.message))
    const onClose = () => fail(refused('it closed at once'))
    const onLimit = () => fail(refused('it did not answer in time'))
    web.once('error', onError)
    web.once('close', onClose)
    limit.addEventListener('abort', onLimit, { once: true })
    begin((value) => {
      end()
      resolve(value)
    }, fail)
  })
}

const refused = (why: string) =>
  new ProxmoxError(
    'proxmox.console-refused',
    `Proxmox did not open the console: ${why} - it may have been too slow for its ticket, or the VM just stopped - open it again.`,
  )

const unreachable = (name: string, why: string, cause?: unknown) =>
  new ProxmoxError(
    'proxmox.unreachable',
    `The console of ${name} cannot be reached (${why}) - check that the host is up and reachable from the panel.`,
    { cause },
  )

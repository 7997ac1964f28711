import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { SocksClient } from 'socks'
import { PanelError } from '@/lib/base/errors'

/**
 * Opens a byte stream to a guest or a cluster the way its connection says. The stream comes
 * paused, so that a server that speaks first (SSH) loses nothing: whoever takes it resumes it, pipes
 * it or hands it to a protocol, and listens for its errors.
 */
export type Dialer = {
  /** Throws {@link DialError}; rejects with the signal's reason when aborted. */
  dial(host: string, port: number, signal?: AbortSignal): Promise<Duplex>
  /** Where there is a machine in between: signs in there, so that who it is becomes known. */
  reach?(): Promise<void>
  close(): void
}

const TIMEOUT_MS = 15_000

/** Why a connection could not be opened, as one sentence instead of a timeout. */
export class DialError extends PanelError {
  readonly code: string
  override readonly transient = true

  constructor(
    code: 'dial.no-route' | 'dial.refused' | 'dial.timeout' | 'dial.failed',
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause })
    this.code = code
  }
}

/** Straight from this machine. */
export function directDialer(timeoutMs = TIMEOUT_MS): Dialer {
  return {
    close() {},
    dial: (host, port, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const socket = connect({ host, port, noDelay: true })
        const settle = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
          socket.removeListener('error', onError)
        }
        const fail = (error: unknown) => {
          settle()
          socket.destroy()
          reject(error)
        }
        const onError = (error: Error) => fail(toDialError(error, host, port))
        const onAbort = () => fail(signal?.reason)
        const timer = setTimeout(
          () =>
            fail(
              new DialError(
                'dial.timeout',
                `${host}:${port} does not answer within ${timeoutMs / 1000} s - it is off, filtered, or not routed from here.`,
              ),
            ),
          timeoutMs,
        )
        signal?.addEventListener('abort', onAbort)
        socket.once('error', onError)
        socket.once('connect', () => {
          settle()
          socket.pause()
          resolve(socket)
        })
      }),
  }
}

/** Through a SOCKS5 gateway, which resolves and routes the address itself. */
export function socks5Dialer(
  proxy: { host: string; port: number },
  timeoutMs = TIMEOUT_MS,
): Dialer {
  return {
    close() {},
    async dial(host, port, signal) {
      signal?.throwIfAborted()
      const opening = SocksClient.createConnection({
        proxy: { host: proxy.host, port: proxy.port, type: 5 },
        command: 'connect',
        destination: { host, port },
        timeout: timeoutMs,
        set_tcp_nodelay: true,
      })
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
      try {
        const { socket } = await Promise.race([opening, aborted])
        return await settled(socket)
      } catch (error) {
        // Not ours any more: close it when it arrives. Its failure was reported by the race, or nobody waits.
        void opening.then(({ socket }) => socket.destroy()).catch(() => undefined)
        if (signal?.aborted) throw signal.reason
        throw toDialError(
          error,
          host,
          port,
          `through the SOCKS5 gateway ${proxy.host}:${proxy.port}`,
        )
      }
    },
  }
}

/**
 * Holds back what arrived with the gateway's answer. The library lets the stream flow one turn of
 * the event loop after it hands it out; bytes that come before somebody listens would be lost.
 */
async function settled(socket: Duplex): Promise<Duplex> {
  const early: Buffer[] = []
  const keep = (chunk: Buffer) => early.push(chunk)
  socket.on('data', keep)
  await new Promise((resolve) => setImmediate(resolve))
  socket.pause()
  socket.off('data', keep)
  for (const chunk of early.toReversed()) socket.unshift(chunk)
  return socket
}

/** Translates what sockets and SOCKS gateways say into the sentence a person can act on. */
export function toDialError(error: unknown, host: string, port: number, via = ''): DialError {
  const text = error instanceof Error ? error.message : String(error)
  const code = (error as NodeJS.ErrnoException | null)?.code ?? ''
  const target = [`${host}:${port}`, via].filter(Boolean).join(' ')
  // The gateway itself refuses: says more about the way than about the target.
  if (via && /ECONNREFUSED/.test(`${code} ${text}`))
    return new DialError(
      'dial.failed',
      `${target} cannot be reached: the gateway refuses connections - check the connection's settings.`,
      error,
    )
  if (/EHOSTUNREACH|ENETUNREACH|HostUnreachable|NetworkUnreachable/.test(`${code} ${text}`))
    return new DialError(
      'dial.no-route',
      `${target} is not reachable: no route to it - check the router and the VLAN.`,
      error,
    )
  if (/ECONNREFUSED|ConnectionRefused/.test(`${code} ${text}`))
    return new DialError(
      'dial.refused',
      `${target} refuses the connection - the machine is up, nothing listens there yet.`,
      error,
    )
  if (/ETIMEDOUT|timed out|TTLExpired/i.test(`${code} ${text}`))
    return new DialError(
      'dial.timeout',
      `${target} does not answer - it is off, filtered, or not routed from here.`,
      error,
    )
  return new DialError('dial.failed', `${target} cannot be reached: ${text}`, error)
}

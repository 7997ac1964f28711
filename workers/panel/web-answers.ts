import http from 'node:http'
import type { Duplex } from 'node:stream'
import { FIXED_LINES } from './headers'

/** An answer of the server's own, before any page or route: what - why - what to do. */
export type Refused = { status: number; code: string; message: string }

/** Answers a refusal: as JSON to a program, as text to a person. */
export function refuse(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { status, code, message }: Refused,
): void {
  const json = request.url?.startsWith('/api/') || /json/.test(request.headers.accept ?? '')
  const body = json ? JSON.stringify({ code, message }) : `${message}\n`
  response.writeHead(status, {
    'content-type': json ? 'application/json' : 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    // What follows on this connection was not read.
    connection: 'close',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** The same where there is no answer to write it to: an upgrade, or a request that was no HTTP. */
export function refuseSocket(socket: Duplex, { status, message }: Omit<Refused, 'code'>): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = `${message}\n`
  socket.end(
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${FIXED_LINES}\r\n${body}`,
  )
}

/** What a connection that is no proper request is told. */
export function faultOfClient(code: string | undefined): Omit<Refused, 'code'> {
  if (code === 'HPE_HEADER_OVERFLOW')
    return {
      status: 431,
      message: 'The headers are too large - at most 16 KiB are read - delete this site’s cookies.',
    }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return {
      status: 408,
      message: 'The request did not come to its end in time - the connection is slow - try again.',
    }
  return {
    status: 400,
    message: 'This is no request that the panel can read - send it again.',
  }
}

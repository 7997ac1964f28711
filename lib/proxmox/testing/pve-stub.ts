import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import * as x509 from '@peculiar/x509'
import { readableFingerprint } from '../certificate'

/** One answer as PVE sends it: the reason phrase carries the error. */
export type StubAnswer = { status?: number; reason?: string; body?: unknown }
export type StubRequest = {
  method: string
  path: string
  query: URLSearchParams
  body: string
  headers: Record<string, string | string[] | undefined>
}

/** An HTTPS server with a certificate of its own that answers what a test says, on loopback. */
export type PveStub = {
  url: string
  fingerprint: string
  /** PEM; its own authority. */
  certificate: string
  requests: StubRequest[]
  /** Connections whose TLS handshake ended, whether or not they asked something. */
  close(): Promise<void>
}

/** `answer` gets each request; null closes the connection without a word. */
export async function startPveStub(
  answer: (request: StubRequest) => StubAnswer | null,
): Promise<PveStub> {
  const { key, certificate, fingerprint } = await selfSigned()
  const requests: StubRequest[] = []
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'https://stub')
      const seen: StubRequest = {
        method: request.method ?? '',
        path: url.pathname.replace(/^\/api2\/json/, ''),
        query: url.searchParams,
        body: Buffer.concat(chunks).toString('latin1'),
        headers: request.headers,
      }
      requests.push(seen)
      const said = answer(seen)
      if (said === null) return request.socket.destroy()
      const { status = 200, reason = 'OK', body } = said
      response.writeHead(status, reason, { 'content-type': 'application/json;charset=UTF-8' })
      response.end(body === undefined ? '' : JSON.stringify(body))
    })
  })
  await listen(server)
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fingerprint,
    certificate,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const listen = (server: Server) =>
  new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

/** A self-signed certificate of pve1.lan and 127.0.0.1 with its key, as PEM. */
export async function selfSigned() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=pve1.lan, O=Stub',
      keys,
      signingAlgorithm: algorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    },
    crypto as never,
  )
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString(
    'base64',
  )
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    certificate: certificate.toString('pem'),
    fingerprint: readableFingerprint(
      Buffer.from(await certificate.getThumbprint('SHA-256', crypto as never)).toString('hex'),
    ),
  }
}

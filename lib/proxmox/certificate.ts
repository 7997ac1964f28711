import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { IdentityChangedError } from '@/lib/base/identity'
import { ProxmoxError } from './errors'

/** What a server shows, for a person to compare with what Proxmox's own console says. */
export type ShownCertificate = {
  /** SHA-256, `AA:BB:...`. */
  fingerprint: string
  subject: string
  issuer: string
  validTo: string
  /** Whether this machine's authorities vouch for it, so that no pin is needed. */
  trusted: boolean
}

const TIMEOUT_MS = 8_000

/** `AA:BB:...` whatever the separators and case were. */
export const readableFingerprint = (fingerprint: string): string =>
  (
    fingerprint
      .replaceAll(/[^0-9a-fA-F]/g, '')
      .toUpperCase()
      .match(/.{1,2}/g) ?? []
  ).join(':')

/** Whether two writings mean the same fingerprint. */
export const sameFingerprint = (a: string, b: string): boolean =>
  readableFingerprint(a) === readableFingerprint(b)

/** The error for another certificate than the accepted one, with both. */
export const certificateError = (
  name: string,
  expected: string,
  shown: string,
): IdentityChangedError =>
  new IdentityChangedError({
    kind: 'certificate',
    name,
    expected: readable(expected),
    offered: readableFingerprint(shown),
  })

/** A fingerprint as PVE prints it; words ("of the authority ...") stay as they are. */
const readable = (text: string): string =>
  /^[0-9a-f:]+$/i.test(text) ? readableFingerprint(text) : text

/** What stands for a pasted authority where a fingerprint would stand: `an authority of SHA-256 AA:BB...`. */
export const authorityName = (caPem: string): string =>
  `one of the authority ${new X509Certificate(caPem).fingerprint256}`

/**
 * Looks at the certificate behind a URL; sends nothing but the TLS handshake. With a pasted authority
 * (PEM) `trusted` says whether that one vouches for it.
 */
export function probeCertificate(
  url: string,
  signal?: AbortSignal,
  caPem: string | null = null,
): Promise<ShownCertificate> {
  const { hostname, port, protocol, host } = new URL(url)
  if (protocol !== 'https:')
    return Promise.reject(
      new ProxmoxError(
        'proxmox.invalid',
        `${url} is not an https address - Proxmox answers on https://<host>:8006.`,
      ),
    )
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: Number(port || 443),
      servername: /[a-z]/i.test(hostname) && !hostname.includes(':') ? hostname : undefined,
      rejectUnauthorized: false,
      ...(caPem === null ? {} : { ca: caPem }),
      timeout: TIMEOUT_MS,
    })
    const fail = (text: string, cause?: unknown) => {
      socket.destroy()
      reject(
        signal?.aborted
          ? signal.reason
          : new ProxmoxError(
              'proxmox.unreachable',
              `${host} does not answer (${text}) - check the address and that the host is up.`,
              { cause },
            ),
      )
    }
    signal?.addEventListener('abort', () => fail('stopped'), { once: true })
    socket.once('timeout', () => fail(`nothing within ${TIMEOUT_MS / 1000} s`))
    socket.once('error', (error) => fail(error.message, error))
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate()
      const trusted = socket.authorized
      socket.end()
      resolve({
        fingerprint: readableFingerprint(certificate.fingerprint256 ?? ''),
        subject: nameOf(certificate.subject),
        issuer: nameOf(certificate.issuer),
        validTo: certificate.valid_to,
        trusted,
      })
    })
  })
}

const nameOf = (name: { CN?: string | string[]; O?: string | string[] } | undefined): string =>
  [name?.CN, name?.O].flat().filter(Boolean).join(', ')

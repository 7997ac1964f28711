import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Log } from '@/lib/io/log'
import type { Tls } from './tls'
import { TlsError } from './tls-error'
import { canonicalAddress, hostOfUrl } from './tls-names'

const MINUTE_MS = 60_000

/**
 * HTTPS by a certificate that the person brings. The files are looked at every minute; a new pair
 * that holds is taken without a restart, one that does not is named once and the last good one stays.
 */
export function openOwnTls(
  files: { certPath: string; keyPath: string },
  publicUrl: string | null,
  log: Log,
  now: () => number = Date.now,
): Tls {
  const read = () => ({
    cert: readText(files.certPath, 'TLS_CERT'),
    key: readText(files.keyPath, 'TLS_KEY'),
  })
  let pair = read()
  check(pair, files, publicUrl, now())
  let judged = pair
  return {
    pair: () => pair,
    names: () => coveredBy(pair.cert),
    authority: null,
    everyMs: MINUTE_MS,
    refresh: async () => {
      try {
        const found = read()
        if (found.cert === judged.cert && found.key === judged.key) return false
        judged = found
        check(found, files, publicUrl, now())
        pair = found
        log(`took the new certificate from ${files.certPath}`)
        return true
      } catch (error) {
        if (!(error instanceof TlsError)) throw error
        log(`the last certificate stays in use: ${error.message}`)
        return false
      }
    },
  }
}

/** The DNS names and addresses of a certificate's subjectAltName, lower-case. */
export function coveredBy(pem: string): string[] {
  const names = new X509Certificate(pem).subjectAltName ?? ''
  return names.split(', ').flatMap((entry) => {
    const [, kind, value = ''] = /^(DNS|IP Address):(.*)$/.exec(entry) ?? []
    if (!kind) return []
    return kind === 'DNS' ? value.toLowerCase() : canonicalAddress(value)
  })
}

/** The end of a certificate, UTC milliseconds. */
export const endOf = (cert: X509Certificate): number => Date.parse(cert.validTo)

function readText(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new TlsError(
      'tls.unreadable',
      `${setting}=${file} cannot be read - ${(error as NodeJS.ErrnoException).code} - correct the path, or let this user read it.`,
    )
  }
}

function check(
  { cert, key }: { cert: string; key: string },
  { certPath, keyPath }: { certPath: string; keyPath: string },
  publicUrl: string | null,
  nowMs: number,
): void {
  const parsed = parse(() => new X509Certificate(cert), certPath, 'certificate')
  const parsedKey = parse(() => createPrivateKey(key), keyPath, 'private key')
  if (!parsed.checkPrivateKey(parsedKey))
    throw new TlsError(
      'tls.key-of-another',
      `${keyPath} is not the key of ${certPath} - the first certificate of the file has to be the panel's own, then those above it - give the pair that belongs together.`,
    )
  parse(() => createSecureContext({ cert, key }), certPath, 'chain')
  if (nowMs > endOf(parsed))
    throw new TlsError(
      'tls.expired',
      `The certificate in ${certPath} ended on ${new Date(endOf(parsed)).toISOString().slice(0, 10)} - every browser refuses it - renew it.`,
    )
  const host = publicUrl ? hostOfUrl(publicUrl) : null
  const covers =
    host === null || (/^[\d.]+$|:/.test(host) ? parsed.checkIP(host) : parsed.checkHost(host))
  if (!covers)
    throw new TlsError(
      'tls.other-name',
      `The certificate in ${certPath} is for ${coveredBy(cert).join(', ') || 'no name'} - PUBLIC_URL says ${host} - correct one of them.`,
    )
}

function parse<T>(read: () => T, file: string, what: string): T {
  try {
    return read()
  } catch (error) {
    throw new TlsError(
      'tls.unusable',
      `${file} holds no usable ${what} - ${(error as Error).message} - give a PEM file without a passphrase.`,
    )
  }
}

import 'reflect-metadata'
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { decodeDomains, encodeConstraints, NAME_CONSTRAINTS } from './tls-constraints'
import { isWithin, type Names, PRIVATE_DOMAINS, PRIVATE_RANGES } from './tls-names'

const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3650
/** The longest that any browser accepts of a certificate (CA/Browser Forum ballot SC-31). */
export const LEAF_DAYS = 397
/** A board without a clock of its own starts in the past; nothing is dated before this program. */
const FLOOR_MS = Date.UTC(2026, 0, 1)
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A certificate with its key, both PEM. */
export type Pair = { cert: string; key: string }

x509.cryptoProvider.set(webcrypto as Crypto)

/**
 * A new certificate authority: ECDSA P-256, ten years, and able to sign for nothing but private
 * domains and addresses and the `names` given, so that a thief of its key cannot play a bank.
 */
export async function makeAuthority(names: Names, hostname: string, nowMs: number): Promise<Pair> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const from = Math.max(nowMs, FLOOR_MS)
  const domains = [...new Set([...PRIVATE_DOMAINS, ...names.dns])].filter(
    (name, _, all) =>
      !isWithin(
        name,
        all.filter((other) => other !== name),
      ),
  )
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [
      { CN: [`Drawbridge at ${hostname} (${new Date(from).toISOString().slice(0, 10)})`] },
      { O: ['Drawbridge'] },
    ],
    notBefore: new Date(from - DAY_MS),
    notAfter: new Date(from + AUTHORITY_DAYS * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(
        NAME_CONSTRAINTS,
        true,
        new Uint8Array(encodeConstraints(domains, PRIVATE_RANGES)),
      ),
    ],
  })
  return { cert: cert.toString('pem'), key: await keyPem(keys.privateKey) }
}

/** A server's certificate for these names by an authority, followed by the authority's own. */
export async function issue(authority: Pair, names: Names, nowMs: number): Promise<Pair> {
  const ca = new x509.X509Certificate(authority.cert)
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const from = Math.max(nowMs, FLOOR_MS) - DAY_MS
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: 'O=Drawbridge, CN=Drawbridge panel',
    issuer: ca.subjectName,
    notBefore: new Date(Math.max(from, ca.notBefore.getTime())),
    notAfter: new Date(Math.min(from + LEAF_DAYS * DAY_MS, ca.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.ips.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return {
    cert: `${cert.toString('pem')}\n${authority.cert.trim()}\n`,
    key: await keyPem(keys.privateKey),
  }
}

/** Whether an authority may sign for a DNS name. */
export function maySign(authorityPem: string, dnsName: string): boolean {
  const extension = new x509.X509Certificate(authorityPem).getExtension(NAME_CONSTRAINTS)
  return !extension || isWithin(dnsName, decodeDomains(Buffer.from(extension.value)))
}

/** Whether a key belongs to a certificate; false too where one of them cannot be read. */
export function matches({ cert, key }: Pair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

/** 126 random bits, positive as RFC 5280 asks. */
const serial = () => {
  const bytes = randomBytes(16)
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0)
  return bytes.toString('hex')
}

const keyPem = async (key: CryptoKey) =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')

const importKey = (pem: string) =>
  webcrypto.subtle.importKey(
    'pkcs8',
    createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }),
    ALGORITHM,
    false,
    ['sign'],
  ) as Promise<CryptoKey>

import 'reflect-metadata'
import { webcrypto, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'

export type LabCertificate = {
  /** The server's certificate followed by its CA's. */
  chain: string
  key: string
  /** SHA-256 of the server's certificate, upper-case hex with colons, as PVE shows it. */
  fingerprint: string
}

const TEN_YEARS_MS = 10 * 365 * 86_400_000
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/**
 * The lab's certificate from its data folder, made with its own CA the first time; `other` is a second
 * one of another authority, for the fault of that name.
 */
export async function labCertificate(
  dataDir: string,
  which: 'own' | 'other' = 'own',
): Promise<LabCertificate> {
  const file = which === 'own' ? 'pve-ssl' : 'pve-ssl-other'
  const chainPath = join(dataDir, 'lab', `${file}.pem`)
  const keyPath = join(dataDir, 'lab', `${file}.key`)
  if (!existsSync(chainPath) || !existsSync(keyPath)) {
    const made = await makeCertificate()
    writeFileSync(keyPath, made.key, { mode: 0o600 })
    writeFileSync(chainPath, made.chain, { mode: 0o644 })
  }
  const chain = readFileSync(chainPath, 'utf8')
  return {
    chain,
    key: readFileSync(keyPath, 'utf8'),
    fingerprint: new X509Certificate(chain).fingerprint256,
  }
}

async function makeCertificate(): Promise<{ chain: string; key: string }> {
  x509.cryptoProvider.set(webcrypto as Crypto)
  const notBefore = new Date(Date.now() - 86_400_000)
  const notAfter = new Date(Date.now() + TEN_YEARS_MS)
  const caKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Proxmox Virtual Environment, OU=lab, O=Drawbridge Lab (simulation)',
    notBefore,
    notAfter,
    keys: caKeys as CryptoKeyPair,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  })
  const server = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=pve1.lab, OU=PVE Cluster Node, O=Drawbridge Lab (simulation)',
    issuer: ca.subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey as CryptoKey,
    signingKey: caKeys.privateKey as CryptoKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: 'pve1' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  })
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    chain: `${server.toString('pem')}\n${ca.toString('pem')}\n`,
    key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
  }
}

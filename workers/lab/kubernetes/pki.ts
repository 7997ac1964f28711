import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import type { KubePki } from '@/lib/lab/kubernetes/kube'

const YEAR_MS = 365 * 86_400_000
const DAY_MS = 86_400_000
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

const serial = () => randomBytes(8).toString('hex')
const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

/** A cluster's authority and its first administrator, as kubeadm makes them: 10 years and 1 year. */
export async function makeKubePki(now: number): Promise<KubePki> {
  x509.cryptoProvider.set(webcrypto as Crypto)
  const caKeys = await newKeys()
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=kubernetes, O=Drawbridge Lab (simulation)',
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + 10 * YEAR_MS),
    keys: caKeys as CryptoKeyPair,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  const adminKeys = await newKeys()
  const admin = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: 'O=kubeadm:cluster-admins, CN=kubernetes-admin',
    issuer: ca.subject,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + YEAR_MS),
    publicKey: adminKeys.publicKey as CryptoKey,
    signingKey: caKeys.privateKey as CryptoKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  })
  return {
    caCert: `${ca.toString('pem')}\n`,
    caKey: await privatePem(caKeys.privateKey),
    adminCert: `${admin.toString('pem')}\n`,
    adminKey: await privatePem(adminKeys.privateKey),
  }
}

/** The API server's certificate for these names and addresses, signed by the cluster's authority. */
export async function makeServerCertificate(
  pki: KubePki,
  names: readonly string[],
  now: number,
): Promise<{ cert: string; key: string }> {
  x509.cryptoProvider.set(webcrypto as Crypto)
  const ca = new x509.X509Certificate(pki.caCert)
  const caKey = await webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decode(pki.caKey)[0] as ArrayBuffer,
    ALGORITHM,
    false,
    ['sign'],
  )
  const keys = await newKeys()
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: 'CN=kube-apiserver',
    issuer: ca.subject,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + YEAR_MS),
    publicKey: keys.publicKey as CryptoKey,
    signingKey: caKey as CryptoKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        [...new Set(names)].map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const),
      ),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  })
  return { cert: `${cert.toString('pem')}\n`, key: await privatePem(keys.privateKey) }
}

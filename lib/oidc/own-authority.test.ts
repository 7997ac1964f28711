import { mkdir } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tempDataDir } from '@/lib/db/testing/temp-db'
import { makeEgress, targetOf } from '@/lib/io/egress'
import { labCertificate } from '@/workers/lab/certificate'
import { openProvider } from './provider'

/** Describes itself as a provider over HTTPS, with a certificate that no machine knows. */
async function withHttps() {
  const dataDir = await tempDataDir()
  await mkdir(path.join(dataDir, 'lab'))
  const { chain, key } = await labCertificate(dataDir)
  const authority = chain.slice(chain.lastIndexOf('-----BEGIN CERTIFICATE-----'))
  const server = https.createServer({ cert: chain, key }, (_, response) => {
    const about = { issuer, authorization_endpoint: `${issuer}/auth`, jwks_uri: `${issuer}/jwks` }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ ...about, token_endpoint: `${issuer}/token` }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const egress = makeEgress(async () => [{ ...targetOf(issuer), reach: 'private', by: 'a test' }])
  onTestFinished(() => egress.close())
  const open = (ca: string | null) =>
    openProvider(
      {
        ...{ issuer, clientId: 'x', clientSecret: null, ca },
        ...{ scopes: 'openid', nameClaim: 'name', groupsClaim: 'groups' },
      },
      { egress, signal: AbortSignal.timeout(5000) },
    )
  return { open, authority, issuer }
}

test('a certificate of an authority of one’s own is believed when it was pasted, and only then', async () => {
  const { open, authority, issuer } = await withHttps()
  await expect(open(null)).rejects.toMatchObject({ code: 'oidc.tls' })
  const { config } = await open(authority)
  expect(config.serverMetadata().issuer).toBe(issuer)
  const other = await withHttps()
  await expect(open(other.authority)).rejects.toMatchObject({ code: 'oidc.tls' })
})

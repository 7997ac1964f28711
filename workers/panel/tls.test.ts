import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '@/lib/io/env'
import { somebodyElses } from './testing/somebody-elses'
import { openTls } from './tls'
import { issue, LEAF_DAYS, makeAuthority } from './tls-authority'
import { decodeDomains, encodeConstraints } from './tls-constraints'
import { openLanTls, type Surroundings } from './tls-lan'
import { type Names, namesOfMachine } from './tls-names'
import { coveredBy, endOf, openOwnTls } from './tls-own'

const DAY_MS = 86_400_000
let dataDir = ''
let lines: string[] = []
const log = (line: string) => lines.push(line)

beforeEach(() => {
  lines = []
  const made = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-tls-'))
  dataDir = made
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
})

/** A machine whose clock and addresses a test moves. */
function machine() {
  const state = { now: Date.UTC(2027, 0, 1), ips: ['127.0.0.1', '192.168.1.5'] }
  const around: Surroundings = {
    hostname: () => 'pi',
    names: (): Names => ({ dns: ['localhost', 'pi', 'pi.local'], ips: state.ips }),
    now: () => state.now,
  }
  const open = (publicUrl: string | null = null) => openLanTls({ dataDir, publicUrl }, log, around)
  return { state, around, open }
}
const leafOf = (tls: { pair(): { cert: string } }) => new X509Certificate(tls.pair().cert)

test('the first start makes an authority and a certificate that every browser takes', async () => {
  const { open } = machine()
  const tls = await open()
  const ca = new X509Certificate(tls.authority?.pem ?? '')
  const leaf = leafOf(tls)
  expect(ca.ca).toBe(true)
  expect(leaf.ca).toBe(false)
  expect(leaf.verify(ca.publicKey)).toBe(true)
  expect(leaf.checkIssued(ca)).toBe(true)
  for (const name of ['localhost', 'pi', 'pi.local']) expect(leaf.checkHost(name)).toBe(name)
  expect(leaf.checkIP('192.168.1.5')).toBe('192.168.1.5')
  expect((endOf(leaf) - Date.parse(leaf.validFrom)) / DAY_MS).toBeLessThanOrEqual(LEAF_DAYS)
  expect(ca.subject).toMatch(/CN=Drawbridge at pi \(2027-01-01\)/)
  expect(tls.authority?.fingerprint).toBe(ca.fingerprint256)
})

test('only this user reads the keys', async () => {
  await machine().open()
  for (const file of ['ca.key', 'server.pem'])
    expect(statSync(path.join(dataDir, 'tls', file)).mode & 0o777, file).toBe(0o600)
})

test('a later start serves the very same certificate', async () => {
  const { open } = machine()
  const first = (await open()).pair()
  expect((await open()).pair().cert.trim()).toBe(first.cert.trim())
  expect(lines).toHaveLength(1)
})

test('it is renewed thirty days before its end, by the same authority', async () => {
  const { state, open } = machine()
  const tls = await open()
  const end = endOf(leafOf(tls))
  state.now = end - 31 * DAY_MS
  expect(await tls.refresh()).toBe(false)
  state.now = end - 29 * DAY_MS
  expect(await tls.refresh()).toBe(true)
  expect(endOf(leafOf(tls))).toBeGreaterThan(state.now + 300 * DAY_MS)
  expect(new X509Certificate((await open()).authority?.pem ?? '').fingerprint256).toBe(
    tls.authority?.fingerprint,
  )
})

test('a new address is covered at the next look, a lost one changes nothing', async () => {
  const { state, open } = machine()
  const tls = await open()
  state.ips = ['127.0.0.1', '192.168.1.77', 'fd00::5']
  expect(await tls.refresh()).toBe(true)
  expect(tls.names()).toEqual(expect.arrayContaining(['192.168.1.77', 'fd00::5']))
  state.ips = ['127.0.0.1']
  expect(await tls.refresh()).toBe(false)
  expect(lines.at(-1)).toMatch(/lacked 192\.168\.1\.77, fd00::5/)
})

test('a clock that was wrong at the first start ruins nothing', async () => {
  const { state, open } = machine()
  state.now = 0
  const tls = await open()
  state.now = Date.UTC(2029, 0, 1)
  expect(await tls.refresh()).toBe(true)
  expect(endOf(leafOf(tls))).toBeGreaterThan(state.now)
  expect(tls.authority?.endsAt).toBeGreaterThan(Date.UTC(2035, 0, 1))
})

test('where nothing can be stored a certificate serves all the same, and makes room for the own one', async () => {
  const { open } = machine()
  const writable = somebodyElses(dataDir)
  const tls = await open()
  expect(tls).toMatchObject({ authority: null, temporary: true })
  const first = leafOf(tls)
  expect(tls.names()).toContain('pi.local')
  expect(await tls.refresh()).toBe(false)
  writable()
  expect(await tls.refresh()).toBe(true)
  expect(tls.temporary).toBe(false)
  const ca = new X509Certificate(tls.authority?.pem ?? '')
  expect(leafOf(tls).checkIssued(ca)).toBe(true)
  expect(leafOf(tls).fingerprint256).not.toBe(first.fingerprint256)
  expect(leafOf(await open()).fingerprint256).toBe(leafOf(tls).fingerprint256)
})

test('a lost key of the authority is named, not replaced in silence', async () => {
  const { open } = machine()
  await open()
  rmSync(path.join(dataDir, 'tls', 'ca.key'))
  await expect(open()).rejects.toMatchObject({ code: 'tls.authority-damaged' })
})

test('a public name that the authority may not sign for is refused with both ways out', async () => {
  const { open } = machine()
  await open('https://panel.lan')
  await expect(open('https://panel.example.com')).rejects.toThrow(
    /panel\.example\.com - .* remove .*tls .*TLS_CERT/,
  )
})

test('a client refuses what a thief signs with the key of the authority for other names', async () => {
  const { around } = machine()
  const authority = await makeAuthority(around.names(), 'pi', Date.now())
  const ask = async (names: Names, servername: string) => {
    const pair = await issue(authority, names, Date.now())
    const server = https.createServer(pair, (_, response) => response.end('ok'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    return new Promise<string>((resolve) =>
      https
        .get(
          { host: '127.0.0.1', port, servername, ca: authority.cert, agent: false },
          (answer) => {
            answer.resume()
            resolve('taken')
          },
        )
        .on('error', (error: NodeJS.ErrnoException) => resolve(error.message)),
    )
  }
  const loopback = ['127.0.0.1']
  expect(await ask({ dns: ['pi.local'], ips: loopback }, 'pi.local')).toBe('taken')
  expect(await ask({ dns: ['bank.example'], ips: [] }, 'bank.example')).toMatch(
    /PERMITTED|permitted/i,
  )
  expect(await ask({ dns: ['pi.local'], ips: ['8.8.8.8'] }, 'pi.local')).toMatch(
    /PERMITTED|permitted/i,
  )
})

test('constraints read back as they were written', () => {
  const many = Array.from({ length: 40 }, (_, i) => `name-${i}.example`)
  expect(decodeDomains(encodeConstraints(many, ['10.0.0.0/8', 'fc00::/7']))).toEqual(many)
})

test('the names of a machine are those that reach it, without public addresses', () => {
  const entry = (address: string, internal = false) =>
    ({ address, internal }) as os.NetworkInterfaceInfo
  const names = namesOfMachine(
    'Pi.Home.arpa',
    {
      lo: [entry('127.0.0.1', true)],
      eth0: [entry('192.168.1.5'), entry('fd00:0:0::5'), entry('fe80::1'), entry('2003:a::1')],
      ppp0: [entry('93.184.216.34')],
    },
    'https://panel.lan:8443',
  )
  expect(names.dns).toEqual(['localhost', 'pi', 'pi.local', 'pi.home.arpa', 'panel.lan'])
  expect(names.ips).toEqual(['127.0.0.1', '::1', '192.168.1.5', 'fd00::5'])
})

/** A pair of files as an ACME client leaves them. */
async function files(names: Names, nowMs = Date.now()) {
  const pair = await issue(await makeAuthority(names, 'x', nowMs), names, nowMs)
  const paths = { certPath: path.join(dataDir, 'a.pem'), keyPath: path.join(dataDir, 'a.key') }
  writeFileSync(paths.certPath, pair.cert)
  writeFileSync(paths.keyPath, pair.key)
  return { paths, pair }
}
const NAMES: Names = { dns: ['panel.example.com'], ips: ['10.0.0.7'] }

test('an own certificate is served, and its successor is taken without a restart', async () => {
  const { paths } = await files(NAMES)
  const tls = openOwnTls(paths, 'https://panel.example.com', log)
  expect(await tls.refresh()).toBe(false)
  const { pair } = await files({ ...NAMES, dns: ['panel.example.com', 'other.example.com'] })
  expect(await tls.refresh()).toBe(true)
  expect(tls.pair()).toEqual(pair)
  expect(tls.names()).toContain('other.example.com')
})

test('a successor that does not hold is named once, and the last good one stays', async () => {
  const { paths, pair } = await files(NAMES)
  const tls = openOwnTls(paths, null, log)
  writeFileSync(paths.certPath, 'half a fi')
  expect(await tls.refresh()).toBe(false)
  expect(await tls.refresh()).toBe(false)
  expect(lines).toEqual([expect.stringMatching(/last certificate stays in use: .*a\.pem/)])
  expect(tls.pair()).toEqual(pair)
})

test('an own certificate that cannot work is refused with the reason', async () => {
  const { paths } = await files(NAMES)
  const { paths: late } = await files(NAMES)
  const open = (publicUrl: string | null, now = Date.now()) =>
    openOwnTls(late, publicUrl, log, () => now)
  expect(() => open('https://else.example.com')).toThrow(
    /is for panel\.example\.com.*else\.example/,
  )
  expect(() => open('https://10.0.0.7')).not.toThrow()
  expect(() => open(null, Date.now() + 400 * DAY_MS)).toThrow(/ended on/)
  writeFileSync(paths.keyPath, readFileSync(paths.certPath))
  expect(() => open(null)).toThrow(/no usable private key/)
  const other = await issue(await makeAuthority(NAMES, 'y', Date.now()), NAMES, Date.now())
  writeFileSync(paths.keyPath, other.key)
  expect(() => open(null)).toThrow(/is not the key of/)
  rmSync(paths.keyPath)
  expect(() => open(null)).toThrow(/TLS_KEY=.* cannot be read - ENOENT/)
})

test('a loopback panel makes no certificate', async () => {
  expect(await openTls(parseConfig({ DRAWBRIDGE_DATA: dataDir }), log)).toBe(null)
})

test('OpenSSL reads the constraints as they are meant', async () => {
  const { cert } = await makeAuthority({ dns: ['panel.example.com'], ips: [] }, 'pi', Date.now())
  writeFileSync(path.join(dataDir, 'ca.pem'), cert)
  const text = execFileSync('openssl', [
    'x509',
    '-in',
    path.join(dataDir, 'ca.pem'),
    '-noout',
    '-text',
  ])
  expect(text.toString()).toMatch(
    /Name Constraints: critical\s+Permitted:[\s\S]*DNS:home\.arpa[\s\S]*DNS:panel\.example\.com[\s\S]*IP:10\.0\.0\.0\/255\.0\.0\.0/,
  )
  expect(coveredBy(cert)).toEqual([])
})

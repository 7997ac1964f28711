import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Log } from '@/lib/io/log'
import type { Authority, Tls } from './tls'
import { issue, makeAuthority, matches, maySign, type Pair } from './tls-authority'
import { TlsError } from './tls-error'
import { hostOfUrl, type Names, namesOfMachine } from './tls-names'
import { coveredBy, endOf } from './tls-own'

const DAY_MS = 86_400_000
const RENEW_BEFORE_MS = 30 * DAY_MS
const HOUR_MS = 3_600_000

export type LanOptions = { dataDir: string; publicUrl: string | null }

/** What this machine and its clock say; a test says something else. */
export type Surroundings = { hostname(): string; names(): Names; now(): number }

/**
 * HTTPS by an authority of the panel's own, kept in `tls/` of the data folder (ca.crt, ca.key, and
 * server.pem with key and chain). The server's certificate is made anew 30 days before its end and
 * as soon as this machine has a name or address that it lacks; the authority never is, because
 * every device would have to trust it anew. Where the folder cannot be read or written, a certificate
 * that is kept nowhere serves the page that says so.
 */
export async function openLanTls(
  { dataDir, publicUrl }: LanOptions,
  log: Log,
  around: Surroundings = here(publicUrl),
): Promise<Tls> {
  const folder = path.join(dataDir, 'tls')
  let held = await openOrMake(folder, around, log)
  const publicHost = publicUrl ? hostOfUrl(publicUrl) : null
  if (publicHost && !mayCover(held.authority, publicHost))
    throw new TlsError(
      'tls.name-outside-authority',
      `PUBLIC_URL names ${publicHost} - the authority in ${folder} was made without it and may sign for private names and those it was made with only - remove ${folder} to make another (every device has to trust it anew), or bring a certificate with TLS_CERT and TLS_KEY.`,
    )
  let pair = held.kept ? readPair(folder) : null
  const wanted = (): Names => {
    const { dns, ips } = around.names()
    return { dns: dns.filter((name) => maySign(held.authority.cert, name)), ips }
  }
  /** What was only for the while makes room for the panel's own, once that can be had. */
  const takeOwn = async (): Promise<boolean> => {
    if (held.kept) return false
    const again = await openOrMake(folder, around, () => {})
    if (!again.kept) return false
    held = again
    pair = readPair(folder)
    return true
  }
  const refresh = async () => {
    const taken = await takeOwn()
    const names = wanted()
    const { authority, kept } = held
    const reason = pair ? whyRenew(pair, authority, names, around.now()) : 'there was none'
    if (!reason) return taken
    const made = await issue(authority, names, around.now())
    if (kept) keep(path.join(folder, 'server.pem'), made, log)
    pair = made
    log(`made a certificate for ${[...names.dns, ...names.ips].join(', ')}: ${reason}`)
    return true
  }
  await refresh()
  return {
    pair: () => pair as Pair,
    names: () => coveredBy((pair as Pair).cert),
    get authority() {
      return held.kept ? describe(held.authority.cert) : null
    },
    get temporary() {
      return !held.kept
    },
    refresh,
    everyMs: HOUR_MS,
  }
}

const here = (publicUrl: string | null): Surroundings => ({
  hostname: () => os.hostname(),
  names: () => namesOfMachine(os.hostname(), os.networkInterfaces(), publicUrl),
  now: () => Date.now(),
})

/** What the disk says when it is full, read-only, failing, or somebody else's. */
const OF_THE_DISK = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EIO'])
const isOfDisk = (error: unknown): boolean =>
  OF_THE_DISK.has((error as NodeJS.ErrnoException).code ?? '')

type Held = { authority: Pair; kept: boolean }

async function openOrMake(folder: string, around: Surroundings, log: Log): Promise<Held> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return { authority: await openAuthority(folder, around), kept: true }
  } catch (error) {
    if (!isOfDisk(error)) throw error
    const { code } = error as NodeJS.ErrnoException
    log(
      `${folder} cannot be used (${code}): until it can, a certificate that no device trusts is shown`,
    )
    const authority = await makeAuthority(around.names(), around.hostname(), around.now())
    return { authority, kept: false }
  }
}

/** A certificate that cannot be kept is made anew at the next start, by the same authority. */
function keep(file: string, { key, cert }: Pair, log: Log): void {
  try {
    write(file, `${key}\n${cert}`, 0o600)
  } catch (error) {
    if (!isOfDisk(error)) throw error
    log(`${file} could not be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function openAuthority(folder: string, around: Surroundings): Promise<Pair> {
  const certPath = path.join(folder, 'ca.crt')
  const keyPath = path.join(folder, 'ca.key')
  if (!existsSync(certPath)) {
    const made = await makeAuthority(around.names(), around.hostname(), around.now())
    // The key first: a certificate without one would look like an authority.
    write(keyPath, made.key, 0o600)
    write(certPath, made.cert, 0o644)
  }
  const found = {
    cert: readFileSync(certPath, 'utf8'),
    key: existsSync(keyPath) ? readFileSync(keyPath, 'utf8') : '',
  }
  if (!matches(found))
    throw new TlsError(
      'tls.authority-damaged',
      `${keyPath} does not belong to ${certPath} - one of them was changed or lost - restore both from a backup, or remove ${folder} to make another authority (every device has to trust it anew).`,
    )
  if (endOf(new X509Certificate(found.cert)) < around.now())
    throw new TlsError(
      'tls.authority-ended',
      `The panel's authority in ${certPath} has ended - no browser accepts what it signs - remove ${folder} to make another (every device has to trust it anew).`,
    )
  return found
}

/** Half a file is worse than none: it is written beside and then moved. */
function write(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode })
  renameSync(`${file}.new`, file)
}

function readPair(folder: string): Pair | null {
  const file = path.join(folder, 'server.pem')
  if (!existsSync(file)) return null
  const text = readFileSync(file, 'utf8')
  const start = text.indexOf('-----BEGIN CERTIFICATE-----')
  const pair = { key: text.slice(0, Math.max(start, 0)), cert: text.slice(Math.max(start, 0)) }
  return matches(pair) ? pair : null
}

function whyRenew(pair: Pair, authority: Pair, names: Names, nowMs: number): string | null {
  const cert = new X509Certificate(pair.cert)
  if (!cert.checkIssued(new X509Certificate(authority.cert))) return 'the authority is another'
  const end = endOf(cert)
  const lastPossible = end >= endOf(new X509Certificate(authority.cert))
  if (nowMs < Date.parse(cert.validFrom)) return 'the clock went back'
  if (nowMs > end - RENEW_BEFORE_MS && !lastPossible) return 'the last one ends soon'
  const covered = new Set(coveredBy(pair.cert))
  const missing = [...names.dns, ...names.ips].filter((name) => !covered.has(name))
  return missing.length > 0 ? `the last one lacked ${missing.join(', ')}` : null
}

const mayCover = (authority: Pair, host: string) =>
  /^[\d.]+$|:/.test(host) || maySign(authority.cert, host)

function describe(pem: string): Authority {
  const cert = new X509Certificate(pem)
  return {
    pem,
    der: cert.raw,
    fingerprint: cert.fingerprint256,
    name: /CN=(.*)/.exec(cert.subject)?.[1] ?? 'Drawbridge',
    endsAt: endOf(cert),
  }
}

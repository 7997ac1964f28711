import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { PanelError } from '@/lib/base/errors'
import { backupsIn } from '@/lib/db/backup'
import { makeBackup } from '@/lib/db/backup-make'
import { databaseIn, takeDataFolder } from '@/lib/db/data-folder'
import { migrate } from '@/lib/db/migrate'
import { ensureProvisionerKey, readRecipient } from '@/lib/db/secret-keys'
import { seal } from '@/lib/db/secrets'
import { tempDataDir } from '@/lib/db/testing/temp-db'
import { parseConfig } from '@/lib/io/env'
import { openDataSoon } from './open-data'
import { migrationsDir } from './place'
import { somebodyElses } from './testing/somebody-elses'
import type { Tls } from './tls'
import { startWeb } from './web'

/** A panel that opens its data on a port of its own, as at a start. */
async function starting(dataDir: string) {
  const server = http.createServer((_, response) => response.end('the panel'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const lines: string[] = []
  const told = new Map<string, () => void>()
  const log = (line: string) => {
    lines.push(line)
    for (const [text, resolve] of told) if (line.includes(text)) resolve()
  }
  const config = parseConfig({ DRAWBRIDGE_DATA: dataDir })
  const opening = openDataSoon(server, { config, version: '0.0.0', origin: url, log })
  let undone = false
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    if (!undone) return
    const { undo } = await opening
    for (const each of undo.reverse()) await each()
  })
  return {
    lines,
    /** What is shown once it is known that it cannot start. */
    trouble: async () => {
      await Promise.race([
        new Promise<void>((resolve) => {
          told.set('not ready', resolve)
          if (lines.some((line) => line.includes('not ready'))) resolve()
        }),
        opening.then(() => Promise.reject(new Error('it started'))),
      ])
      const [page, health] = await Promise.all([fetch(url), fetch(`${url}/healthz`)])
      return {
        ...{ status: page.status, html: await page.text(), headers: page.headers },
        health: { status: health.status, ...((await health.json()) as { reason: string }) },
      }
    },
    tryAgain: () => fetch(`${url}/try-again`, { method: 'POST', redirect: 'manual' }),
    /** Resolves when it has started. */
    started: async () => {
      await opening
      undone = true
      return (await fetch(url)).text()
    },
    opening,
  }
}

/** A migrated data folder with one secret and one backup. */
async function livedIn() {
  const dataDir = await tempDataDir()
  migrate(databaseIn(dataDir), migrationsDir)
  await ensureProvisionerKey(dataDir)
  const sealed = await seal(await readRecipient(dataDir), 'hunter2')
  sql(dataDir, `INSERT INTO "SealedSecret" VALUES ('x', '${sealed}', 1, 'ada', 1)`)
  const wish = { dataDir, folder: backupsIn(dataDir), known: false, version: '0.0.0' }
  const { name } = makeBackup({ ...wish, reason: 'box', now: Date.UTC(2026, 10, 24, 2, 30) })
  return { dataDir, name }
}

function sql(dataDir: string, text: string): void {
  const db = new Database(databaseIn(dataDir))
  db.exec(text)
  db.close()
}

test('a sound folder starts at once, and with its keys proved', async () => {
  const { dataDir } = await livedIn()
  const panel = await starting(dataDir)
  expect(await panel.started()).toBe('the panel')
  expect(panel.lines).toEqual([])
})

test('a damaged database: a page with the backups and the way back, until it is mended', async () => {
  const { dataDir, name } = await livedIn()
  sql(dataDir, 'PRAGMA wal_checkpoint(TRUNCATE)')
  const sound = readFileSync(databaseIn(dataDir))
  for (const end of ['-wal', '-shm']) rmSync(`${databaseIn(dataDir)}${end}`, { force: true })
  writeFileSync(databaseIn(dataDir), 'not a database <script>'.repeat(500))
  const panel = await starting(dataDir)
  const { status, html, headers, health } = await panel.trouble()
  expect([status, health]).toEqual([503, { status: 503, ready: false, reason: 'database.corrupt' }])
  expect(html).toContain(`npm run admin -- restore ${name}`)
  expect(html).toContain('2026-11-24 02:30 UTC')
  expect(html).not.toMatch(/<script|<link|src=|https?:/)
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)

  expect((await panel.tryAgain()).status).toBe(303)
  expect((await panel.trouble()).status).toBe(503)
  // Nothing is held meanwhile: the command line may put things right.
  takeDataFolder(dataDir).release()
  writeFileSync(databaseIn(dataDir), sound)
  const answer = panel.tryAgain()
  expect(await panel.started()).toBe('the panel')
  expect((await answer).status).toBe(303)
})

test.each([
  [
    'database.newer',
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('n', 'n', '99999999999999_later', 1)`,
  ],
  ['database.migration-edited', `UPDATE _prisma_migrations SET checksum = 'other'`],
])('%s is told and nothing is changed', async (code, change) => {
  const { dataDir } = await livedIn()
  sql(dataDir, change)
  const panel = await starting(dataDir)
  expect((await panel.trouble()).health.reason).toBe(code)
})

test('a key that is missing, and one that is another, are told, and restoring it starts the panel', async () => {
  const { dataDir } = await livedIn()
  const keys = path.join(dataDir, 'keys')
  renameSync(keys, `${keys}.away`)
  const panel = await starting(dataDir)
  const { html, health } = await panel.trouble()
  expect(health.reason).toBe('keys.missing')
  expect(html).toContain('npm run admin -- restore-key')
  await ensureProvisionerKey(dataDir)
  await panel.tryAgain()
  expect((await panel.trouble()).health.reason).toBe('keys.mismatch')
  rmSync(keys, { recursive: true })
  renameSync(`${keys}.away`, keys)
  await panel.tryAgain()
  expect(await panel.started()).toBe('the panel')
})

test('damaged logs are told apart from the rest', async () => {
  const { dataDir } = await livedIn()
  writeFileSync(path.join(dataDir, 'logs.db'), 'no logs'.repeat(1000))
  const panel = await starting(dataDir)
  const { html, health } = await panel.trouble()
  expect(health.reason).toBe('logs.damaged')
  expect(html).toContain(`mv ${dataDir}/logs.db ${dataDir}/logs.db.damaged`)
})

test('a migration that fails is told, and what it began is taken back', async () => {
  const { dataDir } = await livedIn()
  // As an older state whose next migration meets what should not be there.
  sql(dataDir, `DELETE FROM _prisma_migrations WHERE migration_name LIKE '20261124010000%'`)
  const panel = await starting(dataDir)
  const { html, health } = await panel.trouble()
  expect(health.reason).toBe('database.migration-failed')
  expect(html).toContain('was taken back')
})

const isRoot = process.getuid?.() === 0

/** A file system of its own, so small that it fills, or one that may only be read. */
function mounted(dir: string, options: string): boolean {
  mkdirSync(dir, { recursive: true })
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir])
  if (done.status !== 0) return false
  onTestFinished(() => {
    spawnSync('umount', ['-l', dir])
  })
  return true
}

test.runIf(isRoot)(
  'a full disk and a read-only folder are told, and pass by themselves',
  async (context) => {
    const dir = path.join(await tempDataDir(), 'small')
    if (!mounted(dir, 'size=2m')) return context.skip('nothing can be mounted here')
    const filler = path.join(dir, 'filler')
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'])
    const panel = await starting(dir)
    const { html, health } = await panel.trouble()
    expect(health.reason).toBe('data.disk-full')
    expect(html).toContain('every half minute')
    rmSync(filler)
    spawnSync('mount', ['-o', 'remount,ro', dir])
    await panel.tryAgain()
    expect((await panel.trouble()).health.reason).toBe('data.read-only')
    spawnSync('mount', ['-o', 'remount,rw', dir])
    await panel.tryAgain()
    expect(await panel.started()).toBe('the panel')
  },
)

test('a folder of somebody else is told, and used once it is ours', async () => {
  const dataDir = await tempDataDir()
  const open = somebodyElses(dataDir)
  const panel = await starting(dataDir)
  const { html, health } = await panel.trouble()
  expect(health.reason).toBe('data.no-access')
  expect(html).toContain(`ls -ld ${dataDir}`)
  open()
  await panel.tryAgain()
  expect(await panel.started()).toBe('the panel')
})

/** One request past every check of certificates; what was answered, and the certificate. */
const look = (port: number, path: string, method = 'GET') =>
  new Promise<{ status: number; text: string; shown: string; hsts: unknown }>((resolve, reject) => {
    const url = { host: '127.0.0.1', port, path, method, rejectUnauthorized: false, agent: false }
    const asked = https.request(url, (answer) => {
      const shown = (answer.socket as TLSSocket).getPeerX509Certificate()?.issuer ?? ''
      const hsts = answer.headers['strict-transport-security']
      let text = ''
      answer.on('data', (piece) => {
        text += String(piece)
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, shown, hsts }))
    })
    asked.on('error', reject)
    asked.end()
  })

test('on the network too: the page comes over HTTPS, by a certificate nobody is asked to trust', async () => {
  const dataDir = await tempDataDir()
  const open = somebodyElses(dataDir)
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  const config = parseConfig({ DRAWBRIDGE_DATA: dataDir, PORT: '0', HOST: '127.0.0.1' }, ['--lan'])
  const web = await startWeb(config, () => false, log)
  onTestFinished(() => web.close())
  const port = Number(new URL(web.origin).port)
  const { origin } = web
  const opening = openDataSoon(web.server, { config, version: '0.0.0', origin, log })
  await expect.poll(() => lines.join('\n'), { timeout: 20_000 }).toContain('not ready')
  const page = await look(port, '/')
  expect(page).toMatchObject({ status: 503, hsts: undefined })
  expect(page.text).toContain('data.no-access')
  expect((await look(port, '/trust')).status).toBe(404)
  open()
  await look(port, '/try-again', 'POST')
  const { undo } = await opening
  await web.renew()
  expect((await look(port, '/trust')).status).toBe(200)
  expect((await look(port, '/healthz')).shown).toBe(web.tls?.authority && issuerOf(web.tls))
  expect(existsSync(path.join(dataDir, 'tls', 'ca.key'))).toBe(true)
  for (const each of undo.reverse()) await each()
}, 120_000)

const issuerOf = (tls: Tls) => new X509Certificate(tls.pair().cert).issuer

test('whoever looks again during a restore waits for its end, and does not end the panel', async () => {
  const { dataDir } = await livedIn()
  const logs = path.join(dataDir, 'logs.db')
  writeFileSync(logs, 'no logs'.repeat(1000))
  const panel = await starting(dataDir)
  expect((await panel.trouble()).health.reason).toBe('logs.damaged')
  const restoring = takeDataFolder(dataDir)
  await panel.tryAgain()
  const { health, html } = await panel.trouble()
  expect(health.reason).toBe('data.taken')
  expect(html).toContain('being worked on')
  rmSync(logs)
  restoring.release()
  await panel.tryAgain()
  expect(await panel.started()).toBe('the panel')
})

test('whoever hammers on the button makes it look no more often', async () => {
  const { dataDir } = await livedIn()
  writeFileSync(path.join(dataDir, 'logs.db'), 'no logs'.repeat(1000))
  const panel = await starting(dataDir)
  await panel.trouble()
  const began = Date.now()
  const answers = await Promise.all(Array.from({ length: 60 }, () => panel.tryAgain()))
  const counts = [303, 503].map((status) => answers.filter((a) => a.status === status).length)
  expect(counts).toEqual([20, 40])
  await panel.tryAgain()
  // Between the two looks, at least.
  expect(Date.now() - began).toBeGreaterThan(990)
  expect((await panel.trouble()).health.reason).toBe('logs.damaged')
})

test('a folder that another panel has, and a file in its place, end the start', async () => {
  const { dataDir } = await livedIn()
  const other = takeDataFolder(dataDir)
  await expect((await starting(dataDir)).opening).rejects.toThrow(PanelError)
  other.release()
  const file = path.join(dataDir, 'file')
  writeFileSync(file, '')
  await expect((await starting(file)).opening).rejects.toThrow(/EEXIST|ENOTDIR/)
  expect(existsSync(file)).toBe(true)
})

import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { backupsIn, listBackups } from './backup'
import { readFacts } from './backup-facts'
import { openKeys, sealKeys } from './backup-keys'
import { makeBackup } from './backup-make'
import { openDb } from './client'
import { databaseIn } from './data-folder'
import { quickCheck } from './integrity'
import { LogStore } from './log-store'
import { migrate } from './migrate'
import { findFault, restore } from './restore'
import { clearStages, finishRestore } from './restore-swap'
import { putSetting } from './settings'
import { SMALL } from './testing/document'
import { tempDataDir } from './testing/temp-db'
import { createTopology } from './topologies'

const migrationsDir = path.resolve('prisma/migrations')
const NOW = Date.UTC(2026, 10, 24, 2, 30)

/** A data folder with a topology, a finished and a running job, a log and keys. */
async function livedIn() {
  const dataDir = await tempDataDir()
  migrate(databaseIn(dataDir), migrationsDir)
  const db = await openDb(databaseIn(dataDir))
  await putSetting(db, 'panel.id', 'abcdefgh')
  const actor = { id: 'u', name: 'ada', via: 'browser' as const, from: null }
  await createTopology(db, { text: SMALL, actor, message: '', now: 1 })
  for (const [id, status] of [
    ['j-done', 'succeeded'],
    ['j-runs', 'running'],
  ] as const)
    await db.job.create({
      data: {
        ...{ id, kind: 'refresh', title: 'Refresh', status, by: 'ada', queuedAt: new Date(1) },
        ...{ topologyId: 'small-lab', lastSeq: 2, epoch: 3, outcome: null },
        events: {
          create: [
            { seq: 1, epoch: 0, at: new Date(1), type: 'queued', dataJson: '{"by":"ada"}' },
            { seq: 2, epoch: 3, at: new Date(2), type: 'claimed', dataJson: '{"worker":"w"}' },
          ],
        },
      },
    })
  await db.$disconnect()
  const logs = LogStore.open(dataDir)
  logs.append('j-done', [{ at: 1, stepId: null, level: 'info', text: 'a line' }])
  logs.close()
  mkdirSync(path.join(dataDir, 'keys'))
  writeFileSync(path.join(dataDir, 'keys', 'provisioner.key'), 'THE-KEY')
  mkdirSync(path.join(dataDir, 'tls'))
  writeFileSync(path.join(dataDir, 'tls', 'ca.key'), 'THE-AUTHORITY')
  writeFileSync(path.join(dataDir, 'tls', 'server.pem'), 'MADE-FROM-IT')
  return { dataDir, wish: { dataDir, migrationsDir, by: 'root', now: NOW } }
}

const backUp = (dataDir: string, more: object = {}) =>
  makeBackup({
    ...{ dataDir, folder: backupsIn(dataDir), known: false, reason: 'asked' as const },
    ...{ version: '1.0.0', now: NOW, ...more },
  })

const nameIn = async (dataDir: string): Promise<string | undefined> => {
  const db = await openDb(databaseIn(dataDir))
  try {
    return (await db.topology.findFirst())?.name
  } finally {
    await db.$disconnect()
  }
}

test('after everything was lost a backup brings it back: topology, jobs, logs, keys', async () => {
  const { dataDir, wish } = await livedIn()
  const passphrase = new Secret('six words that nobody would guess')
  const manifest = backUp(dataDir, { sealedKeys: await sealKeys(dataDir, passphrase) })
  const away = mkdtempSync(path.join(path.dirname(dataDir), 'drawbridge-away-'))
  cpSync(path.join(backupsIn(dataDir), manifest.name), path.join(away, manifest.name), {
    recursive: true,
  })
  rmSync(dataDir, { recursive: true })
  mkdirSync(dataDir)
  const backup = path.join(away, manifest.name)
  const keys = await openKeys(readFileSync(path.join(backup, 'keys.age'), 'utf8'), passphrase)
  const restored = await restore({ ...wish, backup, keys })
  rmSync(away, { recursive: true })

  expect(restored.cancelled).toBe(1)
  expect(await nameIn(dataDir)).toBe('Small lab')
  const db = await openDb(databaseIn(dataDir))
  expect(await db.job.findMany({ select: { id: true, status: true } })).toEqual([
    { id: 'j-done', status: 'succeeded' },
    { id: 'j-runs', status: 'cancelled' },
  ])
  expect(await db.auditEntry.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
    action: 'panel.restore',
    via: 'box',
    objectId: manifest.name,
  })
  await db.$disconnect()
  const logs = LogStore.open(dataDir)
  expect(logs.read('j-done', 0, 10)).toMatchObject([{ n: 1, text: 'a line' }])
  logs.close()
  expect(readFileSync(path.join(dataDir, 'keys', 'provisioner.key'), 'utf8')).toBe('THE-KEY')
  expect(readFileSync(path.join(dataDir, 'tls', 'ca.key'), 'utf8')).toBe('THE-AUTHORITY')
  expect(readdirSync(path.join(dataDir, 'tls'))).toEqual(['ca.key'])
  expect(readFacts(databaseIn(dataDir)).panelId).toBe('abcdefgh')
})

test('the keys open with their passphrase alone', async () => {
  const { dataDir } = await livedIn()
  const sealed = await sealKeys(dataDir, new Secret('right'))
  expect(sealed).not.toContain('THE-KEY')
  await expect(openKeys(sealed, new Secret('wrong'))).rejects.toThrow(/passphrase is another/)
})

test('who was signed out stays so, and what was there is kept', async () => {
  const { dataDir, wish } = await livedIn()
  const db = await openDb(databaseIn(dataDir))
  const at = { createdAt: new Date(1), updatedAt: new Date(1) }
  await db.user.create({
    data: {
      ...{ id: 'u', name: 'ada', email: 'ada@panel.local', ...at },
      sessions: { create: { id: 's', token: 't', expiresAt: new Date(NOW * 2), ...at } },
    },
  })
  await db.$disconnect()
  const { name } = backUp(dataDir)
  const { kept } = await restore({ ...wish, backup: path.join(backupsIn(dataDir), name) })
  const restored = await openDb(databaseIn(dataDir))
  expect([await restored.user.count(), await restored.session.count()]).toEqual([1, 0])
  await restored.$disconnect()
  expect(readdirSync(kept)).toEqual(expect.arrayContaining(['logs.db', 'panel.db']))
  expect(quickCheck(path.join(kept, 'panel.db'))).toBeNull()
})

test('a damaged, a changed and a newer backup are refused, and nothing is touched', async () => {
  const { dataDir, wish } = await livedIn()
  const { name } = backUp(dataDir)
  const backup = path.join(backupsIn(dataDir), name)
  const file = path.join(backup, 'panel.db')
  const sound = readFileSync(file)
  const before = readdirSync(dataDir).sort()

  const broken = Buffer.from(sound)
  broken.fill(0xff, 4096, 8192)
  writeFileSync(file, broken)
  await expect(restore({ ...wish, backup })).rejects.toThrow(/panel\.db is not what manifest/)
  rmSync(file)
  await expect(restore({ ...wish, backup })).rejects.toThrow(/panel\.db is missing/)
  writeFileSync(file, sound)
  const older = path.join(dataDir, 'no-migrations')
  mkdirSync(older)
  await expect(restore({ ...wish, backup, migrationsDir: older })).rejects.toThrow(/newer Drawbr/)
  rmSync(older, { recursive: true })
  clearStages(dataDir)
  expect(readdirSync(dataDir).sort()).toEqual(before)
  expect(listBackups(backupsIn(dataDir)).map((each) => each.name)).toEqual([name])
})

/** Lets the `n`th change of the file system fail, as a power cut would leave it. */
function cutAt(n: number): { calls(): number; mend(): void } {
  let calls = 0
  const names = ['renameSync', 'writeFileSync', 'rmSync', 'mkdirSync', 'copyFileSync'] as const
  const real = Object.fromEntries(names.map((name) => [name, fs[name]]))
  for (const name of names) {
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        if (++calls === n) throw new Error(`cut at ${n}`)
        // Once the power is off, nothing that would clean up runs either.
        if (calls > n) throw new Error('no power')
        return (real[name] as (...all: unknown[]) => unknown)(...args)
      },
    })
  }
  syncBuiltinESMExports()
  return {
    calls: () => calls,
    mend: () => {
      Object.assign(fs, real)
      syncBuiltinESMExports()
    },
  }
}

test('a power cut at any step leaves the old data or the new, whole', async () => {
  const { dataDir, wish } = await livedIn()
  const { name } = backUp(dataDir)
  const db = await openDb(databaseIn(dataDir))
  await db.topology.updateMany({ data: { name: 'Later' } })
  await db.$disconnect()
  const start = mkdtempSync(path.join(path.dirname(dataDir), 'drawbridge-cut-'))
  cpSync(dataDir, start, { recursive: true })
  const seen = new Set<string>()
  let finished = false
  for (let n = 1; !finished; n++) {
    rmSync(dataDir, { recursive: true })
    cpSync(start, dataDir, { recursive: true })
    const cut = cutAt(n)
    try {
      await restore({ ...wish, backup: path.join(backupsIn(dataDir), name) })
      finished = true
    } catch (error) {
      expect(String(error)).toMatch(/cut at|no power/)
    } finally {
      cut.mend()
    }
    finishRestore(dataDir)
    clearStages(dataDir)
    expect(existsSync(path.join(dataDir, 'restore.json'))).toBe(false)
    expect(quickCheck(databaseIn(dataDir))).toBeNull()
    const found = (await nameIn(dataDir)) ?? 'lost'
    seen.add(found)
    const logs = LogStore.open(dataDir)
    expect(logs.last('j-done')).toBe(1)
    logs.close()
  }
  rmSync(start, { recursive: true })
  expect([...seen]).toEqual(['Later', 'Small lab'])
})

test('a file that leads out of the backup is none of it', async () => {
  const { dataDir, wish } = await livedIn()
  const manifest = backUp(dataDir)
  const backup = path.join(backupsIn(dataDir), manifest.name)
  expect(findFault(backup, manifest)).toBeNull()
  const files = [{ name: '../../keys/provisioner.key', size: 1, sha256: '0'.repeat(64) }]
  writeFileSync(path.join(backup, 'manifest.json'), JSON.stringify({ ...manifest, files }))
  await expect(restore({ ...wish, backup })).rejects.toThrow(/another shape/)
})

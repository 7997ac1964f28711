import { expect, test } from 'vitest'
import { BackupError, backupsIn, listBackups } from './backup'
import { makeBackup } from './backup-make'
import { defaultSchedule } from './backup-schedule'
import { findBackupState, findIntegrity, putBackupSettings } from './backup-settings'
import { panelCauses } from './panel-causes'
import { tempDb } from './testing/temp-db'
import { tempUpkeep } from './testing/temp-upkeep'
import type { DoWork } from './work'

const START = Date.UTC(2026, 10, 24, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR

async function clocked(fault: string | null = null) {
  const { db, dataDir } = await tempDb()
  await putBackupSettings(db, { ...defaultSchedule('UTC'), folder: null })
  let now = START
  let away = false
  const waits: number[] = []
  const logged: string[] = []
  const doWork: DoWork = async (kind, ask) => {
    if (away)
      throw new BackupError('backup.folder-away', 'No backup - the share is away - mount it.')
    if (kind === 'check') return { fault } as never
    return makeBackup(ask as Parameters<typeof makeBackup>[0]) as never
  }
  const upkeep = tempUpkeep({
    ...{ db, dataDir, doWork, now: () => now, log: (line: string) => logged.push(line) },
    later: (ms) => {
      waits.push(ms)
      return () => {}
    },
  })
  const at = async (time: number) => {
    now = time
    await upkeep.look()
  }
  const names = () => listBackups(backupsIn(dataDir)).map(({ name }) => name)
  return { db, upkeep, at, names, waits, logged, unmount: (is: boolean) => (away = is) }
}

test('each night one backup, none before, and old ones go', async () => {
  const { at, names, waits, upkeep } = await clocked()
  await at(START)
  expect(names()).toEqual([])
  expect(waits.at(-1)).toBe(600_000)
  const first = Date.UTC(2026, 10, 25, 3, 30)
  expect(await upkeep.nextBackupAt()).toBe(first)
  await at(first - 60_000)
  expect([names(), waits.at(-1)]).toEqual([[], 60_000])
  for (let n = 0; n < 10; n++) await at(first + n * DAY)
  expect(names().at(0)).toBe('2026-12-04T03-30-00Z-scheduled')
  expect(names().length).toBeLessThanOrEqual(10)
  expect(names()).not.toContain('2026-11-26T03-30-00Z-scheduled')
})

test('what failed is tried again an hour later, and is a cause until it goes well', async () => {
  const { db, at, names, unmount, upkeep, logged } = await clocked()
  await at(START)
  const due = Date.UTC(2026, 10, 25, 3, 30)
  unmount(true)
  await at(due)
  expect(logged.join()).toContain('the share is away')
  expect((await findBackupState(db, due)).failure).toMatchObject({ code: 'backup.folder-away' })
  expect(await panelCauses(db, due)).toMatchObject([{ level: 'warn' }])
  expect(await upkeep.nextBackupAt()).toBe(due + HOUR)
  unmount(false)
  await at(due + HOUR)
  expect(names()).toEqual(['2026-11-25T04-30-00Z-scheduled'])
  expect(await panelCauses(db, due)).toEqual([])
})

test('once a week everything is read through, and damage is a cause that cannot wait', async () => {
  const { db, at } = await clocked('panel.db: row 7 missing from index')
  await at(START)
  expect(await findIntegrity(db)).toBeNull()
  await at(START + 600_000)
  expect(await findIntegrity(db)).toMatchObject({ at: START + 600_000 })
  expect(await panelCauses(db, START)).toMatchObject([
    { level: 'fail', sentence: expect.stringContaining('row 7 missing') },
  ])
  await at(START + 600_000 + 6 * DAY)
  expect(await findIntegrity(db)).toMatchObject({ at: START + 600_000 })
  await at(START + 600_000 + 7 * DAY)
  expect(await findIntegrity(db)).toMatchObject({ at: START + 600_000 + 7 * DAY })
})

import { statSync } from 'node:fs'
import path from 'node:path'
import { PanelError } from '@/lib/base/errors'
import { type RoomLeft, roomLeft } from '@/lib/io/room-left'
import { type Actor, appendAudit } from './audit'
import {
  type BackupManifest,
  type BackupReason,
  backupsIn,
  listBackups,
  removeBackup,
} from './backup'
import { findExpired } from './backup-keep'
import { nextBackup } from './backup-schedule'
import {
  type BackupSettings,
  findBackupSettings,
  findBackupState,
  findIntegrity,
  hasBackupState,
  isKnownFolder,
  markKnownFolder,
  putBackupState,
  putIntegrity,
} from './backup-settings'
import type { Db } from './client'
import { findSetting, putSetting } from './settings'
import { transact } from './transact'
import type { DoWork } from './work'

/** What the panel does for its own data while it runs. */
export type Upkeep = {
  /** When this process started, UTC milliseconds. */
  startedAt: number
  /** The folder that the environment fixes; null: as the settings say. */
  fixedFolder: string | null
  /** Where backups go with these settings. */
  folderOf(settings: BackupSettings): string
  /** When the next scheduled backup is due; null: none is. */
  nextBackupAt(): Promise<number | null>
  /** Makes a backup; its manifest. Throws why not, which is kept for the pages as well. */
  backUp(
    reason: Extract<BackupReason, 'asked' | 'scheduled'>,
    actor: Actor,
  ): Promise<BackupManifest>
  /** Looks at once at what is due, as after a change of the settings. */
  look(): Promise<void>
  /** Looks no more. */
  stop(): void
}

export type UpkeepParts = {
  db: Db
  dataDir: string
  version: string
  fixedFolder: string | null
  doWork: DoWork
  log(line: string): void
  /** UTC milliseconds. */
  now(): number
  /** Moves the scheduled backup back, in milliseconds, so that panels that share a disk take turns. */
  jitterMs: number
  /** Calls back after so many milliseconds; answers what takes that back. */
  later(ms: number, call: () => void): () => void
}

/** It looks at least so often, in milliseconds: disks fill, and clocks are set. */
const LOOK_EVERY_MS = 10 * 60_000
const INTEGRITY_EVERY_MS = 7 * 86_400_000
/** Who does what is due, in the audit log. */
const PANEL: Actor = { id: null, name: 'panel', via: 'panel', from: null }

/** Setting: how much room the panel's disk had when that last changed its level. */
const ROOM = 'panel.room'
export const findRoom = (db: Db): Promise<RoomLeft | null> => findSetting<RoomLeft>(db, ROOM)

/** Begins to look after the panel's own data: backups by schedule, integrity weekly, disk always. */
export function startUpkeep(parts: UpkeepParts): Upkeep {
  const { db, log, now, later } = parts
  const startedAt = now()
  let stopped = false
  let cancel = () => {}
  // One at a time: two would read the same disk twice as long.
  let busy: Promise<unknown> = Promise.resolve()
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = busy.then(work, work)
    busy = mine.catch(() => {})
    return mine
  }

  const nextBackupAt = async () => {
    const { since, failure } = await findBackupState(db, startedAt)
    const history = { since, failedAt: failure?.at ?? null }
    return nextBackup(await findBackupSettings(db), history, startedAt, parts.jitterMs)
  }
  const backUp: Upkeep['backUp'] = (reason, actor) =>
    queued(() => makeAndKeep(parts, reason, actor))

  async function look(): Promise<void> {
    cancel()
    if (stopped) return
    let wait = LOOK_EVERY_MS
    try {
      await noteRoom(parts)
      await noteBeginning(db, startedAt)
      const due = await nextBackupAt()
      if (due !== null && due <= now()) await backUp('scheduled', PANEL)
      await queued(() => checkIfDue(parts, startedAt))
      const next = await nextBackupAt()
      if (next !== null) wait = Math.min(wait, Math.max(1000, next - now()))
    } catch (error) {
      // What failed is kept for the pages; looking goes on.
      log(`upkeep: ${error instanceof PanelError ? error.message : (error as Error).stack}`)
    }
    if (!stopped) cancel = later(wait, () => void look())
  }

  return {
    startedAt,
    fixedFolder: parts.fixedFolder,
    folderOf: (settings) => folderOf(parts, settings),
    nextBackupAt,
    backUp,
    look,
    stop: () => {
      stopped = true
      cancel()
    },
  }
}

const folderOf = (
  { dataDir, fixedFolder }: Pick<UpkeepParts, 'dataDir' | 'fixedFolder'>,
  { folder }: BackupSettings,
): string => fixedFolder ?? folder ?? backupsIn(dataDir)

/** The first look ever is what the schedule goes by from then on. */
async function noteBeginning(db: Db, startedAt: number): Promise<void> {
  if (await hasBackupState(db)) return
  await putBackupState(db, await findBackupState(db, startedAt))
}

async function makeAndKeep(
  parts: UpkeepParts,
  reason: Extract<BackupReason, 'asked' | 'scheduled'>,
  actor: Actor,
): Promise<BackupManifest> {
  const { db, dataDir, version, now, doWork, log } = parts
  const at = now()
  const settings = await findBackupSettings(db)
  const folder = folderOf(parts, settings)
  const state = await findBackupState(db, at)
  const action = reason === 'scheduled' ? 'panel.backup-scheduled' : 'panel.backup'
  try {
    const known = await isKnownFolder(db, folder)
    const made = await doWork('backup', { dataDir, folder, known, reason, version, now: at })
    await transact(db, async (tx) => {
      const since = reason === 'scheduled' ? at : state.since
      await putBackupState(tx, { since, last: { name: made.name, at }, failure: null })
      await markKnownFolder(tx, folder)
      const object = { kind: 'backup', id: made.name }
      await appendAudit(tx, actor, { action, object, after: { folder } }, at)
    })
    log(`backup ${made.name} made`)
    for (const old of findExpired(listBackups(folder), settings.keep, settings.zone))
      removeBackup(folder, old)
    return made
  } catch (error) {
    const code = error instanceof PanelError ? error.code : 'internal.bug'
    const message = error instanceof Error ? error.message : String(error)
    await transact(db, async (tx) => {
      await putBackupState(tx, { ...state, failure: { at, code, message } })
      const object = { kind: 'backup', id: 'none' }
      await appendAudit(tx, actor, { action, outcome: 'failed', object, note: message }, at)
    })
    throw error
  }
}

/** Reads all databases through once a week; the first time soon after a panel's first start. */
async function checkIfDue(
  { db, dataDir, now, doWork, log }: UpkeepParts,
  startedAt: number,
): Promise<void> {
  const last = await findIntegrity(db)
  const due = last === null ? startedAt + LOOK_EVERY_MS : last.at + INTEGRITY_EVERY_MS
  if (due > now()) return
  const began = now()
  const { fault } = await doWork('check', { dataDir })
  await putIntegrity(db, { at: began, fault, tookMs: now() - began })
  if (fault !== null) log(`INTEGRITY: ${fault} - restore a backup: npm run admin -- backups`)
}

/** Stored when its level changes, and not with every byte: a card wears by being written to. */
async function noteRoom({ db, dataDir, log }: UpkeepParts): Promise<void> {
  const room = await roomLeft(dataDir)
  const before = (await findRoom(db))?.level ?? 'ok'
  if (room.level === before) return
  if (room.level !== 'full') await putSetting(db, ROOM, room)
  else await putSetting(db, ROOM, room).catch((error) => log(`the disk is full: ${String(error)}`))
  log(`disk of ${dataDir}: ${room.level}, ${Math.floor(room.freeBytes / 2 ** 20)} MiB free`)
}

/** Bytes that the panel's own files take. */
export function sizesOf(dataDir: string): { databaseBytes: number; logsBytes: number } {
  const size = (name: string) =>
    [name, `${name}-wal`].reduce(
      (sum, each) =>
        sum + (statSync(path.join(dataDir, each), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  return { databaseBytes: size('panel.db'), logsBytes: size('logs.db') }
}

import path from 'node:path'
import { type BackupSchedule, defaultSchedule } from './backup-schedule'
import type { Db, Tx } from './client'
import { findSetting, putSetting } from './settings'

/** How backups are made; what the environment fixes (`BACKUP_DIR`) is not in it. */
export type BackupSettings = BackupSchedule & {
  /** Absolute; null: `backups` in the data folder. */
  folder: string | null
}

/** What is remembered of the scheduled backups. Times in UTC milliseconds. */
export type BackupState = {
  /** The last that was made, or when the panel first looked: the next is counted from here. */
  since: number
  /** The last that was made, whatever for; null: none yet. */
  last: { name: string; at: number } | null
  /** The failure after which none was made; null when the last try went well. */
  failure: { at: number; code: string; message: string } | null
}

/** What the last look through all databases found. Times in UTC milliseconds. */
export type IntegrityState = { at: number; fault: string | null; tookMs: number }

const SETTINGS = 'backup.settings'
const STATE = 'backup.state'
const KNOWN = 'backup.known-folders'
const INTEGRITY = 'integrity.state'

/** The zone of the machine that the panel stands on. */
const homeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The settings, or what holds until an admin changes them. */
export async function findBackupSettings(db: Db | Tx): Promise<BackupSettings> {
  const held = await findSetting<BackupSettings>(db, SETTINGS)
  return { ...defaultSchedule(homeZone()), folder: null, ...held }
}

export const putBackupSettings = (tx: Tx, settings: BackupSettings): Promise<void> =>
  putSetting(tx, SETTINGS, settings)

/** What is remembered; `now` counts as the beginning where nothing is. */
export async function findBackupState(db: Db | Tx, now: number): Promise<BackupState> {
  const held = await findSetting<BackupState>(db, STATE)
  return held ?? { since: now, last: null, failure: null }
}

/** Whether anything is remembered. */
export const hasBackupState = async (db: Db | Tx): Promise<boolean> =>
  (await findSetting<BackupState>(db, STATE)) !== null

export const putBackupState = (db: Db | Tx, state: BackupState): Promise<void> =>
  putSetting(db, STATE, state)

/** Null before the first look. */
export const findIntegrity = (db: Db | Tx): Promise<IntegrityState | null> =>
  findSetting<IntegrityState>(db, INTEGRITY)

export const putIntegrity = (db: Db | Tx, state: IntegrityState): Promise<void> =>
  putSetting(db, INTEGRITY, state)

/** Whether backups went to this folder before, so that it has to show their mark. */
export async function isKnownFolder(db: Db | Tx, folder: string): Promise<boolean> {
  const known = await findSetting<string[]>(db, KNOWN)
  return known?.includes(path.resolve(folder)) ?? false
}

/** Remembers that backups went there. */
export async function markKnownFolder(db: Db | Tx, folder: string): Promise<void> {
  const known = (await findSetting<string[]>(db, KNOWN)) ?? []
  const resolved = path.resolve(folder)
  if (!known.includes(resolved)) await putSetting(db, KNOWN, [...known, resolved])
}

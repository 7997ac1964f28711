import type { BackupSummary, PanelAnswer } from '@/lib/api/contract-panel'
import { roomLeft } from '@/lib/io/room-left'
import { type FoundBackup, listBackups } from './backup'
import { findBackupSettings, findBackupState, findIntegrity } from './backup-settings'
import type { Db } from './client'
import { sizesOf, type Upkeep } from './upkeep'

/** The panel's own state: version, disk, backups, what was checked. */
export async function readPanelState({
  db,
  dataDir,
  version,
  upkeep,
  now,
}: {
  db: Db
  dataDir: string
  version: string
  upkeep: Upkeep
  now(): number
}): Promise<PanelAnswer> {
  const settings = await findBackupSettings(db)
  const folder = upkeep.folderOf(settings)
  const { list, away } = listed(folder)
  return {
    ...{ version, node: process.version, startedAt: upkeep.startedAt, now: now(), dataDir },
    ...sizesOf(dataDir),
    disk: await roomLeft(dataDir),
    integrity: await findIntegrity(db),
    backups: {
      ...{ folder, folderFixed: upkeep.fixedFolder !== null, away, settings, list },
      nextAt: await upkeep.nextBackupAt(),
      failure: (await findBackupState(db, now())).failure,
    },
  }
}

/** A share that went away must not take the page along. */
function listed(folder: string): { list: BackupSummary[]; away: string | null } {
  try {
    return { list: listBackups(folder).map(toSummary), away: null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return { list: [], away: `${folder} cannot be read (${code}).` }
  }
}

/** What the page shows of a backup; one that cannot be understood says why. */
export function toSummary(found: FoundBackup): BackupSummary {
  if (found.manifest === null) {
    const { name, fault } = found
    return { name, at: 0, reason: 'asked', version: '', bytes: 0, keys: false, fault }
  }
  const { name, at, reason, version, keys, files } = found.manifest
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  return { name, at, reason, version, bytes, keys, fault: null }
}

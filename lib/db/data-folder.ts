import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { PanelError } from '@/lib/base/errors'

/** Two panels on one folder would run every job twice. */
export class DataFolderTakenError extends PanelError {
  readonly code = 'data.taken'

  constructor(dataDir: string) {
    super(
      `${dataDir} is in use - another Drawbridge runs on it - stop that one, or choose another folder with DRAWBRIDGE_DATA.`,
    )
  }
}

/** The files in the data folder that the panel itself opens. */
export const databaseIn = (dataDir: string) => path.join(dataDir, 'panel.db')

/**
 * Makes the folder, tries it by writing, and holds it for this process until `release`, or its
 * death: the hold is SQLite's lock on a file of its own, which the kernel drops with the process.
 *
 * Throws {@link DataFolderTakenError}, or the errno of a folder that cannot be written.
 */
export function takeDataFolder(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const probe = path.join(dataDir, '.probe')
  writeFileSync(probe, Buffer.alloc(65_536), { flush: true })
  rmSync(probe)
  const lock = new Database(path.join(dataDir, 'panel.lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (/busy|locked/i.test(String(error))) throw new DataFolderTakenError(dataDir)
    throw error
  }
  return { release: () => lock.close() }
}

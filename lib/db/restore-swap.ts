import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { syncFile } from './backup-make'

/** Written when a restore counts; gone when it is done. */
export type RestoreIntent = {
  /** Folder in the data folder with what takes its place. */
  stage: string
  /** Folder in the data folder for what was there. */
  kept: string
  /** Names in both; one that the stage lacks is taken away all the same. */
  places: string[]
}

const INTENT = 'restore.json'
const STAGE = /^\.restore-/
/** SQLite's own files of a database that was not closed; they belong to it and to no other. */
const COMPANIONS = ['-wal', '-shm', '-journal']

/** Says that a restore counts: one rename, before which nothing of the data was touched. */
export function writeIntent(dataDir: string, intent: RestoreIntent): void {
  const draft = path.join(dataDir, `.${INTENT}`)
  writeFileSync(draft, JSON.stringify(intent), { flush: true })
  renameSync(draft, path.join(dataDir, INTENT))
  syncFile(dataDir)
}

/**
 * Carries a restore that counts to its end; does nothing when there is none. May be called again
 * after a crash at any point: what the stage still holds was not placed yet. True if it did something.
 */
export function finishRestore(dataDir: string): boolean {
  const file = path.join(dataDir, INTENT)
  if (!existsSync(file)) return false
  const { stage, kept, places } = JSON.parse(readFileSync(file, 'utf8')) as RestoreIntent
  const [from, to] = [path.join(dataDir, stage), path.join(dataDir, kept)]
  mkdirSync(to, { recursive: true, mode: 0o700 })
  for (const name of places) place(dataDir, { from, to, name })
  // From here on the stage is rubbish, whose marks must not be gone while the restore still counts.
  rmSync(file)
  syncFile(dataDir)
  rmSync(from, { recursive: true, force: true })
  return true
}

/** Takes away what an attempt left that never counted. */
export function clearStages(dataDir: string): void {
  for (const name of readdirSync(dataDir))
    if (STAGE.test(name)) rmSync(path.join(dataDir, name), { recursive: true, force: true })
}

function place(
  dataDir: string,
  { from, to, name }: { from: string; to: string; name: string },
): void {
  const staged = path.join(from, name)
  const isAside = path.join(from, `${name}.aside`)
  // Old data go aside, the companions first: a new database must never meet an old write-ahead log.
  if (!existsSync(isAside)) {
    for (const old of [...COMPANIONS.map((end) => `${name}${end}`), name])
      if (existsSync(path.join(dataDir, old)))
        renameSync(path.join(dataDir, old), path.join(to, old))
    syncFile(to)
    writeFileSync(isAside, '', { flush: true })
    syncFile(from)
  }
  if (existsSync(staged)) renameSync(staged, path.join(dataDir, name))
  syncFile(dataDir)
}

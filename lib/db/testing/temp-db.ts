import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { type Db, openDb } from '../client'
import { migrate } from '../migrate'

/** A data folder that is gone after the test. */
export async function tempDataDir(): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'drawbridge-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** A migrated database in a temporary folder; closed and gone after the test. */
export async function tempDb(): Promise<{ db: Db; dataDir: string; file: string }> {
  const dataDir = await tempDataDir()
  const file = path.join(dataDir, 'panel.db')
  migrate(file, path.resolve('prisma/migrations'))
  const db = await openDb(file)
  onTestFinished(() => db.$disconnect())
  return { db, dataDir, file }
}

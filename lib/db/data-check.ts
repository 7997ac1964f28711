import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import Database from 'libsql'
import { PanelError } from '@/lib/base/errors'
import { databaseIn } from './data-folder'
import { quickCheck } from './integrity'
import { identityFile, keysDir, recipientFile } from './secret-keys'

/** Setting: the public key of which it was proved that its private half opens what is stored. */
const PROVED = 'keys.proved'

/** Throws {@link DataFault} when the log lines' database is damaged. */
export function checkLogs(dataDir: string): void {
  const file = path.join(dataDir, 'logs.db')
  if (!existsSync(file)) return
  const fault = quickCheck(file)
  if (fault !== null)
    throw new DataFault(
      'logs.damaged',
      `${file} is damaged (${fault}) - it holds the log lines of jobs and nothing else - restore a backup, or move it away: the panel then makes a new one, and the lines are lost.`,
    )
}

/**
 * Whether the panel's keys fit its database: `unproved` where secrets are stored and nobody tried yet
 * whether this key opens them. Reads the public key alone. Throws {@link DataFault} `keys.missing`
 * where secrets are stored and the key that opens them is not there.
 */
export async function judgeKeys(dataDir: string): Promise<'fit' | 'unproved'> {
  const { sealed, proved } = reading(dataDir, (db) => ({
    sealed: db.prepare('SELECT 1 FROM "SealedSecret" LIMIT 1').get() !== undefined,
    proved: (
      db.prepare('SELECT json FROM "Setting" WHERE key = ?').get(PROVED) as
        | { json: string }
        | undefined
    )?.json,
  }))
  if (!sealed) return 'fit'
  for (const file of [identityFile(dataDir), recipientFile(dataDir)])
    if (!existsSync(file))
      throw new DataFault(
        'keys.missing',
        `${path.basename(file)} is not in ${keysDir(dataDir)} - the secrets in the database are sealed to it, and no other key opens them - put it back from where it is kept, or restore it from the recovery kit.`,
      )
  return proved === JSON.stringify(await recipientOf(dataDir)) ? 'fit' : 'unproved'
}

/** Remembers that the present key opens what is stored. */
export async function markKeysProved(dataDir: string): Promise<void> {
  const json = JSON.stringify(await recipientOf(dataDir))
  reading(dataDir, (db) =>
    db
      .prepare(
        'INSERT INTO "Setting" (key, json) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET json = ?2',
      )
      .run(PROVED, json),
  )
}

/** The key that is there is another than the one that secrets were sealed to. */
export const keysMismatch = (dataDir: string): DataFault =>
  new DataFault(
    'keys.mismatch',
    `The key in ${keysDir(dataDir)} does not open the secrets in the database - they were sealed to another, as after a restore without its keys - restore that key from the recovery kit, or from a backup that has it.`,
  )

const recipientOf = async (dataDir: string): Promise<string> =>
  (await readFile(recipientFile(dataDir), 'utf8')).trim()

function reading<T>(dataDir: string, look: (db: Database.Database) => T): T {
  const db = new Database(databaseIn(dataDir), { timeout: 10_000 })
  try {
    return look(db)
  } finally {
    db.close()
  }
}

/** The panel's data cannot be used as they are. `message` is what - why - what to do. */
export class DataFault extends PanelError {
  readonly code: string

  constructor(code: `${'data' | 'keys' | 'logs'}.${string}`, message: string) {
    super(message)
    this.code = code
  }
}

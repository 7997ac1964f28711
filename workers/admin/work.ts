import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { PanelError } from '@/lib/base/errors'
import { DATABASES } from '@/lib/db/backup'
import { makeBackup } from '@/lib/db/backup-make'
import { openDb } from '@/lib/db/client'
import { databaseIn } from '@/lib/db/data-folder'
import { fullCheck } from '@/lib/db/integrity'
import { unreadableSecrets } from '@/lib/db/secret-open/kit'
import { settleRotation } from '@/lib/db/secret-open/rotate'
import type { WorkAnswer, WorkRequest } from '@/lib/db/work'
import { provenBy } from './proven'

/** Does one piece of work of the panel, out of the way of everything else on this machine. */
export async function work(): Promise<number> {
  // The kernel takes the rank of reads and writes from it as well.
  os.setPriority(19)
  const answer = await answerTo(JSON.parse(await text(process.stdin)) as WorkRequest)
  process.stdout.write(`${JSON.stringify(answer)}\n`)
  return answer.ok ? 0 : 1
}

async function answerTo(request: WorkRequest): Promise<WorkAnswer> {
  try {
    return { ok: true, answer: await done(request) }
  } catch (error) {
    if (error instanceof PanelError) return { ok: false, code: error.code, message: error.message }
    const { code = 'internal.bug' } = error as NodeJS.ErrnoException
    return { ok: false, code: String(code), message: `${String(error)}` }
  }
}

async function done({ kind, ask }: WorkRequest): Promise<unknown> {
  switch (kind) {
    case 'backup':
      return makeBackup({ ...ask, ...provenBy(ask.dataDir) })
    case 'check':
      return { fault: faultIn(ask.dataDir) }
    case 'prove-keys': {
      const db = await openDb(databaseIn(ask.dataDir))
      try {
        await settleRotation(db, ask.dataDir)
        const unreadable = await unreadableSecrets(db, ask.dataDir)
        return { unreadable, stored: await db.sealedSecret.count() }
      } finally {
        await db.$disconnect()
      }
    }
  }
}

/** The first fault of any database in the folder, with its file's name; null when all are sound. */
export function faultIn(dataDir: string): string | null {
  for (const name of DATABASES) {
    const file = path.join(dataDir, name)
    const fault = existsSync(file) ? fullCheck(file) : null
    if (fault !== null) return `${name}: ${fault}`
  }
  return null
}

import { existsSync } from 'node:fs'
import { PanelError } from '@/lib/base/errors'
import { checkAudit } from '@/lib/db/audit-check'
import { backupsIn, listBackups } from '@/lib/db/backup'
import { judgeKeys } from '@/lib/db/data-check'
import { databaseIn } from '@/lib/db/data-folder'
import { unreadableSecrets } from '@/lib/db/secret-open/kit'
import { roomLeft } from '@/lib/io/room-left'
import { type Box, type Command, EXIT } from './command'
import { withDb } from './with-data'
import { faultIn } from './work'

type Finding = { of: string; ok: boolean; says: string }

/** Looks at everything that a panel needs to start, and says of each whether it is so. */
export const check: Command = {
  usage: 'check [--json]',
  does: 'Databases, audit log, keys, disk and backups: is each as it should be?',
  words: [0, 0],
  options: ['json'],
  run: async (box) => {
    const findings = await allFindings(box)
    if (box.options.has('json')) box.say(JSON.stringify(findings, null, 2))
    else
      for (const { of, ok, says } of findings)
        box.say(`${ok ? 'ok    ' : 'FAULT '} ${of.padEnd(10)} ${says}`)
    return findings.every(({ ok }) => ok) ? EXIT.done : EXIT.failed
  },
}

async function allFindings(box: Box): Promise<Finding[]> {
  const { dataDir } = box.config
  const room = await finding('disk', async () => {
    const { freeBytes, level } = await roomLeft(dataDir)
    const says = `${Math.floor(freeBytes / 2 ** 20)} MiB free`
    return { ok: level !== 'full', says: level === 'ok' ? says : `${says}, which is little` }
  })
  if (!existsSync(databaseIn(dataDir)))
    return [room, { of: 'databases', ok: false, says: `there is no panel.db in ${dataDir}` }]
  const sound = await finding('databases', async () => {
    const fault = faultIn(dataDir)
    return { ok: fault === null, says: fault ?? 'every page and every index reads through' }
  })
  const backups = await finding('backups', async () => {
    const newest = listBackups(backupsIn(dataDir)).find(({ manifest }) => manifest !== null)
    return { ok: true, says: newest ? `the newest here is ${newest.name}` : 'none here' }
  })
  if (!sound.ok) return [room, sound, backups]
  return [room, sound, await auditFinding(box), await keysFinding(box), backups]
}

const auditFinding = (box: Box): Promise<Finding> =>
  finding('audit log', () =>
    withDb(box, async (db) => {
      const { ok, from, to, firstBad } = await checkAudit(db, box.now())
      const says = ok
        ? `unbroken from entry ${from} to ${to}`
        : `broken at entry ${firstBad?.seq}: ${firstBad?.why}`
      return { ok, says }
    }),
  )

const keysFinding = (box: Box): Promise<Finding> =>
  finding('keys', async () => {
    const { dataDir } = box.config
    await judgeKeys(dataDir)
    const unreadable = await withDb(box, async (db) =>
      (await db.sealedSecret.count()) === 0 ? [] : unreadableSecrets(db, dataDir),
    )
    const says =
      unreadable.length === 0
        ? 'they open every secret'
        : `they do not open ${unreadable.join(', ')}`
    return { ok: unreadable.length === 0, says }
  })

/** What cannot be looked at is a finding too: the rest is looked at all the same. */
async function finding(
  of: string,
  look: () => Promise<{ ok: boolean; says: string }>,
): Promise<Finding> {
  try {
    return { of, ...(await look()) }
  } catch (error) {
    if (!(error instanceof PanelError) && (error as NodeJS.ErrnoException).code === undefined)
      throw error
    return { of, ok: false, says: (error as Error).message }
  }
}

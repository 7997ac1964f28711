import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { isBackupName } from '@/lib/base/backup-name'
import { appendAudit } from '@/lib/db/audit'
import {
  BackupError,
  type BackupManifest,
  backupsIn,
  type FoundBackup,
  getBackup,
  listBackups,
  readManifest,
  SEALED_KEYS,
} from '@/lib/db/backup'
import { openKeys, sealKeys } from '@/lib/db/backup-keys'
import { makeBackup } from '@/lib/db/backup-make'
import { openPlain } from '@/lib/db/backup-plain'
import { findBackupSettings, isKnownFolder, markKnownFolder } from '@/lib/db/backup-settings'
import { databaseIn } from '@/lib/db/data-folder'
import { findFault, restore } from '@/lib/db/restore'
import { transact } from '@/lib/db/transact'
import { AdminError, type Box, boxActor, type Command, EXIT } from './command'
import { agree, askNewSecret, askSecret } from './prompt'
import { isTrusted, provenBy } from './proven'
import { whileStopped, withDb } from './with-data'

/** Makes a backup now. */
export const backup: Command = {
  usage: 'backup [--keys]',
  does: 'Makes a backup now; --keys: with the panel’s keys in it, sealed to a passphrase',
  words: [0, 0],
  options: ['keys'],
  run: (box) =>
    withDb(box, async (db) => {
      const { dataDir } = box.config
      const folder = await folderOf(box)
      const passphrase = box.options.has('keys') ? await askNewSecret('Passphrase') : null
      const sealed = passphrase ? { sealedKeys: await sealKeys(dataDir, passphrase) } : {}
      const known = await isKnownFolder(db, folder)
      const now = box.now()
      const wish = { dataDir, folder, known, version: box.version, now, ...sealed }
      const proven = provenBy(dataDir)
      const made = makeBackup({ ...wish, ...proven, reason: 'box' })
      await transact(db, async (tx) => {
        await markKnownFolder(tx, folder)
        const object = { kind: 'backup', id: made.name }
        const after = { folder, keys: made.keys }
        await appendAudit(tx, boxActor(), { action: 'panel.backup', object, after }, now)
      })
      box.say(`${path.join(folder, made.name)} (${mib(made)} MiB, read back and sound)`)
      if (!made.keys) box.say('Its secrets open only with the panel’s key: keep the recovery kit.')
      return EXIT.done
    }),
}

/** The backups that there are. */
export const backups: Command = {
  usage: 'backups [--json]',
  does: 'The backups that there are, newest first, each read through',
  words: [0, 0],
  options: ['json'],
  run: async (box) => {
    const found = (await foldersOf(box)).flatMap((folder) =>
      listBackups(folder).map((each) => ({ folder, ...judged(folder, each) })),
    )
    if (box.options.has('json')) box.say(JSON.stringify(found, null, 2))
    else if (found.length === 0) box.say('There is none: npm run admin -- backup makes one.')
    else for (const each of found) box.say(line(each))
    return found.some(({ fault }) => fault !== null) ? EXIT.failed : EXIT.done
  },
}

const judged = (folder: string, { name, manifest, ...rest }: FoundBackup) => ({
  ...{ name, manifest },
  fault: manifest
    ? findFault(path.join(folder, name), manifest)
    : 'fault' in rest
      ? rest.fault
      : 'unknown',
})

function line({ name, manifest, fault }: ReturnType<typeof judged>): string {
  const state = fault === null ? 'sound' : `DAMAGED: ${fault}`
  if (!manifest) return `${name.padEnd(40)} ${state}`
  const size = `${mib(manifest)} MiB`.padStart(9)
  return `${name.padEnd(40)} ${size}  version ${manifest.version.padEnd(8)} ${manifest.keys ? 'with keys' : 'no keys  '}  ${state}`
}

const mib = ({ files }: BackupManifest): number =>
  Math.ceil(files.reduce((sum, { size }) => sum + size, 0) / 2 ** 20)

const UNPROVED =
  'It cannot be proved that nobody changed this backup: the panel’s key is not here, was another, or the proof is missing. Whoever could write where it lay may have put another address into a connection, to be sent its token, or an account of their own. Restore it only if that place is yours alone, and compare addresses and people before you start a job.'

/** Puts a backup in the place of the panel's data. */
export const restoreCommand: Command = {
  usage: 'restore <name or path> [--keys] [--yes] [--unproved]',
  does: 'Puts a backup in the place of the data; what was there is kept. --unproved: with --yes, also one from elsewhere that the panel’s key does not prove',
  words: [1, 1],
  options: ['keys', 'yes', 'unproved'],
  run: async (box) => {
    const folder = await findBackup(box)
    const manifest = readManifest(folder)
    const keys = box.options.has('keys') ? await keysOf(folder, manifest) : null
    const when = new Date(manifest.at).toISOString().slice(0, 16).replace('T', ' ')
    box.say(`${manifest.name}: of ${when} UTC, version ${manifest.version}.`)
    const trusted = isTrusted(folder, manifest, { dataDir: box.config.dataDir, keys })
    if (!trusted) box.say(UNPROVED)
    const said = box.options.has('yes') && (trusted || box.options.has('unproved'))
    if (!(await agree(`Put it in the place of ${box.config.dataDir}?`, said))) {
      box.say(`Nothing was done. Without a terminal it takes --yes${trusted ? '' : ' --unproved'}.`)
      return EXIT.failed
    }
    const { config, migrationsDir } = box
    const { kept, cancelled } = await whileStopped(box, () =>
      restore({
        ...{ dataDir: config.dataDir, backup: folder, migrationsDir },
        ...{ by: boxActor().name, now: box.now() },
        ...(keys ? { keys } : {}),
      }),
    )
    box.say(`Restored. What was there is in ${kept}; remove it when you are content.`)
    box.say('Everybody has to sign in again.')
    if (cancelled > 0)
      box.say(`${cancelled} jobs that were not over are cancelled: look at their topologies.`)
    box.say('Tokens that were revoked since the backup count again: look at Settings > Tokens.')
    if (!existsSync(path.join(config.dataDir, 'keys', 'provisioner.key')))
      box.say('The key is missing: npm run admin -- restore-key, with the recovery kit.')
    box.say('Next: npm run admin -- check, then start the panel.')
    return EXIT.done
  },
}

async function keysOf(folder: string, { keys }: BackupManifest): Promise<Record<string, string>> {
  if (!keys)
    throw new BackupError(
      'restore.no-keys',
      'This backup has no keys in it - it was made without --keys - restore without it, and the key from the recovery kit.',
    )
  const opened = openPlain(path.join(folder, SEALED_KEYS))
  const sealed = readFileSync(opened.fd, 'utf8')
  opened.close()
  return openKeys(sealed, await askSecret('Passphrase'))
}

async function findBackup(box: Box): Promise<string> {
  const wanted = box.args[0] ?? ''
  if (!isBackupName(wanted)) {
    if (statSync(wanted, { throwIfNoEntry: false })?.isDirectory()) return path.resolve(wanted)
    throw new AdminError(
      'admin.no-backup',
      `${wanted} is neither the name of a backup nor a folder - npm run admin -- backups lists them.`,
    )
  }
  const folders = await foldersOf(box)
  const holding = folders.find((folder) => existsSync(path.join(folder, wanted)))
  return getBackup(holding ?? folders[0] ?? '', wanted)
}

/** Where backups go now. */
async function folderOf({ config, ...box }: Box): Promise<string> {
  if (config.backupDir) return config.backupDir
  const set = await withDb({ ...box, config }, async (db) => (await findBackupSettings(db)).folder)
  return set ?? backupsIn(config.dataDir)
}

/** Everywhere that backups may be; a damaged database cannot say where, and needs them most. */
async function foldersOf(box: Box): Promise<string[]> {
  const { dataDir, backupDir } = box.config
  const folders = [...(backupDir ? [backupDir] : []), backupsIn(dataDir)]
  if (!existsSync(databaseIn(dataDir))) return folders
  try {
    return [...new Set([await folderOf(box), ...folders])]
  } catch (error) {
    box.say(`(The settings cannot be read: ${error instanceof Error ? error.message : error})`)
    return folders
  }
}

import path from 'node:path'
import { PanelError } from '@/lib/base/errors'
import { backupsIn, listBackups } from '@/lib/db/backup'
import type { Config } from '@/lib/io/env'
import { faultLine } from './fault-line'
import { root } from './place'

/** Why the panel cannot start although it listens: what its page says. */
export type Trouble = {
  /** Stable: /healthz answers it, and programs key on it. */
  code: string
  /** What - why - what to do. */
  message: string
  /** What to type at the panel's own machine, in order. */
  commands: { for: string; type: string }[]
  /** Usable backups, newest first: names and times, nothing else. */
  backups: { name: string; at: number }[]
  /** Whether it may pass by itself, so that it is looked at again without being asked. */
  passes: boolean
}

/** A fault of the machine that may be mended from outside while the panel waits. */
const DISK: Record<string, string> = {
  ENOSPC: 'data.disk-full',
  EDQUOT: 'data.disk-full',
  EROFS: 'data.read-only',
  EACCES: 'data.no-access',
  EPERM: 'data.no-access',
  EIO: 'data.disk-failing',
}

/** Codes of panel errors that end the process at once: it was started wrongly. */
const WRONG_START = new Set(['config.invalid', 'data.taken'])

/**
 * What to show when the data could not be opened; null for what ends the process: a wrong start, or
 * a folder that is none.
 */
export function toTrouble(error: unknown, config: Config): Trouble | null {
  const code = codeOf(error)
  if (code === null) return null
  const backups = backupsOf(config)
  const message =
    faultLine(error, config) ??
    'The panel failed while it opened its data - it is a fault of its own, kept in its log - start the version that ran before, and report this.'
  return {
    ...{ code, message, backups },
    commands: commandsFor(code, backups, config.dataDir),
    passes: code.startsWith('data.') || code === 'backup.no-room',
  }
}

function codeOf(error: unknown): string | null {
  if (error instanceof PanelError) return WRONG_START.has(error.code) ? null : error.code
  const { code = '', message = '' } = error as NodeJS.ErrnoException
  if (code === 'ENOTDIR' || code === 'EEXIST') return null
  if (DISK[code]) return DISK[code]
  if (/database or disk is full|SQLITE_FULL/.test(message)) return 'data.disk-full'
  if (/readonly database/.test(message)) return 'data.read-only'
  if (/disk I\/O error/.test(message)) return 'data.disk-failing'
  return 'internal.bug'
}

function backupsOf({ dataDir, backupDir }: Config): Trouble['backups'] {
  const folders = [backupsIn(dataDir), ...(backupDir ? [backupDir] : [])]
  try {
    return folders
      .flatMap((folder) => listBackups(folder))
      .flatMap(({ manifest }) => (manifest ? [{ name: manifest.name, at: manifest.at }] : []))
      .toSorted((a, b) => b.at - a.at)
  } catch {
    // The folder itself may be what cannot be read; the page says so already.
    return []
  }
}

/** Typed in the panel's folder; another data folder than its own has to be named. */
const adminOf = (dataDir: string) => (command: string) =>
  `npm run admin -- ${command}${dataDir === path.join(root, 'data') ? '' : ` --data ${dataDir}`}`

function commandsFor(
  code: string,
  backups: Trouble['backups'],
  dataDir: string,
): Trouble['commands'] {
  const admin = adminOf(dataDir)
  const restore = backups[0]
    ? [
        { for: 'See the backups and what is in them', type: admin('backups') },
        { for: 'Go back to the newest', type: admin(`restore ${backups[0].name}`) },
      ]
    : []
  const look = { for: 'See what is wrong in full', type: admin('check') }
  switch (code) {
    case 'keys.missing':
    case 'keys.mismatch':
      return [{ for: 'Restore the key from the recovery kit', type: admin('restore-key') }, look]
    case 'logs.damaged':
      return [
        {
          for: 'Give up the log lines of jobs',
          type: `mv ${dataDir}/logs.db ${dataDir}/logs.db.damaged`,
        },
        ...restore,
      ]
    case 'data.disk-full':
    case 'backup.no-room':
      return [{ for: 'See what takes the room', type: `df -h ${dataDir} && du -sh ${dataDir}/*` }]
    case 'data.read-only':
    case 'data.disk-failing':
      return [{ for: 'See what the kernel says of the disk', type: 'dmesg | tail -n 50' }, look]
    case 'data.no-access':
      return [{ for: 'See whose folder it is', type: `ls -ld ${dataDir} ${dataDir}/*` }]
    default:
      return [look, ...restore]
  }
}

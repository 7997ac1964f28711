import { formatMib, formatRelative } from '@/components/ui/format'
import type { PanelAnswer } from '@/lib/api/contract-panel'

/** Bytes as a person reads them: `3.2 GiB`. */
export const formatBytes = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : formatMib(bytes / 2 ** 20)

/** Whether the panel's own data are safe, in one sentence. */
export function panelSentence({ disk, integrity, backups, now }: PanelAnswer): string {
  if (integrity?.fault)
    return 'The database is damaged: restore a backup before the damage spreads.'
  if (disk.level === 'full') return 'The disk is nearly full: no new job is taken.'
  if (backups.failure) return 'The last backup failed.'
  if (backups.away) return 'The folder of the backups cannot be read.'
  const newest = backups.list.find(({ fault }) => fault === null)
  const low = disk.level === 'low' ? ' The disk runs low.' : ''
  if (!newest) return `There is no backup yet.${low}`
  return `All is well: the newest backup was made ${formatRelative(newest.at, now)}.${low}`
}

import type { LabState, LabStorage, Volume } from '../state'

/** `prune-backups` as numbers by what they keep: last, hourly, daily, weekly, monthly, yearly, all. */
const keepOf = (text: string): Record<string, number> =>
  Object.fromEntries(
    text
      .split(',')
      .map((part) => /^keep-(\w+)=(\d+)$/.exec(part.trim()))
      .flatMap((match) => (match ? [[match[1] as string, Number(match[2])]] : [])),
  )

/** The period that a backup falls into, by which one of each is kept. */
const PERIODS: readonly [string, (date: Date) => string][] = [
  ['hourly', (date) => date.toISOString().slice(0, 13)],
  ['daily', (date) => date.toISOString().slice(0, 10)],
  ['weekly', (date) => String(Math.floor((date.getTime() / 86_400_000 + 3) / 7))],
  ['monthly', (date) => date.toISOString().slice(0, 7)],
  ['yearly', (date) => date.toISOString().slice(0, 4)],
]

/** Backups of one guest that stay: the latest ones, then the latest of so many periods each. */
function kept(backups: Volume[], keep: Record<string, number>): Set<string> {
  if (keep.all || Object.values(keep).every((count) => count === 0))
    return new Set(backups.map(({ volid }) => volid))
  const latest = [...backups].sort((one, other) => other.ctime - one.ctime)
  const stays = new Set(latest.slice(0, keep.last ?? 0).map(({ volid }) => volid))
  for (const [name, periodOf] of PERIODS) {
    const seen = new Set<string>()
    for (const { volid, ctime } of latest) {
      const period = periodOf(new Date(ctime * 1000))
      if (seen.has(period) || seen.size >= (keep[name] ?? 0)) continue
      seen.add(period)
      stays.add(volid)
    }
  }
  return stays
}

/** What pruning would do with every backup (`mark`: keep, remove, protected), as PVE lists it. */
export function pruneList(state: LabState, storage: LabStorage, params: Record<string, string>) {
  const backups = Object.values(state.volumes).filter(
    (volume) =>
      volume.storage === storage.id &&
      volume.content === 'backup' &&
      (storage.shared || volume.node === params.node) &&
      (!params.vmid || String(volume.vmid) === params.vmid),
  )
  const keep = keepOf(params['prune-backups'] ?? storage.config?.['prune-backups'] ?? 'keep-all=1')
  return backups.map((volume) => {
    const free = backups.filter(({ vmid, ...each }) => vmid === volume.vmid && !each.protected)
    const stays = kept(free, keep).has(volume.volid)
    return {
      ...{ volid: volume.volid, ctime: volume.ctime, vmid: volume.vmid },
      type: /vzdump-(\w+)-/.exec(volume.volid)?.[1] ?? 'qemu',
      mark: volume.protected ? 'protected' : stays ? 'keep' : 'remove',
    }
  })
}

import type { State } from '@/components/ui/state-mark'
import type { CareCertificate, CareDisk, CareUpdate } from '@/lib/api/contract-host-care'

const DAY_MS = 86_400_000
/** Proxmox renews its own two weeks before the end; what is nearer was forgotten. */
const SOON_DAYS = 14
/** A disk that is so worn should be replaced before it is at its end. */
const WORN_PERCENT = 80

/** One line: how it is, and the words for it. */
export type CareLine = { state: State; text: string }

/** SMART's verdict and wear in one sentence; a verdict that is not there is unknown, not good. */
export function diskLine({ kind, healthy, wearPercent }: CareDisk): CareLine {
  const worn = wearPercent === null ? '' : `, ${wearPercent} % worn`
  if (healthy === false) return { state: 'fail', text: `SMART says that it fails${worn}` }
  if (wearPercent !== null && wearPercent >= WORN_PERCENT)
    return { state: 'warn', text: `${wearPercent} % worn, replace it soon` }
  if (healthy === null && kind !== 'ssd' && kind !== 'nvme')
    return { state: 'unknown', text: 'not asked, for that would wake it: see Disks in Proxmox' }
  if (healthy === null) return { state: 'unknown', text: `SMART does not say${worn}` }
  return { state: 'ok', text: `healthy${worn}` }
}

/** How long a certificate lasts, whole days; `now` is UTC milliseconds, null before the page knows. */
export function certificateLine({ validTo }: CareCertificate, now: number | null): CareLine {
  if (validTo === null || now === null) return { state: 'unknown', text: 'its end is not told' }
  const day = new Date(validTo).toISOString().slice(0, 10)
  const days = Math.floor((validTo - now) / DAY_MS)
  if (validTo <= now) return { state: 'fail', text: `ended on ${day}` }
  const left = days === 0 ? 'today' : days === 1 ? 'in 1 day' : `in ${days} days`
  return { state: days < SOON_DAYS ? 'warn' : 'ok', text: `until ${day}, ${left}` }
}

/** What waits, as `pve-manager 9.0.11 to 9.0.14`; new packages have no version that they come from. */
export const updateText = ({ name, from, to }: CareUpdate): string =>
  from === null ? `${name} ${to}, new` : `${name} ${from} to ${to}`

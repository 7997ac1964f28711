import type { Change } from '../change'
import type { Problem, Severity } from '../problem'
import type { Survey } from './survey'

/** One thing that can be wrong. Reads the survey, stands alone, tells every case of it. */
export type Rule = (survey: Survey) => Problem[]

/** What stands beside the document on the same machines and is not ours. All empty where unknown. */
export type Unmanaged = {
  guests: readonly { vmid: number; name: string; host: string }[]
  /** `owner` names who answers, in words: "a machine seen at 09:14". */
  addresses: readonly { address: string; owner: string }[]
  /** Load by host id of the document. */
  hosts: Readonly<Record<string, UnmanagedLoad>>
  /** Hosts whose guests nobody has seen: their load is not known. */
  unseen?: readonly string[]
}

export type UnmanagedLoad = {
  cpus: number
  memoryMib: number
  /** Promised GiB by storage. */
  storages: Readonly<Record<string, number>>
  /** GiB of which nobody knows the storage, such as those of containers. */
  unplacedGib?: number
}

type Fix = NonNullable<Problem['fix']>

const problem =
  (severity: Severity) =>
  (code: string, path: readonly string[], message: string, fix?: Fix | null): Problem => ({
    code,
    severity,
    path,
    message,
    ...(fix ? { fix } : {}),
  })

/** It cannot work: a plan is refused. */
export const blocker = problem('blocker')
/** It works and will hurt. */
export const warning = problem('warning')
/** Honesty. */
export const note = problem('note')

/** A fix that writes or removes one field. */
export const fixTo = (label: string, change: Change): Fix => ({ label, changes: [change] })

/** "a, b and c"; long lists are cut with their number. */
export function listed(names: readonly string[], most = 4): string {
  if (names.length > most)
    return `${names.slice(0, most).join(', ')} and ${names.length - most} more`
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** "1 VM", "3 VMs". */
export const count = (n: number, noun: string): string =>
  `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`

/** The values that more than one entry has, with all who have them, in order. */
export function duplicates<K, T>(entries: readonly T[], keyOf: (entry: T) => K | null): [K, T[]][] {
  const byKey = new Map<K, T[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    if (key === null) continue
    const same = byKey.get(key)
    if (same) same.push(entry)
    else byKey.set(key, [entry])
  }
  return [...byKey].filter(([, same]) => same.length > 1)
}

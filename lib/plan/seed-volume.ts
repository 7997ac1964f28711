import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { SeedSpec } from './step'

/**
 * First part of the file names of an object's first-boot seeds, from its marker. Neither ids nor
 * panel ids hold a dot, so the prefix of `a` is never one of `a-b`.
 */
export const seedPrefix = (marker: string): string =>
  `${marker.replace(/^drawbridge:/, 'drawbridge.').replaceAll('/', '.')}.`

/**
 * File name of a seed ISO: whose it is and what it says, so that a stale one is never taken for
 * the wanted one. `drawbridge.p1.dark-knight.vms.k8s-worker-2.5f0c9d1e.iso`
 */
export function seedFileName(marker: string, seed: SeedSpec): string {
  return `${seedPrefix(marker)}${bytesToHex(sha256(utf8ToBytes(stable(seed)))).slice(0, 8)}.iso`
}

/** The volume that `seed.upload` makes and `vm.configure` attaches: `local:iso/<file>`. */
export const seedVolume = (storage: string, marker: string, seed: SeedSpec): string =>
  `${storage}:iso/${seedFileName(marker, seed)}`

const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

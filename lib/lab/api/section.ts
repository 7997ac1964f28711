import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Section, Sections } from '../cluster-state'
import { LabError } from './answer'

/** PVE's digest of a configuration file: SHA-1 of its text; an empty file has one as well. */
export const digestOf = (value: unknown): string => {
  const empty = value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  return bytesToHex(sha1(utf8ToBytes(empty ? '' : JSON.stringify(value))))
}

/** Throws unless the caller's digest is the present one. */
export function assertFileDigest(given: string | undefined, value: unknown): void {
  if (given && given !== digestOf(value))
    throw new LabError('detected modified configuration - file changed by other user? Try again.')
}

/** Values as the API sends them: those that are named as numbers, the rest as text. */
export const toShown = (
  section: Section,
  numeric: readonly string[],
): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(section).map(([key, value]) => [
      key,
      numeric.includes(key) && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
    ]),
  )

/** Parameters that are no fields of a section. */
const CONTROLS = new Set(['delete', 'digest', 'node', 'vmid'])

/** The fields that a call sets, without those that only steer it and those named. */
export const fieldsOf = (params: Section, without: readonly string[] = []): Section =>
  Object.fromEntries(
    Object.entries(params).filter(([key]) => !CONTROLS.has(key) && !without.includes(key)),
  )

/** A section after a PUT: fields set, those in `delete` gone. */
export function changedSection(
  section: Section,
  params: Section,
  without: readonly string[] = [],
): Section {
  const made = { ...section, ...fieldsOf(params, without) }
  for (const key of (params.delete ?? '').split(/[,; ]+/).filter(Boolean)) delete made[key]
  return made
}

/** The section of that id, or the error that PVE gives. */
export function getSection(sections: Sections, id: string, missing: string): Section {
  const section = sections[id]
  if (!section) throw new LabError(missing)
  return section
}

import { readFileSync } from 'node:fs'
import { parseTopology } from '../parse'
import type { Topology } from '../topology'

/** The architecture page as a document, nothing filled in. For tests. */
export const seedText = (): string => readFileSync(new URL('./seed.yaml', import.meta.url), 'utf8')

/** A text that must parse; a test fails with its faults otherwise. */
export function readTopology(text: string): Topology {
  const parsed = parseTopology(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 1))
  return parsed.topology
}

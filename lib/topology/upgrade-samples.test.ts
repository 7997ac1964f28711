import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readTopology } from './testing/read-seed'
import { DOCUMENT_VERSION } from './upgrade'

const sampleOf = (version: number) =>
  path.join(import.meta.dirname, 'testing', `version-${version}.yaml`)
const versions = Array.from({ length: DOCUMENT_VERSION }, (_, n) => n + 1)

/** What each holds; a lift that loses an object is found here. */
const HOLDS: Record<number, Record<string, number>> = {
  1: { clusters: 1, hosts: 2, networks: 5, pools: 16, sizes: 4, templates: 1, vms: 8 },
}

test.each(versions)('a whole homelab of version %i, as it was frozen, is read', (version) => {
  expect(
    existsSync(sampleOf(version)),
    'a version came: freeze a whole document of it, and never edit it',
  ).toBe(true)
  const topology = readTopology(readFileSync(sampleOf(version), 'utf8'))
  const counts = Object.fromEntries(
    (['hosts', 'networks', 'pools', 'sizes', 'templates', 'vms', 'clusters'] as const).map(
      (group) => [group, Object.keys(topology[group] ?? {}).length],
    ),
  )
  expect(counts).toEqual(HOLDS[version])
})

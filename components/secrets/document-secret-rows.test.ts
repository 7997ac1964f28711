import { expect, test } from 'vitest'
import type { DocumentSecret } from '@/lib/api/contract-secrets'
import type { Topology } from '@/lib/topology/topology'
import { documentSecretRows } from './document-secret-rows'

const held = (
  secret: string,
  state: DocumentSecret['state'],
  at: number | null,
): DocumentSecret => ({
  ...{ secret, state, at, uses: [], by: at === null ? null : 'ada' },
  version: at === null ? null : 1,
})
const topology = (names: string[]) =>
  ({
    drawbridge: 1,
    name: 'x',
    clusters: {
      home: {
        kubernetes: '1.29',
        controlPlanes: [],
        workers: [],
        addOns: { own: { values: names.map((name) => ({ $secret: name })) } },
      },
    },
  }) as unknown as Topology

test('what is drawn now counts, also before it is saved; missing ones come first', () => {
  const rows = documentSecretRows(topology(['set-one', 'new-one']), [
    held('set-one', 'set', 5),
    held('left', 'set', 4),
    // The server's own answer about the head says nothing about what is drawn now.
    held('no-longer', 'missing', null),
  ])
  expect(rows.map(({ secret, state, uses }) => [secret, state, uses.length])).toEqual([
    ['new-one', 'missing', 1],
    ['set-one', 'set', 1],
    ['left', 'set', 0],
  ])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import type { Db } from './client'
import { saveRevision } from './revisions'
import { rebuildRows } from './rows'
import { SMALL, withVm } from './testing/document'
import { tempDb } from './testing/temp-db'
import { createTopology, getHead } from './topologies'
import { atTheBox } from './who'

const AUTHOR = { actor: atTheBox('ada'), now: 1 }

const TABLES = [
  'host',
  'storage',
  'vlan',
  'ipPool',
  'vmSize',
  'template',
  'vm',
  'nic',
  'disk',
  'cluster',
  'clusterMember',
  'addOn',
] as const

async function allRows(db: Db): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {}
  for (const table of TABLES) {
    const found: unknown[] = await (db[table] as { findMany(): Promise<unknown[]> }).findMany()
    rows[table] = found.map((row) => JSON.stringify(row)).toSorted()
  }
  return rows
}

async function dropRows(db: Db): Promise<void> {
  for (const table of TABLES.toReversed())
    await (db[table] as unknown as { deleteMany(): Promise<unknown> }).deleteMany()
}

test('all rows deleted and rebuilt are the same rows, for the blueprint too', async () => {
  const { db } = await tempDb()
  await createTopology(db, { text: DARK_KNIGHT, message: '', ...AUTHOR })
  await createTopology(db, { text: SMALL, message: '', ...AUTHOR })
  const before = await allRows(db)
  expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true)

  await dropRows(db)
  expect(await rebuildRows(db)).toEqual(['dark-knight', 'small-lab'])
  expect(await allRows(db)).toEqual(before)
})

test('property: after any series of saves, rebuilding changes no row', async () => {
  const { db } = await tempDb()
  await createTopology(db, { text: SMALL, message: '', ...AUTHOR })
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/)
  await fc.assert(
    fc.asyncProperty(name, fc.integer({ min: 512, max: 9000 }), async (vm, memory) => {
      const head = await getHead(db, 'small-lab')
      const resized = head.text.replace(/memoryMib: \d+, diskGib/, `memoryMib: ${memory}, diskGib`)
      const exists = vm in (head.document.vms ?? {})
      await saveRevision(db, {
        topologyId: 'small-lab',
        text: exists ? resized : withVm(resized, vm),
        parent: head.revision.number,
        message: '',
        ...AUTHOR,
      })
      const before = await allRows(db)
      await dropRows(db)
      await rebuildRows(db)
      expect(await allRows(db)).toEqual(before)
    }),
    { numRuns: 12 },
  )
}, 90_000)

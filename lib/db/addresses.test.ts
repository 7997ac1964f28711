import { expect, test } from 'vitest'
import type { Observed } from '@/lib/plan/observed'
import type { Sighting } from '@/lib/topology/ipam-sighting'
import { addressesAround } from './addresses'
import type { Db } from './client'
import { saveRevision } from './revisions'
import { EVERYTHING } from './sight'
import { SMALL, withVm } from './testing/document'
import { tempDb } from './testing/temp-db'
import { createTopology, getHead } from './topologies'
import { atTheBox } from './who'

const NOW = Date.UTC(2026, 10, 24, 9, 14)
const AUTHOR = { actor: atTheBox('ada'), now: NOW }

const met = (address: string, at = NOW): Sighting => ({
  ...{ address, mac: 'AA:BB:CC:00:00:01', at, by: 'VM web', source: 'neighbour' },
})

/** What was read last: nothing but who was met. */
async function seeOnly(db: Db, sightings: Sighting[]): Promise<void> {
  const seen: Observed = { at: NOW, hosts: {}, templates: {}, vms: {}, clusters: {}, sightings }
  const json = JSON.stringify(seen)
  const row = { topologyId: 'small-lab', at: new Date(NOW), json }
  await db.observation.upsert({ where: { topologyId: 'small-lab' }, create: row, update: row })
}

async function withSmall() {
  const at = await tempDb()
  await createTopology(at.db, { text: SMALL, message: 'first', ...AUTHOR })
  return { ...at, head: await getHead(at.db, 'small-lab') }
}

const codes = async (db: Db) => (await getHead(db, 'small-lab')).problems.map(({ code }) => code)

test('whoever answers at an address of ours is a blocker that says who, when and by whom', async () => {
  const { db } = await withSmall()
  await seeOnly(db, [met('10.9.0.50')])
  const { problems } = await getHead(db, 'small-lab')
  const taken = problems.find(({ code }) => code === 'ip.taken')
  expect(taken?.message).toContain(
    'a machine with MAC AA:BB:CC:00:00:01, seen 2026-11-24 09:14 UTC by VM web',
  )
  expect(taken?.fix?.label).toBe('Use 10.9.0.51')
})

test('who was met more than a day before the last look stands in nobody’s way', async () => {
  const { db } = await withSmall()
  await seeOnly(db, [met('10.9.0.50', NOW - 86_400_001)])
  expect(await codes(db)).not.toContain('ip.taken')
})

test('an address at which somebody was met, or that is reserved, is given to no new machine', async () => {
  const { db, head } = await withSmall()
  await seeOnly(db, [met('10.9.0.51', NOW - 3 * 86_400_000)])
  const kept = [
    'reservations:',
    '  printer: { address: 10.9.0.52 }',
    '  today: { address: 10.9.0.53, until: "2026-11-24" }',
    '  gone: { address: 10.9.0.54, until: "2026-11-23" }',
    '',
  ].join('\n')
  const text = `${withVm(head.text, 'more').trimEnd()}\n${kept}`
  const saved = await saveRevision(db, {
    ...{ topologyId: 'small-lab', text, parent: 1, message: '' },
    ...AUTHOR,
  })
  expect(saved.topology.vms?.more?.nics?.lan?.address).toBe('10.9.0.54')
})

test('other topologies are told by name to who may see them, and as somebody’s to others', async () => {
  const { db } = await withSmall()
  await createTopology(db, { text: SMALL, message: '', ...AUTHOR })
  const all = await addressesAround(db, 'small-lab', { seen: EVERYTHING.topologies, now: NOW })
  expect(all.today).toBe('2026-11-24')
  expect(all.elsewhere).toContainEqual(
    expect.objectContaining({
      ...{ address: '10.9.0.51', label: 'web', vmid: 201 },
      topology: expect.objectContaining({ id: 'small-lab-2' }),
    }),
  )
  const mine = { in: ['small-lab'] }
  const hidden = await addressesAround(db, 'small-lab', { seen: mine, now: NOW })
  expect(hidden.elsewhere).toContainEqual({
    ...{ kind: 'vm', address: '10.9.0.51', topology: null, label: '', vmid: null, mac: null },
  })
})

test('an address that another topology gives on the same Proxmox is a blocker, without a name', async () => {
  const { db } = await withSmall()
  const taken = SMALL.replace('pool: machines }', 'pool: machines, address: 10.9.0.50 }')
  const second = await createTopology(db, { text: taken, message: '', ...AUTHOR })
  const problem = second.problems.find(({ code }) => code === 'ip.taken')
  expect(problem?.message).toContain('a VM of another topology of this panel')
  expect(problem?.message).not.toContain('Small lab')
  expect((await getHead(db, second.id)).unmanaged?.addresses).toEqual([
    { address: '10.9.0.50', owner: 'a VM of another topology of this panel' },
  ])
})

import type { Layout } from '@/lib/api/contract'
import { noSuch } from '@/lib/api/refusal'
import type { Db } from './client'
import { transact } from './transact'

/** Where the items of a topology stand, by lens. */
export async function readLayout(db: Db, topologyId: string): Promise<Layout> {
  const rows = await db.layoutPosition.findMany({
    where: { topologyId },
    orderBy: [{ lens: 'asc' }, { item: 'asc' }],
  })
  // Maps until the end: a lens or item may be called "constructor", which every object has already.
  const layout = new Map<string, Map<string, { x: number; y: number }>>()
  for (const { lens, item, x, y } of rows) {
    const positions = layout.get(lens) ?? new Map()
    layout.set(lens, positions.set(item, { x, y }))
  }
  return Object.fromEntries(
    [...layout].map(([lens, positions]) => [lens, Object.fromEntries(positions)]),
  )
}

/**
 * Replaces the positions of the lenses that are named; other lenses stay as they are. An empty lens
 * forgets its positions.
 */
export async function writeLayout(db: Db, topologyId: string, layout: Layout): Promise<void> {
  const lenses = Object.keys(layout)
  await transact(db, async (tx) => {
    await tx.layoutPosition.deleteMany({ where: { topologyId, lens: { in: lenses } } })
    const topology = await tx.topology.findUnique({ where: { id: topologyId } })
    if (!topology) throw noSuch('topology', topologyId)
    await tx.layoutPosition.createMany({
      data: Object.entries(layout).flatMap(([lens, positions]) =>
        Object.entries(positions).map(([item, { x, y }]) => ({ topologyId, lens, item, x, y })),
      ),
    })
  })
}

import type { Cluster, Topology } from '@/lib/topology/topology'
import { type Box, CARD, columnsFor, extentOf, gridOf, PITCH, type Sketch, stack } from './box'

type Loose = Omit<Box, 'auto'>

/** Each cluster as a container: what balances it, its control planes, workers, storage and add-ons. */
export function kubernetesLens(topology: Topology): Sketch {
  const clusters = Object.entries(topology.clusters ?? {}).map(([id, cluster]) =>
    clusterBox(topology, id, cluster),
  )
  return { boxes: stack(clusters, { x: 0, y: 0 }, 40), ties: [] }
}

function clusterBox(topology: Topology, id: string, cluster: Cluster): Loose {
  const path = ['clusters', id]
  const home = path.join('/')
  const rows = [
    nodeGroup(topology, home, 'load-balancers', 'Load balancers', cluster.loadBalancers ?? []),
    nodeGroup(topology, home, 'control-planes', 'Control planes', cluster.controlPlanes),
    nodeGroup(topology, home, 'shared-storage', 'Shared storage', cluster.nfs ? [cluster.nfs] : []),
    nodeGroup(topology, home, 'workers', 'Workers', cluster.workers),
    addOnGroup(id, home, cluster),
  ].filter((group) => group.children !== undefined && group.children.length > 0)
  return {
    id: home,
    kind: 'cluster',
    path,
    place: home,
    title: cluster.name ?? id,
    size: { width: 848, height: 120 },
    children: shelve(rows),
  }
}

const SHELF_WIDTH = 1300
const GAP = 16

/** Groups side by side as long as they fit, then on the next shelf. */
function shelve(groups: readonly Loose[]): Box[] {
  let x = GAP
  let y = 72
  let depth = 0
  return groups.map((box) => {
    const size = extentOf(box.size, box.children ?? [])
    if (x > GAP && x + size.width > SHELF_WIDTH) {
      x = GAP
      y += depth + GAP
      depth = 0
    }
    const placed = { ...box, auto: { x, y } }
    x += size.width + GAP
    depth = Math.max(depth, size.height)
    return placed
  })
}

function nodeGroup(
  topology: Topology,
  home: string,
  key: string,
  title: string,
  vms: readonly string[],
): Loose {
  const id = `group/${home}/${key}`
  const known = vms.filter((vm) => topology.vms?.[vm] !== undefined)
  return group(
    id,
    `${title} (${known.length})`,
    known.map((vm) => ({
      id: `vms/${vm}`,
      kind: 'vm',
      path: ['vms', vm],
      place: `${id}/vms/${vm}`,
      title: topology.vms?.[vm]?.name ?? vm,
      size: CARD,
    })),
  )
}

function addOnGroup(cluster: string, home: string, { addOns }: Cluster): Loose {
  const id = `group/${home}/add-ons`
  const entries = Object.keys(addOns ?? {})
  return group(
    id,
    `Add-ons (${entries.length})`,
    entries.map((addOn) => ({
      id: `${home}/addOns/${addOn}`,
      kind: 'add-on',
      path: ['clusters', cluster, 'addOns', addOn],
      place: `${id}/${addOn}`,
      title: addOn,
      size: CARD,
    })),
  )
}

function group(id: string, title: string, cards: Loose[]): Loose {
  return {
    id,
    kind: 'group',
    path: [],
    place: id,
    title,
    size: { width: PITCH.width + 8, height: 72 },
    children: gridOf(cards, cards.length > 6 ? columnsFor(cards.length, 6) : cards.length || 1).map(
      (card) => ({
        ...card,
        auto: { ...card.auto, y: card.auto.y - 16 },
      }),
    ),
  }
}

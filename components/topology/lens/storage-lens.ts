import { resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import { type Box, CARD, columnsFor, gridOf, type Sketch, stack } from './box'

type Loose = Omit<Box, 'auto'>

/** Hosts as containers of their storages, and these as containers of the disks that live on them. */
export function storageLens(topology: Topology): Sketch {
  const disks = disksByStorage(topology)
  const hosts = Object.entries(topology.hosts ?? {})
    .filter(([, host]) => host.role === 'proxmox')
    .map(([id, host]): Loose => {
      const home = `hosts/${id}`
      const storages = Object.keys(host.storages ?? {}).map((storage) =>
        storageBox(id, storage, disks.get(`${id}/${storage}`) ?? []),
      )
      return {
        id: home,
        kind: 'host',
        path: ['hosts', id],
        place: home,
        title: host.name ?? id,
        size: { width: 424, height: 104 },
        children: stack(storages, { x: 16, y: 112 }, 16),
      }
    })
  return { boxes: stack(hosts, { x: 0, y: 0 }, 40), ties: [] }
}

function storageBox(host: string, storage: string, disks: Loose[]): Loose {
  const path = ['hosts', host, 'storages', storage]
  const id = path.join('/')
  return {
    id,
    kind: 'storage',
    path,
    place: id,
    title: storage,
    size: { width: 392, height: 108 },
    children: gridOf(
      disks.map((disk) => ({ ...disk, place: `${id}/${disk.id}` })),
      columnsFor(disks.length),
    ).map((card) => ({ ...card, auto: { ...card.auto, y: card.auto.y + 52 } })),
  }
}

function disksByStorage(topology: Topology): Map<string, Loose[]> {
  const disks = new Map<string, Loose[]>()
  for (const vm of resolveVms(topology)) {
    for (const disk of vm.disks) {
      const path = ['vms', vm.id, 'disks', disk.id]
      const key = `${vm.host ?? ''}/${disk.storage}`
      const box: Loose = {
        id: path.join('/'),
        kind: 'disk',
        path,
        place: path.join('/'),
        title: `${vm.name} ${disk.slot}`,
        size: CARD,
      }
      const list = disks.get(key)
      if (list) list.push(box)
      else disks.set(key, [box])
    }
  }
  return disks
}

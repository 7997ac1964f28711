import { formatQuantity } from '../parse-quantity'
import { listed } from '../rules/rule'
import { type Dependencies, PANEL } from './dependencies'
import type { ThingId } from './graph'
import { answersAt, routerOf } from './network-dependencies'
import { canBePlaced } from './packing'
import { chainOf } from './reasons'
import { freeMemory, vmMemory } from './restarts'
import type { Fates } from './settle'

/** Whether the panel can still put things right, in one sentence with the reason. */
export type Repair = { possible: boolean; words: string }

/** The panel must live, reach a Proxmox host, and have what it needs itself. */
export function repairOf(dependencies: Dependencies, fates: Fates): Repair {
  const { topology, graph } = dependencies
  const gone = (id: ThingId) => fates.get(id)?.state === 'stops'
  if (gone(PANEL)) {
    const [step] = chainOf(graph, fates, PANEL)
    return {
      possible: false,
      words: `The panel ${step?.why ?? 'is gone'} and goes with it - nothing is repaired from it until that is back.`,
    }
  }
  const needed = Object.entries(topology.services ?? {})
    .filter(([id, { neededBy }]) => neededBy?.includes('panel') && gone(`services/${id}`))
    .map(([id, { name }]) => name ?? id)
  if (needed.length > 0) {
    return {
      possible: false,
      words: `The panel needs ${listed(needed)} to repair anything, and it is gone - bring it back by hand first.`,
    }
  }
  const proxmox = Object.entries(topology.hosts ?? {}).filter(([, { role }]) => role === 'proxmox')
  if (proxmox.length === 0)
    return { possible: false, words: 'There is no Proxmox host to work on.' }
  const left = proxmox.filter(([id]) => !gone(`hosts/${id}`))
  if (left.length === 0) {
    return {
      possible: false,
      words: `The panel lives and has no Proxmox host left to work on - it waits for ${listed(proxmox.map(([id]) => id))}.`,
    }
  }
  const reached = left.filter(([id]) => reaches(dependencies, fates, id))
  if (reached.length === 0) {
    return {
      possible: false,
      words: `The panel lives and has no way to ${listed(left.map(([id]) => id))} - their addresses are in networks that it does not reach.`,
    }
  }
  return {
    possible: true,
    words: `${homeWords(dependencies)} reaches ${listed(reached.map(([id]) => id))}: it can repair what is left.${roomWords(
      dependencies,
      fates,
      reached.map(([id]) => id),
    )}`,
  }
}

function homeWords({ topology }: Dependencies): string {
  const box = Object.entries(topology.hosts ?? {}).find(([, { role }]) => role === 'panel')
  return box
    ? `The panel on ${box[1].name ?? box[0]}`
    : 'The panel, which the drawing does not place,'
}

/** In the same network directly, in another one over the routers of both. */
function reaches({ topology }: Dependencies, fates: Fates, host: string): boolean {
  const gone = (id: ThingId) => fates.get(id)?.state === 'stops'
  const to = topology.hosts?.[host]?.network
  if (to === undefined) return true
  if (gone(`networks/${to}`)) return false
  const panel = Object.values(topology.hosts ?? {}).find(({ role }) => role === 'panel')
  if (panel?.network === undefined || panel.network === to) return true
  const answers = answersAt(topology)
  return [panel.network, to].every((id) => {
    const network = topology.networks?.[id]
    const router = network ? routerOf(network, answers) : null
    return router === null || !gone(router)
  })
}

/** Whether the VMs of lost hosts could be built anew on those that are left. */
function roomWords({ topology }: Dependencies, fates: Fates, reached: readonly string[]): string {
  const homeless = Object.entries(topology.vms ?? {}).filter(
    ([id, { host }]) =>
      host !== undefined &&
      fates.get(`vms/${id}`)?.state === 'stops' &&
      fates.get(`hosts/${host}`)?.state === 'stops',
  )
  if (homeless.length === 0) return ''
  const needed = homeless.reduce((sum, [id]) => sum + vmMemory(topology, id), 0)
  const free = reached.map((id) => freeMemory(topology, id))
  const known = free.flatMap((each) => (each === null ? [] : [Math.max(0, each)]))
  if (known.length < free.length || needed === 0) return ''
  const sum = known.reduce((a, b) => a + b, 0)
  const room = new Map(reached.map((id, i) => [id, known[i]!]))
  const parcels = homeless.map(([id]) => ({ memoryMib: vmMemory(topology, id), hosts: reached }))
  const mib = (value: number) => formatQuantity(value, 'MiB')
  return needed <= sum && canBePlaced(parcels, room)
    ? ` There is room to build what stopped anew: ${mib(needed)} of memory are needed and ${mib(sum)} are free.`
    : ` There is no room to build all that stopped anew: ${mib(needed)} of memory are needed and ${mib(sum)} are free.`
}

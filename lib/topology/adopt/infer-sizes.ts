import { type Fitting, put } from '../fit/fitting'
import { freeId } from '../free-id'
import type { Size, Vm } from '../topology'

/**
 * One size for VMs (ids) that have the same vCPUs, memory and system disk: the document's own, or where
 * at least two share it a new one, named after what it gives: `2c-4g-32g`.
 */
export function inferSizes(fitting: Fitting, ids: readonly string[]): void {
  const groups = new Map<string, { size: Size; vms: string[] }>()
  for (const id of ids) {
    const size = sizeOf(fitting.topology.vms?.[id])
    if (!size) continue
    const key = nameOf(size)
    const group = groups.get(key) ?? { size, vms: [] }
    groups.set(key, { ...group, vms: [...group.vms, id] })
  }
  for (const [name, { size, vms }] of groups) {
    const known = Object.entries(fitting.topology.sizes ?? {}).find(([, each]) =>
      isSame(each, size),
    )
    if (!known && vms.length < 2) continue
    const sizeId = known?.[0] ?? freeId(fitting.topology.sizes, name)
    if (!known) put(fitting, ['sizes', sizeId], size)
    for (const id of vms) giveSize(fitting, id, sizeId)
  }
}

function sizeOf(vm: Vm | undefined): Size | null {
  const system = Object.values(vm?.disks ?? {}).find(({ kind }) => kind === 'system')
  if (vm?.cpus === undefined || vm.memoryMib === undefined || system?.sizeGib === undefined)
    return null
  return { cpus: vm.cpus, memoryMib: vm.memoryMib, diskGib: system.sizeGib }
}

const isSame = (a: Size, b: Size): boolean =>
  a.cpus === b.cpus && a.memoryMib === b.memoryMib && a.diskGib === b.diskGib

const nameOf = ({ cpus, memoryMib, diskGib }: Size): string =>
  `${cpus}c-${memoryMib % 1024 === 0 ? `${memoryMib / 1024}g` : `${memoryMib}m`}-${diskGib}g`

function giveSize(fitting: Fitting, id: string, size: string): void {
  const vm = fitting.topology.vms?.[id]
  const disk = Object.entries(vm?.disks ?? {}).find(([, { kind }]) => kind === 'system')?.[0]
  put(fitting, ['vms', id, 'size'], size)
  put(fitting, ['vms', id, 'cpus'], undefined)
  put(fitting, ['vms', id, 'memoryMib'], undefined)
  if (disk !== undefined) put(fitting, ['vms', id, 'disks', disk, 'sizeGib'], undefined)
}

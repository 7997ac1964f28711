import { faultsOf } from './faults'
import { isLost } from './lost-disks'
import type { LabState, Vm } from './state'
import { disksOf } from './vm/volume-of-drive'

/** Whether nothing happens in a guest although its QEMU runs: paused, or stopped by an I/O error. */
export const standsStill = (vm: Vm): boolean => vm.paused || vm.ioError === true

/** Whether a write to that storage fails there. */
export const refusesWrites = (state: LabState, storage: string, node: string): boolean =>
  faultsOf(state, 'storage-full').some((fault) => fault.storage === storage) ||
  faultsOf(state, 'pool-full').some((fault) => fault.storage === storage) ||
  isLost(state, storage, node)

/** Whether a disk of a running guest is where no write succeeds. */
export const onBrokenStorage = (state: LabState, vm: Vm): boolean =>
  vm.running &&
  disksOf(vm.active ?? vm.config).some(({ drive }) =>
    refusesWrites(state, drive.file.split(':')[0] ?? '', vm.node),
  )

/**
 * QEMU stops a guest at its first write that fails (`werror=enospc`), and somebody has to resume it
 * (traps T8). Every guest writes all the time; called before each turn of the lab.
 */
export function stopFailedWriters(state: LabState): void {
  if (!state.faults.some(({ kind }) => BREAKING.includes(kind))) return
  for (const vm of Object.values(state.vms)) if (onBrokenStorage(state, vm)) vm.ioError = true
}

const BREAKING: readonly string[] = ['storage-full', 'pool-full', 'disk-lost']

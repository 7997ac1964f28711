import { faultsOf } from './faults'
import type { LabState } from './state'

/** Whether the disk below a storage is gone on that host. */
export const isLost = (state: LabState, storage: string, node: string): boolean =>
  faultsOf(state, 'disk-lost').some(
    (fault) => fault.storage === storage && (fault.node === undefined || fault.node === node),
  )

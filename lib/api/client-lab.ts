import { call, get, post } from './client'
import type { LabAnswer, LabFault, LabFaultWish, LabResetRequest } from './contract-lab'
import { api } from './paths'

/** The calls of `contract-lab.ts`. */
export const labClient = {
  view: (signal?: AbortSignal) => get<LabAnswer>(api.lab(), signal),
  break: (fault: LabFaultWish) => post<LabFault>(api.labFaults(), fault),
  mend: (id: string) => call<{ id: string }>('DELETE', api.labFault(id)),
  mendAll: () => call<object>('DELETE', api.labFaults()),
  reset: (shape: LabResetRequest) => post<object>(api.labReset(), shape),
}

/** Keys of the browser's cache. */
export const labKeys = { view: () => ['lab'] as const }

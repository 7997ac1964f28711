import { get } from './client'
import type { HostCareAnswer } from './contract-host-care'
import { api } from './paths'

/** The call of `contract-host-care.ts`. */
export const hostCareClient = {
  care: (t: string, host: string, signal?: AbortSignal) =>
    get<HostCareAnswer>(api.hostCare(t, host), signal),
}

/** Keys of the browser's cache; none of the live messages makes an answer old. */
export const hostCareKeys = { of: (t: string, host: string) => ['host-care', t, host] as const }

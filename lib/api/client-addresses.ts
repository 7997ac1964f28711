import { get } from './client'
import type { AddressesAnswer } from './contract-addresses'
import { api } from './paths'
import { keys } from './query-keys'

/** Calls about addresses. */
export const addressesClient = {
  addresses: (t: string, signal?: AbortSignal) => get<AddressesAnswer>(api.addresses(t), signal),
}

/** Below the topology's observation: what makes that old makes these old. */
export const addressKeys = {
  addresses: (t: string) => [...keys.observed(t), 'addresses'] as const,
}

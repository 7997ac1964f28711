import { call, get, post } from './client'
import type {
  AcceptIdentityRequest,
  ConnectionIdentity,
  EgressAnswer,
  EgressRequest,
  IdentitiesAnswer,
} from './contract-identity'
import { api } from './paths'

/** Machines that show another identity, and what may be connected to. */
export const identityClient = {
  identities: (signal?: AbortSignal) => get<IdentitiesAnswer>(api.identities(), signal),
  acceptIdentity: (request: AcceptIdentityRequest) =>
    post<ConnectionIdentity>(api.identities(), request),
  egress: (signal?: AbortSignal) => get<EgressAnswer>(api.egress(), signal),
  setEgress: (request: EgressRequest) => call<EgressAnswer>('PUT', api.egress(), request),
}

/** Keys of the browser's cache. */
export const identityKeys = {
  identities: () => ['identities'] as const,
  egress: () => ['egress'] as const,
}

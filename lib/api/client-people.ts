import { call, get, post } from './client'
import type { SessionAnswer } from './contract'
import type {
  AcceptInviteRequest,
  AddPersonRequest,
  ChangePersonRequest,
  Invitation,
  InviteAtProvider,
  Invited,
  OidcAnswer,
  OidcRequest,
  OidcTestAnswer,
  PeopleAnswer,
  Person,
  SessionsEnded,
} from './contract-people'
import { api } from './paths'

/** The endpoints of people, invitations and the provider's settings. */
export const people = {
  list: (signal?: AbortSignal) => get<PeopleAnswer>(api.people(), signal),
  add: (request: AddPersonRequest) => post<Invited>(api.people(), request),
  change: (id: string, request: ChangePersonRequest) =>
    call<Person>('PATCH', api.person(id), request),
  remove: (id: string) => call<{ id: string }>('DELETE', api.person(id)),
  invite: (id: string) => post<Invited>(api.personInvite(id)),
  endSessions: (id: string) => call<SessionsEnded>('DELETE', api.personSessions(id)),
  disconnectProvider: (id: string) => call<Person>('DELETE', api.personProvider(id)),
  resetSecondFactor: (id: string) => call<Person>('DELETE', api.personSecondFactor(id)),

  lookAtInvitation: (token: string) => accept<Invitation>({ token }),
  acceptByPassword: (token: string, password: string) => accept<SessionAnswer>({ token, password }),
  acceptAtProvider: (token: string) => accept<InviteAtProvider>({ token, way: 'oidc' }),

  oidc: (signal?: AbortSignal) => get<OidcAnswer>(api.oidcSettings(), signal),
  putOidc: (request: OidcRequest) => call<OidcAnswer>('PUT', api.oidcSettings(), request),
  removeOidc: () => call<OidcAnswer>('DELETE', api.oidcSettings()),
  testOidc: () => post<OidcTestAnswer>(api.testOidc()),
}

const accept = <T>(request: AcceptInviteRequest) => post<T>(api.acceptInvite(), request)

/** Keys of the browser's cache. */
export const peopleKeys = {
  list: () => ['people'] as const,
  oidc: () => ['oidc'] as const,
}

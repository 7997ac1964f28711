import { call, get, post } from './client'
import type { CreateTokenAnswer, CreateTokenRequest, TokenSummary } from './contract-tokens'
import { api } from './paths'

/** Tokens of the HTTP API: one's own, and, for admins, everybody's. */
export const tokensClient = {
  mine: (signal?: AbortSignal) => get<TokenSummary[]>(api.myTokens(), signal),
  create: (request: CreateTokenRequest) => post<CreateTokenAnswer>(api.myTokens(), request),
  revokeMine: (id: string) => call<{ id: string }>('DELETE', api.myToken(id)),
  all: (signal?: AbortSignal) => get<TokenSummary[]>(api.tokens(), signal),
  revoke: (id: string) => call<{ id: string }>('DELETE', api.token(id)),
}

export const tokenKeys = {
  all: () => ['tokens'] as const,
  mine: () => ['tokens', 'mine'] as const,
  everybodys: () => ['tokens', 'everybodys'] as const,
}

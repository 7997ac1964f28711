import type { CreateTokenRequest, TokenDays, TokenSummary } from '@/lib/api/contract-tokens'

const DAY_MS = 24 * 60 * 60_000
/** From here on the list says that the end is near. */
const SOON_MS = 7 * DAY_MS

/** Whether it lets nobody in any more. `now` is UTC milliseconds. */
export const isDead = (token: Pick<TokenSummary, 'expiresAt' | 'ownerDisabled'>, now: number) =>
  token.ownerDisabled || (token.expiresAt !== null && token.expiresAt <= now)

/** How a token stands, with its shape. */
export function standingOf(
  token: Pick<TokenSummary, 'expiresAt' | 'ownerDisabled'>,
  now: number,
): { state: 'ok' | 'warn' | 'hold'; text: string } {
  const { expiresAt, ownerDisabled } = token
  if (ownerDisabled) return { state: 'hold', text: 'dead: its owner is disabled' }
  if (expiresAt === null) return { state: 'warn', text: 'never ends' }
  if (expiresAt <= now) return { state: 'hold', text: 'ended' }
  const days = Math.ceil((expiresAt - now) / DAY_MS)
  const text = days === 1 ? 'ends within a day' : `ends in ${days} days`
  return { state: expiresAt - now <= SOON_MS ? 'warn' : 'ok', text }
}

/** How long a token may last, as it is chosen. */
export const LASTS: readonly { days: TokenDays; label: string }[] = [
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: 'a year' },
  { days: null, label: 'until it is revoked' },
]

export const NO_TOKEN: CreateTokenRequest = { name: '', scopes: [], topologies: null, days: 90 }

/** What is still missing before it can be made, by field. */
export function faultsOf(draft: CreateTokenRequest): { name?: string; scopes?: string } {
  return {
    ...(draft.name.trim() === '' ? { name: 'Give it a name that says what uses it.' } : {}),
    ...(draft.scopes.length === 0 ? { scopes: 'Choose at least one thing that it may do.' } : {}),
  }
}

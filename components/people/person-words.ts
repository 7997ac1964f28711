import type { Role } from '@/lib/api/contract'
import type { PeopleAnswer, Person } from '@/lib/api/contract-people'

/** What each role may, from the least, for who gives one. */
export const ROLES: readonly { role: Role; may: string }[] = [
  { role: 'member', may: 'sees only the topologies that are shared with them' },
  { role: 'viewer', may: 'sees everything, changes nothing' },
  { role: 'operator', may: 'deploys, starts, stops, retries; never what loses data' },
  { role: 'editor', may: 'also changes topologies and their secrets' },
  { role: 'admin', may: 'also people, connections, and what loses data' },
]

type Shown = { state: 'ok' | 'warn' | 'unknown' | 'hold'; text: string }

/** How an account is, in a word with a state. `now` is UTC milliseconds. */
export function standingOf(person: Person, now: number): Shown {
  const { ways } = person
  if (person.disabled) return { state: 'hold', text: 'switched off' }
  const hasWay = ways.password || ways.passkeys > 0 || ways.provider
  if (hasWay) return { state: 'ok', text: 'can sign in' }
  if (person.invitedUntil !== null && person.invitedUntil > now)
    return { state: 'unknown', text: 'invited' }
  return { state: 'warn', text: 'invitation ended' }
}

/** `password + code, 2 passkeys, provider`; what is missing is said as well. */
export function waysOf({ ways }: Pick<Person, 'ways'>): string {
  const told = [
    ways.password ? (ways.totp ? 'password + code' : 'password alone') : '',
    ways.passkeys > 0 ? (ways.passkeys === 1 ? 'passkey' : `${ways.passkeys} passkeys`) : '',
    ways.provider ? 'provider' : '',
  ].filter((each) => each !== '')
  return told.length > 0 ? told.join(', ') : 'none yet'
}

/** `viewer, operator on 2 topologies`. */
export function rolesOf({ role, grants }: Pick<Person, 'role' | 'grants'>): string {
  const places = Object.keys(grants).length
  if (role === 'admin' || places === 0) return role
  return `${role}, another on ${places === 1 ? 'one topology' : `${places} topologies`}`
}

/** The answer first: what an admin should do something about. */
export function sentenceOf({ people, breakGlass }: PeopleAnswer, now: number): string {
  if (breakGlass.length > 0)
    return 'A break-glass account was used. See below whether it was one of you.'
  const able = people.filter((each) => standingOf(each, now).state === 'ok')
  const bare = able.filter(({ ways }) => ways.password && !ways.totp && ways.passkeys === 0)
  const told = able.length === 1 ? 'One person can sign in' : `${able.length} people can sign in`
  const admins = able.filter(({ role }) => role === 'admin').length
  if (people.length > 1 && able.length === 1)
    return 'Only one person can sign in so far. If that account is lost, the panel’s own machine is the way back.'
  if (people.length > 1 && admins === 1)
    return `${told}; only one of them is an admin. If that account is lost, the panel’s own machine is the way back.`
  if (bare.length === 0) return `${told}; no password alone is enough for any account.`
  return `${told}; ${bare.length === 1 ? 'for one account' : `for ${bare.length} accounts`} the password alone is enough.`
}

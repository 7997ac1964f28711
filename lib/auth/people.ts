import type {
  AddPersonRequest,
  ChangePersonRequest,
  Invited,
  PeopleAnswer,
  Person,
} from '@/lib/api/contract-people'
import { Refusal } from '@/lib/api/refusal'
import { type Actor, type AuditNote, appendAudit } from '@/lib/db/audit'
import type { Tx } from '@/lib/db/client'
import { unlinkIdentities } from '@/lib/db/oidc-identities'
import { findOidcSettings } from '@/lib/db/oidc-settings'
import {
  createPerson,
  endSessionsOf,
  findPerson,
  isNameTaken,
  listBreakGlassUses,
  listPeople,
  listTopologyNames,
  removePerson,
  removeSecondFactor,
  replaceGrants,
  touchPerson,
  unknownTopologies,
  updatePerson,
} from '@/lib/db/people'
import { findSetting, putSetting } from '@/lib/db/settings'
import { transact } from '@/lib/db/transact'
import { makeInvitation } from './invitations'
import type { Panel } from './panel'
import { mustLeaveAWayIn } from './way-in'
import { signInWays } from './ways'

/** The panel, as far as its people need it. */
export type PeoplePanel = Pick<Panel, 'db' | 'now' | 'live'>

/** Number of the last use of a break-glass account that an admin has looked at. */
const SEEN = 'break-glass.seen'

/** Everybody, with what an admin needs to decide about them. */
export async function listAll({ db, now }: PeoplePanel): Promise<PeopleAnswer> {
  return {
    people: await listPeople(db, now()),
    breakGlass: await listBreakGlassUses(db, (await findSetting<number>(db, SEEN)) ?? 0),
    topologies: await listTopologyNames(db),
    oidc: (await signInWays(db)).oidc,
  }
}

/** Adds a person and invites them. Refuses (409) a name that is taken, in any case of its letters. */
export async function addPerson(
  { db, now }: PeoplePanel,
  actor: Actor,
  { name, role, grants }: AddPersonRequest,
): Promise<Omit<Invited, 'origin'>> {
  const at = now()
  if (await isNameTaken(db, name)) throw nameTaken(name)
  await mustExist(db, grants)
  return transact(db, async (tx) => {
    const id = await createPerson(tx, { name, role, now: at }).catch((error) => {
      throw isDoubled(error) ? nameTaken(name) : error
    })
    await replaceGrants(tx, id, grants, { by: actor.name, now: at })
    const { token, expiresAt } = await makeInvitation(tx, id, at)
    const person = await getPerson(tx, id, at)
    const note = { action: 'person.create', object: objectOf(person) } as const
    await appendAudit(tx, actor, { ...note, after: factsOf(person) }, at)
    return { person, token, expiresAt }
  })
}

/** A new link for a person: an invitation, or, for who signed in before, another password. */
export async function invitePerson(
  { db, now }: PeoplePanel,
  actor: Actor,
  id: string,
): Promise<Omit<Invited, 'origin'>> {
  const at = now()
  return transact(db, async (tx) => {
    const before = await startChange(tx, id, at)
    if (before.disabled) {
      throw new Refusal(
        409,
        'person.disabled',
        `${before.name} was not invited - the account is switched off - switch it on first.`,
      )
    }
    const { token, expiresAt } = await makeInvitation(tx, id, at)
    const person = await getPerson(tx, id, at)
    const note = { action: 'person.invite', object: objectOf(person) } as const
    await appendAudit(tx, actor, { ...note, after: { name: person.name, expiresAt } }, at)
    return { person, token, expiresAt }
  })
}

/** Changes what a person may. Whoever is switched off is signed out everywhere at once. */
export async function changePerson(
  { db, now, live }: PeoplePanel,
  actor: Actor,
  { id, change }: { id: string; change: ChangePersonRequest },
): Promise<Person> {
  const at = now()
  const { grants, breakGlassSeen, ...direct } = change
  if (grants) await mustExist(db, grants)
  const { person, ended } = await transact(db, async (tx) => {
    const before = await startChange(tx, id, at)
    await refuseChange(tx, { actor, before, change })
    await updatePerson(tx, id, direct)
    if (grants) await replaceGrants(tx, id, grants, { by: actor.name, now: at })
    if (breakGlassSeen !== undefined) await putSetting(tx, SEEN, breakGlassSeen)
    const ended = direct.disabled ? await endSessionsOf(tx, id) : []
    await mustLeaveAWayIn(tx)
    const person = await getPerson(tx, id, at)
    const facts = { before: factsOf(before), after: factsOf(person, { breakGlassSeen }) }
    await appendAudit(
      tx,
      actor,
      { action: 'person.change', object: objectOf(person), ...facts },
      at,
    )
    return { person, ended }
  })
  for (const session of ended) live.endSession(session)
  return person
}

/** Signs a person out everywhere; how many sessions ended. */
export async function endPersonSessions(
  { db, now, live }: PeoplePanel,
  actor: Actor,
  id: string,
): Promise<number> {
  const at = now()
  const ended = await transact(db, async (tx) => {
    const person = await startChange(tx, id, at)
    const ended = await endSessionsOf(tx, id)
    const after = { name: person.name, sessions: ended.length }
    const note = { action: 'person.sessions-end', object: objectOf(person) } as const
    await appendAudit(tx, actor, { ...note, after }, at)
    return ended
  })
  for (const session of ended) live.endSession(session)
  return ended.length
}

/** Takes a person's one-time codes, recovery codes and passkeys away: they were lost, or stolen. */
export async function resetSecondFactor(
  { db, now }: PeoplePanel,
  actor: Actor,
  id: string,
): Promise<Person> {
  const at = now()
  return transact(db, async (tx) => {
    const before = await startChange(tx, id, at)
    await removeSecondFactor(tx, id)
    await mustLeaveAWayIn(tx)
    const person = await getPerson(tx, id, at)
    const facts = { before: factsOf(before), after: factsOf(person) }
    const note = { action: 'person.second-factor-reset', object: objectOf(person) } as const
    await appendAudit(tx, actor, { ...note, ...facts }, at)
    return person
  })
}

/**
 * Takes away who a person is at identity providers: it was another's account, or was taken over. What
 * was opened through one ends, phones included. Nothing is written where there was none.
 */
export async function disconnectProvider(
  { db, now, live }: PeoplePanel,
  actor: Actor,
  id: string,
): Promise<Person> {
  const at = now()
  const { person, ended } = await transact(db, async (tx) => {
    const before = await startChange(tx, id, at)
    const identities = await unlinkIdentities(tx, id)
    if (identities === 0) return { person: before, ended: [] }
    const ended = await endSessionsOf(tx, id, ['oidc', 'phone'])
    await mustLeaveAWayIn(tx)
    const note = { action: 'oidc.unlink', object: objectOf(before) } as const
    const after = { name: before.name, identities, sessions: ended.length }
    await appendAudit(tx, actor, { ...note, after }, at)
    return { person: await getPerson(tx, id, at), ended }
  })
  for (const session of ended) live.endSession(session)
  return person
}

/** Removes a person with all that signs them in. What they did stays on record, by their name. */
export async function deletePerson(
  { db, now, live }: PeoplePanel,
  actor: Actor,
  id: string,
): Promise<void> {
  const at = now()
  const ended = await transact(db, async (tx) => {
    const before = await startChange(tx, id, at)
    refuseYourself(actor, id, 'removed')
    const ended = await endSessionsOf(tx, id)
    await removePerson(tx, id)
    await mustLeaveAWayIn(tx)
    const note = { action: 'person.remove', object: objectOf(before) } as const
    await appendAudit(tx, actor, { ...note, before: factsOf(before) }, at)
    return ended
  })
  for (const session of ended) live.endSession(session)
}

/** The first write of a change, so that nobody else writes meanwhile; the person as they are. */
async function startChange(tx: Tx, id: string, now: number): Promise<Person> {
  if (!(await touchPerson(tx, id, now))) throw noSuchPerson()
  return getPerson(tx, id, now)
}

async function getPerson(tx: Tx, id: string, now: number): Promise<Person> {
  const person = await findPerson(tx, id, now)
  if (!person) throw noSuchPerson()
  return person
}

async function refuseChange(
  tx: Tx,
  { actor, before, change }: { actor: Actor; before: Person; change: ChangePersonRequest },
): Promise<void> {
  if (change.disabled) refuseYourself(actor, before.id, 'switched off')
  if (change.breakGlass && !before.ways.password) {
    throw new Refusal(
      409,
      'person.no-password',
      `${before.name} was not marked - a break-glass account signs in by its password, and this one has none - let them set one by an invitation first.`,
    )
  }
  const setsRole = change.role !== undefined || change.grants !== undefined
  if (!setsRole || before.breakGlass || !before.ways.provider) return
  const mapping = (await findOidcSettings(tx))?.mapping ?? []
  if (mapping.length === 0) return
  throw new Refusal(
    409,
    'person.role-from-provider',
    `The role of ${before.name} was not changed - roles come from the groups at the provider, which would set it back at the next sign-in - change the groups there, or the mapping below.`,
  )
}

function refuseYourself(actor: Actor, id: string, verb: string): void {
  if (actor.id !== id) return
  throw new Refusal(
    409,
    'person.yourself',
    `You were not ${verb} - it would be your own account - ask another admin for it.`,
  )
}

async function mustExist(db: Panel['db'], grants: Readonly<Record<string, unknown>>) {
  const [unknown] = await unknownTopologies(db, Object.keys(grants))
  if (unknown === undefined) return
  throw new Refusal(
    409,
    'topology.unknown',
    `Nothing was changed - there is no topology "${unknown}" - it was removed meanwhile; reload the page.`,
  )
}

/** What the audit log keeps of a person. */
function factsOf(
  person: Person,
  more: { breakGlassSeen?: number | undefined } = {},
): NonNullable<AuditNote['after']> {
  const { name, role, grants, disabled, breakGlass, ways } = person
  const { breakGlassSeen } = more
  return {
    ...{ name, role, grants, disabled, breakGlass, ways },
    ...(breakGlassSeen === undefined ? {} : { breakGlassSeen }),
  }
}

const objectOf = ({ name }: Person) => ({ kind: 'account', id: name })

const isDoubled = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'P2002'

const noSuchPerson = () =>
  new Refusal(
    404,
    'person.unknown',
    'There is no such person - the account was removed or never existed - reload the page.',
  )

const nameTaken = (name: string) =>
  new Refusal(
    409,
    'person.name-taken',
    `Nobody was added - there is a "${name}" already, and names differ in more than capitals - choose another name.`,
    { issues: [{ path: ['name'], message: 'is taken; choose another' }] },
  )

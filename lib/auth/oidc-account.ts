import type { Person } from '@/lib/api/contract-people'
import { Refusal } from '@/lib/api/refusal'
import { type Actor, appendAudit } from '@/lib/db/audit'
import type { Tx } from '@/lib/db/client'
import { findIdentity, linkIdentity, touchIdentity } from '@/lib/db/oidc-identities'
import { findOidcSettings, type OidcSettings } from '@/lib/db/oidc-settings'
import {
  createPerson,
  endSessionsOf,
  findPerson,
  isNameTaken,
  replaceGrants,
  unknownTopologies,
  updatePerson,
} from '@/lib/db/people'
import { transact } from '@/lib/db/transact'
import { invitationOver } from './invitations'
import { accountName, isAdmitted, type MappedRoles, mappedRoles, needsGroups } from './oidc-roles'
import type { Panel } from './panel'
import { peerFrom } from './peer'
import { takeTicket } from './tickets'

/** Who the provider says that somebody is; null: it sends no such claim. */
export type AtProvider = {
  issuer: string
  subject: string
  name: string | null
  groups: string[] | null
}

type Asked = { told: AtProvider; invitation: string | null }
type Here = { settings: OidcSettings; from: string; now: number }

/**
 * The account that a person of the provider signs in: the one they are connected with, the one they
 * were invited to, or a new one where the settings make accounts. Takes their roles over. Refuses
 * whoever the settings do not let in; what an earlier sign-in through the provider left open ends.
 */
export async function accountAtProvider(
  panel: Pick<Panel, 'db' | 'now' | 'live'>,
  headers: Headers,
  { told, invitation }: Asked,
): Promise<string> {
  const { db, live } = panel
  const now = panel.now()
  const settings = await findOidcSettings(db)
  if (!settings) throw noProvider()
  const why = whyNotAdmitted(settings, told)
  if (why) {
    for (const session of await shutOut(panel, told, now)) live.endSession(session)
    throw why
  }
  return transact(db, async (tx) => {
    await touchIdentity(tx, told, now)
    const here = { settings, from: peerFrom(headers), now }
    const known = await findIdentity(tx, told)
    const id = known?.userId ?? (await connect(tx, { told, invitation }, here))
    if (known && invitation !== null) throw linkedAlready()
    await takeOverRoles(tx, id, told, here)
    return id
  })
}

/** A person of the provider who was never here. */
function connect(tx: Tx, { told, invitation }: Asked, here: Here): Promise<string> {
  if (invitation !== null) return acceptInvitation(tx, invitation, told, here)
  if (here.settings.makesAccounts) return makeAccount(tx, told, here)
  throw new Refusal(
    403,
    'oidc.no-account',
    'You are not signed in - the provider knows you, and this panel has no account of yours - ask an admin of this panel for an invitation.',
  )
}

async function acceptInvitation(tx: Tx, token: string, told: AtProvider, { from, now }: Here) {
  const ticket = await takeTicket(tx, { purpose: 'invite', token, now })
  const person = ticket?.userId ? await findPerson(tx, ticket.userId, now) : null
  if (!person || person.disabled) throw invitationOver()
  if (person.ways.provider) throw linkedAlready()
  if (person.ways.totp) throw needsFactor()
  await linkIdentity(tx, { ...told, userId: person.id, now })
  const actor = { id: person.id, name: person.name, via: 'browser', from } as const
  const note = { action: 'person.invite-accept', object: objectOf(person) } as const
  const after = { way: 'oidc', issuer: told.issuer, subject: told.subject }
  await appendAudit(tx, actor, { ...note, after }, now)
  return person.id
}

async function makeAccount(tx: Tx, told: AtProvider, { settings, from, now }: Here) {
  const name = told.name === null ? null : accountName(told.name)
  if (name === null) {
    throw new Refusal(
      403,
      'oidc.no-name',
      `You are not signed in - the provider sends no usable name of yours (claim "${settings.nameClaim}") - an admin adds the claim there, or names another one in Settings > People.`,
    )
  }
  if (await isNameTaken(tx, name)) {
    throw new Refusal(
      409,
      'oidc.name-taken',
      `You are not signed in - there is an account "${name}" here that is not connected with the provider, and a name alone proves nothing - sign in to it and connect it in Settings > My account, or ask an admin for an invitation.`,
    )
  }
  const id = await createPerson(tx, { name, role: settings.defaultRole, now })
  await linkIdentity(tx, { ...told, userId: id, now })
  const after = { name, role: settings.defaultRole, issuer: told.issuer, subject: told.subject }
  const note = { action: 'person.create', object: { kind: 'account', id: name } } as const
  await appendAudit(tx, providerAs(settings, from), { ...note, after }, now)
  return id
}

/**
 * Roles follow the groups at each sign-in, where there is a mapping. A break-glass account keeps
 * its own, and so does the last admin who can sign in: the provider cannot take the panel away.
 */
async function takeOverRoles(tx: Tx, id: string, told: AtProvider, here: Here): Promise<void> {
  const { settings, from, now } = here
  const before = await findPerson(tx, id, now)
  const mapped = mappedRoles(settings, told.groups ?? [])
  if (!before || !mapped || before.breakGlass) return
  const unknown = await unknownTopologies(tx, Object.keys(mapped.grants))
  for (const topology of unknown) delete mapped.grants[topology]
  if (isSame(before, mapped)) return
  const keeps = before.lastAdmin && mapped.role !== 'admin'
  if (!keeps) {
    await updatePerson(tx, id, { role: mapped.role })
    await replaceGrants(tx, id, mapped.grants, { by: settings.label, now })
  }
  await appendAudit(
    tx,
    providerAs(settings, from),
    {
      ...{ action: 'person.change', object: objectOf(before) },
      outcome: keeps ? 'refused' : 'done',
      before: { name: before.name, role: before.role, grants: before.grants },
      after: { name: before.name, ...mapped },
      note: keeps
        ? 'the last admin who can sign in keeps the role'
        : 'by the groups at the provider',
    },
    now,
  )
}

function isSame({ role, grants }: Person, mapped: MappedRoles): boolean {
  const sorted = (each: Record<string, string>) => JSON.stringify(Object.entries(each).sort())
  return role === mapped.role && sorted(grants) === sorted(mapped.grants)
}

function whyNotAdmitted(settings: OidcSettings, { groups }: AtProvider): Refusal | null {
  if (groups === null && needsGroups(settings)) {
    return new Refusal(
      403,
      'oidc.no-groups',
      `You are not signed in - groups decide who may, and the provider sends none (claim "${settings.groupsClaim}") - an admin adds the claim there, or names another one in Settings > People.`,
    )
  }
  if (isAdmitted(settings, groups ?? [])) return null
  return new Refusal(
    403,
    'oidc.not-admitted',
    'You are not signed in - none of your groups at the provider is let in here - ask who runs the provider for one of them.',
  )
}

/** Whoever is let in no more loses what they opened through the provider before, phones included. */
async function shutOut({ db }: Pick<Panel, 'db'>, told: AtProvider, now: number) {
  return transact(db, async (tx) => {
    await touchIdentity(tx, told, now)
    const known = await findIdentity(tx, told)
    return known ? endSessionsOf(tx, known.userId, ['oidc', 'phone']) : []
  })
}

const objectOf = ({ name }: { name: string }) => ({ kind: 'account', id: name })

const providerAs = ({ label }: OidcSettings, from: string): Actor => ({
  ...{ id: null, name: `the provider ${label}`, via: 'panel', from },
})

const linkedAlready = () =>
  new Refusal(
    409,
    'oidc.linked-elsewhere',
    'The invitation was not accepted - this person of the provider, or this account, is connected already - sign in with it, or sign in at the provider as yourself.',
  )

/** Whoever got hold of the link would pass by the codes with an account of their own. */
const needsFactor = () =>
  new Refusal(
    409,
    'oidc.second-factor-first',
    'The invitation was not accepted - this account has one-time codes, which the link does not stand in for - set a password by the link, sign in with a code, and connect the provider in Settings > My account.',
  )

const noProvider = () =>
  new Refusal(409, 'oidc.none', 'No provider is set up - an admin took it away - sign in by name.')

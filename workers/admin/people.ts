import os from 'node:os'
import { pages } from '@/lib/api/paths'
import { makeInvitation } from '@/lib/auth/invitations'
import { hashPassword } from '@/lib/auth/password'
import { refuseGuessable } from '@/lib/auth/password-policy'
import { setupToken } from '@/lib/auth/setup-token'
import { findForSignIn, putPasswordHash } from '@/lib/db/accounts'
import { appendAudit } from '@/lib/db/audit'
import type { AuditAction } from '@/lib/db/audit-actions'
import type { Db, Tx } from '@/lib/db/client'
import { endSessionsOf, listPeople, removeSecondFactor, updatePerson } from '@/lib/db/people'
import { transact } from '@/lib/db/transact'
import type { Config } from '@/lib/io/env'
import { AdminError, type Box, boxActor, type Command, EXIT } from './command'
import { askNewSecret } from './prompt'
import { withDb } from './with-data'

const SHORTEST_PASSWORD = 12

/** Who there is, what they may, and how they sign in. */
export const listPeopleCommand: Command = {
  usage: 'list-people',
  does: 'Who there is, what they may, and how they sign in',
  words: [0, 0],
  options: ['json'],
  run: (box) =>
    withDb(box, async (db) => {
      const people = await listPeople(db, box.now())
      if (box.options.has('json')) box.say(JSON.stringify(people, null, 2))
      else if (people.length === 0) box.say('There is nobody yet: npm run admin -- setup-link')
      else
        for (const { name, role, disabled, breakGlass, ways } of people) {
          const marks = [
            ways.password ? 'password' : null,
            ways.totp ? 'one-time codes' : null,
            ways.passkeys > 0 ? `${ways.passkeys} passkeys` : null,
            ways.provider ? 'OpenID Connect' : null,
            breakGlass ? 'break-glass' : null,
            disabled ? 'DISABLED' : null,
          ].filter((mark) => mark !== null)
          box.say(`${name.padEnd(24)} ${role.padEnd(9)} ${marks.join(', ')}`)
        }
      return EXIT.done
    }),
}

/** Lets somebody in again who lost their password. */
export const resetPassword: Command = {
  usage: 'reset-password <name> [--password]',
  does: 'A one-time link to set a new password; --password: type it here, or pipe it in',
  words: [1, 1],
  options: ['password'],
  run: (box) =>
    withDb(box, async (db) => {
      const person = await getPerson(db, box)
      if (box.options.has('password')) {
        const password = (await askNewSecret(`New password of ${person.name}`)).reveal()
        if (password.length < SHORTEST_PASSWORD)
          throw new AdminError(
            'admin.short-password',
            `This password has ${password.length} characters - it takes at least ${SHORTEST_PASSWORD} - take a short sentence of your own.`,
          )
        await refuseGuessable(password, person.name)
        const passwordHash = await hashPassword(password)
        await acting(db, box, { action: 'account.reset', person }, async (tx, now) => {
          await putPasswordHash(tx, { userId: person.id, passwordHash, now })
          await endSessionsOf(tx, person.id)
        })
        box.say(`${person.name} has the new password; their sessions are ended.`)
        return EXIT.done
      }
      let token = ''
      await acting(db, box, { action: 'account.reset', person }, async (tx, now) => {
        token = (await makeInvitation(tx, person.id, now)).token
      })
      box.say(`${person.name} sets a new password here (once, within a day):`)
      box.say(`  ${originFor(box.config)}${pages.invite(token)}`)
      return EXIT.done
    }),
}

/** Lets somebody in again who lost their phone and their codes. */
export const disableSecondFactor: Command = {
  usage: 'disable-second-factor <name>',
  does: 'Takes one-time codes, recovery codes and passkeys away; the password stays',
  words: [1, 1],
  options: [],
  run: (box) =>
    withDb(box, async (db) => {
      const person = await getPerson(db, box)
      await acting(db, box, { action: 'person.second-factor-reset', person }, async (tx) => {
        await removeSecondFactor(tx, person.id)
        await endSessionsOf(tx, person.id)
      })
      box.say(`${person.name} signs in with the password alone now; their sessions are ended.`)
      return EXIT.done
    }),
}

/** Makes an account one that may everything, and able to sign in. */
export const makeAdmin: Command = {
  usage: 'make-admin <name>',
  does: 'Makes somebody an admin, and enables them if they were disabled',
  words: [1, 1],
  options: [],
  run: (box) =>
    withDb(box, async (db) => {
      const person = await getPerson(db, box)
      await acting(
        db,
        box,
        { action: 'person.change', person, after: { name: person.name, role: 'admin' } },
        (tx) => updatePerson(tx, person.id, { role: 'admin', disabled: false }),
      )
      box.say(`${person.name} is an admin.`)
      return EXIT.done
    }),
}

/** Ends sessions, of one person or of everybody. */
export const signOut: Command = {
  usage: 'sign-out <name> | sign-out --all',
  does: 'Ends the sessions of one person or of everybody, phones too',
  words: [0, 1],
  options: ['all'],
  run: (box) =>
    withDb(box, async (db) => {
      if (box.options.has('all') === (box.args.length === 1))
        throw new AdminError('admin.usage', 'Name one person, or --all - not both, not neither.')
      const now = box.now()
      const people = box.options.has('all')
        ? (await listPeople(db, now)).map(({ id, name }) => ({ id, name }))
        : [await getPerson(db, box)]
      let ended = 0
      for (const person of people)
        await acting(db, box, { action: 'person.sessions-end', person }, async (tx) => {
          ended += (await endSessionsOf(tx, person.id)).length
        })
      box.say(`${ended} sessions ended; open pages are hung up within seconds.`)
      return EXIT.done
    }),
}

/** The link for the first account, where there is none yet. */
export const setupLink: Command = {
  usage: 'setup-link',
  does: 'A new link for the first account, while there is none',
  words: [0, 0],
  options: [],
  run: (box) =>
    withDb(box, async (db) => {
      const token = await setupToken(db)
      if (token === null)
        throw new AdminError(
          'admin.set-up-already',
          'There is an account already - the link is for the first one - npm run admin -- list-people shows who, reset-password lets them in.',
        )
      box.say('Make the first account here (the link works once, an earlier one no longer):')
      box.say(`  ${originFor(box.config)}${pages.setup(token)}`)
      return EXIT.done
    }),
}

type Who = { id: string; name: string }

async function getPerson(db: Db, { args }: Box): Promise<Who> {
  const name = args[0] ?? ''
  const found = await findForSignIn(db, { name })
  if (found) return found
  throw new AdminError(
    'admin.nobody',
    `There is nobody called "${name}" - npm run admin -- list-people shows who there is.`,
  )
}

/** Does it and writes it down, both or neither. */
async function acting(
  db: Db,
  { now }: Box,
  { action, person, after }: { action: AuditAction; person: Who; after?: Record<string, string> },
  act: (tx: Tx, now: number) => Promise<unknown>,
): Promise<void> {
  const at = now()
  await transact(db, async (tx) => {
    await act(tx, at)
    const object = { kind: 'person', id: person.id }
    const note = { action, object, after: after ?? { name: person.name } }
    await appendAudit(tx, boxActor(), note, at)
  })
}

/** As a browser would reach the panel: PUBLIC_URL, or what the configuration says. */
function originFor({ publicUrl, host, port, lan, ownCertificate }: Config): string {
  if (publicUrl) return publicUrl
  const name = host === '0.0.0.0' || host === '::' ? os.hostname() : host
  return `${lan || ownCertificate ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`
}

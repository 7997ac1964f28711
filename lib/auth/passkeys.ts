import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { PasskeyAnswer, PasskeyQuestion, WebAuthnResponse } from '@/lib/api/contract-account'
import { Refusal } from '@/lib/api/refusal'
import { findPasskey, passkeysOf, type StoredPasskey } from '@/lib/db/accounts-passkeys'
import type { Panel } from './panel'
import { isBehind, noteSuspect } from './passkey-suspect'
import { peerFrom } from './peer'
import { makeTicket, takeTicket } from './tickets'

type Here = Pick<Panel, 'db' | 'now'>
type Use = 'sign-in' | 'confirm' | 'add'
/** Kept while the browser asks: good for the origin that it was made for. */
type Challenge = { use: Use; challenge: string; origin: string }

const QUESTION_MS = 5 * 60_000

/** What a browser is asked when somebody signs in: any passkey that it has for this panel. */
export async function askToSignIn(here: Here, headers: Headers): Promise<PasskeyQuestion> {
  const origin = originOf(headers)
  const options = await generateAuthenticationOptions({
    rpID: domainOf(origin),
    userVerification: 'preferred',
    timeout: QUESTION_MS,
  })
  return question(here, { use: 'sign-in', origin, userId: null }, options)
}

/** What a browser is asked when this person has to prove who they are: one of their passkeys, with its PIN. */
export async function askToConfirm(
  here: Here,
  headers: Headers,
  userId: string,
): Promise<PasskeyQuestion> {
  const origin = originOf(headers)
  const options = await generateAuthenticationOptions({
    rpID: domainOf(origin),
    allowCredentials: (await passkeysOf(here.db, userId)).map(toDescriptor),
    userVerification: 'required',
    timeout: QUESTION_MS,
  })
  return question(here, { use: 'confirm', origin, userId }, options)
}

/** What a browser is asked to make a passkey of, one that finds its account by itself. */
export async function askToAdd(
  here: Here,
  headers: Headers,
  me: { id: string; name: string },
): Promise<PasskeyQuestion> {
  const origin = originOf(headers)
  const options = await generateRegistrationOptions({
    rpName: 'Drawbridge',
    rpID: domainOf(origin),
    userName: me.name,
    userDisplayName: me.name,
    userID: new Uint8Array(Buffer.from(me.id)),
    attestationType: 'none',
    excludeCredentials: (await passkeysOf(here.db, me.id)).map(toDescriptor),
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
    timeout: QUESTION_MS,
  })
  return question(here, { use: 'add', origin, userId: me.id }, options)
}

/** A passkey that answered rightly, with what it said of itself. */
export type ProvedPasskey = {
  passkey: StoredPasskey
  counter: number
  /** Its PIN or fingerprint was asked for: it stands for two factors. */
  userVerified: boolean
}

/**
 * Who answered; refuses (401 `passkey.not-proved`) what is not the answer to our question, from our
 * page, by a passkey that we know. `userId`: whose it has to be.
 */
export async function provePasskey(
  here: Here,
  headers: Headers,
  {
    use,
    userId,
    answer,
  }: { use: 'sign-in' | 'confirm'; userId: string | null; answer: PasskeyAnswer },
): Promise<ProvedPasskey> {
  const origin = originOf(headers)
  const { challenge } = await takeChallenge(here, { use, userId, origin, ticket: answer.ticket })
  const passkey = await findPasskey(here.db, String(answer.response.id))
  if (!passkey || (userId !== null && passkey.userId !== userId)) {
    throw notProved('this panel does not know the passkey', 'sign in another way, and remove it')
  }
  const { verified, authenticationInfo } = await judged(() =>
    verifyAuthenticationResponse({
      response: answer.response as unknown as Verified['response'],
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: domainOf(origin),
      requireUserVerification: use === 'confirm',
      // Its counter is judged below, so that what it tells is not mixed up with other faults.
      credential: { ...toDescriptor(passkey), counter: 0 },
    }),
  )
  if (!verified) throw notProved('its signature is wrong')
  const { newCounter: counter, userVerified } = authenticationInfo
  if (isBehind(counter, passkey.counter)) {
    const { id, name, counter: before } = passkey
    const at = { from: peerFrom(headers), now: here.now() }
    await noteSuspect(here.db, { id, name, said: counter, before }, at)
    throw notProved(
      'its counter is behind, as that of a copy',
      'sign in another way, remove it, and make a new one',
    )
  }
  return { passkey, counter, userVerified }
}
type Verified = Parameters<typeof verifyAuthenticationResponse>[0]

/** What is stored of the passkey that a browser made for this person. */
export async function proveNewPasskey(
  here: Here,
  headers: Headers,
  { userId, ticket, response }: { userId: string; ticket: string; response: WebAuthnResponse },
): Promise<Omit<StoredPasskey, 'name'>> {
  const origin = originOf(headers)
  const { challenge } = await takeChallenge(here, { use: 'add', userId, origin, ticket })
  const { verified, registrationInfo } = await judged(() =>
    verifyRegistrationResponse({
      response: response as unknown as Parameters<typeof verifyRegistrationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: domainOf(origin),
      requireUserVerification: false,
    }),
  )
  if (!verified) throw notProved('its signature is wrong')
  const { credential, credentialBackedUp } = registrationInfo
  return {
    ...{ id: credential.id, userId, counter: credential.counter },
    publicKey: new Uint8Array(credential.publicKey),
    transports: credential.transports ?? [],
    backedUp: credentialBackedUp,
    createdAt: here.now(),
    lastUsedAt: null,
  }
}

/** The page that asks, as its browser says; the same-origin check has been made by then. */
function originOf(headers: Headers): string {
  const origin = headers.get('origin')
  if (origin === null || !URL.canParse(origin)) {
    throw new Refusal(
      400,
      'passkey.no-page',
      'A passkey is asked for by a page - this request names none - open the panel in a browser.',
    )
  }
  return origin
}

function domainOf(origin: string): string {
  const { hostname } = new URL(origin)
  if (!/^[\d.]+$|^\[/.test(hostname)) return hostname
  throw new Refusal(
    400,
    'passkey.needs-a-name',
    'There are no passkeys at a bare address - browsers keep them by name - open the panel as localhost or by its host name.',
  )
}

async function question(
  { db, now }: Here,
  { userId, ...asked }: Omit<Challenge, 'challenge'> & { userId: string | null },
  options: { challenge: string },
): Promise<PasskeyQuestion> {
  const data = { ...asked, challenge: options.challenge }
  const ticket = await makeTicket(db, {
    ...{ purpose: 'passkey', userId, data, ttlMs: QUESTION_MS, now: now() },
  })
  return { ticket, options: { ...options } }
}

async function takeChallenge(
  { db, now }: Here,
  asked: { use: Use; userId: string | null; origin: string; ticket: string },
): Promise<Challenge> {
  const taken = await takeTicket(db, { purpose: 'passkey', token: asked.ticket, now: now() })
  const data = taken?.data as Challenge | undefined
  if (data?.use !== asked.use || data.origin !== asked.origin || taken?.userId !== asked.userId) {
    throw notProved('the question is older than 5 minutes or was answered already')
  }
  return data
}

/** The library throws plain errors for what an answer lacks. */
async function judged<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify()
  } catch (cause) {
    throw notProved(cause instanceof Error ? cause.message : 'its answer cannot be read')
  }
}

const notProved = (why: string, then = 'try again, or sign in another way') =>
  new Refusal(401, 'passkey.not-proved', `The passkey was not accepted - ${why} - ${then}.`)

type Transport = 'ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb'

function toDescriptor({ id, transports, publicKey, counter }: StoredPasskey) {
  return { id, publicKey, counter, transports: transports as Transport[] }
}

import { randomBytes } from 'node:crypto'
import type { SecretSummary } from '@/lib/api/contract-secrets'
import { Refusal } from '@/lib/api/refusal'
import { documentSecretName, readSecretName } from '@/lib/plan/secret-names'
import { type Actor, appendAudit } from './audit'
import type { Db, Tx } from './client'
import { findRevision } from './revisions'
import { findSecretSummary, listDocumentSecrets } from './secret-list'
import { KIT_MADE_SETTING, putSealed, removeSealed, seal } from './secrets'
import { putSetting } from './settings'
import { transact } from './transact'

/** Who writes, when, and the key that the value is sealed to. */
export type SecretWriter = { actor: Actor; recipient: string; now: number }

const OBJECT = (name: string) => ({ kind: 'secret', id: name }) as const

const noSecret = (name: string) =>
  new Refusal(
    404,
    'secret.unknown',
    `There is no secret "${name}" - it was removed or never existed - look at the list again.`,
  )

/** The secret in words; refuses (404) an unknown one. */
export async function getSecretSummary(db: Db | Tx, name: string): Promise<SecretSummary> {
  const found = await findSecretSummary(db, name)
  if (!found) throw noSecret(name)
  return found
}

/**
 * Refuses (409 `secret.not-settable`) a new value for what is not a person's to type in, with the way
 * that changes it; answers the connection where it is one's token, because that is tried first.
 */
export async function refuseSet(db: Db, name: string): Promise<{ connectionId: string | null }> {
  const { whyNotSet, title } = await getSecretSummary(db, name)
  if (whyNotSet !== null)
    throw new Refusal(409, 'secret.not-settable', `${title} is not set here - ${lower(whyNotSet)}`)
  const named = readSecretName(name)
  return { connectionId: named.kind === 'connection-token' ? named.connection : null }
}

/** Stores a new value under a name that exists. The audit says which version, never the value. */
export async function setSecret(
  db: Db,
  { name, value }: { name: string; value: string },
  writer: SecretWriter,
): Promise<void> {
  const { title, topologyId } = await getSecretSummary(db, name)
  await write(db, { name, value, title, topologyId }, writer)
}

type Written = { name: string; value: string; title: string; topologyId: string | null }

async function write(
  db: Db,
  { name, value, title, topologyId }: Written,
  { actor, recipient, now }: SecretWriter,
): Promise<void> {
  const sealed = await seal(recipient, value)
  await transact(db, async (tx) => {
    await putSealed(tx, { name, sealed, at: now, by: actor.name })
    const { version } = await tx.sealedSecret.findUniqueOrThrow({ where: { name } })
    const note = {
      action: version === 1 ? 'secret.set' : 'secret.rotate',
      ...{ object: OBJECT(name), topologyId, after: { title, version } },
    } as const
    await appendAudit(tx, actor, note, now)
  })
}

/** Forgets a secret that nothing uses; refuses (409 `secret.in-use`) by what uses it. */
export async function removeSecret(
  db: Db,
  name: string,
  { actor, now }: Omit<SecretWriter, 'recipient'>,
): Promise<void> {
  await transact(db, async (tx) => {
    // A write first (transact.ts), so that nothing begins to use it between the judgement and the end.
    await tx.setting.updateMany({ where: { key: '' }, data: { json: '' } })
    const { whyNotRemove, title, topologyId, version } = await getSecretSummary(tx, name)
    if (whyNotRemove !== null)
      throw new Refusal(409, 'secret.in-use', `${title} stays - ${lower(whyNotRemove)}`)
    await removeSealed(tx, name)
    const note = {
      action: 'secret.remove',
      ...{ object: OBJECT(name), topologyId, before: { title, version } },
    } as const
    await appendAudit(tx, actor, note, now)
  })
}

/** 24 characters: base64url of 18 random bytes. */
const makePassword = () => randomBytes(18).toString('base64url')

/** Gives a secret of a document a value; null: a random one. Refuses an unknown topology (404). */
export async function setDocumentSecret(
  db: Db,
  { topologyId, secret, value }: { topologyId: string; secret: string; value: string | null },
  writer: SecretWriter,
): Promise<void> {
  await findRevision(db, topologyId)
  const name = documentSecretName(topologyId, secret)
  const title = `Secret ${secret} of the document`
  await write(db, { name, value: value ?? makePassword(), title, topologyId }, writer)
}

/** Forgets a secret that the document does not use any more. */
export async function removeDocumentSecret(
  db: Db,
  { topologyId, secret }: { topologyId: string; secret: string },
  writer: Omit<SecretWriter, 'recipient'>,
): Promise<void> {
  await listDocumentSecrets(db, topologyId)
  await removeSecret(db, documentSecretName(topologyId, secret), writer)
}

/** Writes down that somebody asked for a value, before it is given: no reveal without its entry. */
export async function noteReveal(db: Db, name: string, actor: Actor, now: number): Promise<void> {
  const { title, topologyId, version } = await getSecretSummary(db, name)
  await transact(db, (tx) =>
    appendAudit(
      tx,
      actor,
      { action: 'secret.reveal', object: OBJECT(name), topologyId, after: { title, version } },
      now,
    ),
  )
}

/** Writes down that access to a cluster is handed out. */
export async function noteKubeconfig(
  db: Db,
  { topologyId, cluster, again }: { topologyId: string; cluster: string; again: boolean },
  actor: Actor,
  now: number,
): Promise<void> {
  await transact(db, (tx) =>
    appendAudit(
      tx,
      actor,
      {
        action: 'secret.kubeconfig',
        object: { kind: 'cluster', id: cluster },
        topologyId,
        ...(again ? { note: 'It was read from the control plane again.' } : {}),
      },
      now,
    ),
  )
}

/** Writes down that a recovery kit was made, and ends the reminder. */
export async function noteKit(db: Db, recipient: string, actor: Actor, now: number): Promise<void> {
  await transact(db, async (tx) => {
    await putSetting(tx, KIT_MADE_SETTING, now)
    const note = {
      action: 'kit.create',
      object: { kind: 'panel', id: 'recovery-kit' },
      after: recipient,
    } as const
    await appendAudit(tx, actor, note, now)
  })
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

import { randomBytes, X509Certificate } from 'node:crypto'
import type { ConnectionRequest, ConnectionSummary } from '@/lib/api/contract'
import { noSuch, Refusal } from '@/lib/api/refusal'
import { identityId } from '@/lib/base/identity'
import { connectionTokenName } from '@/lib/plan/secret-names'
import type { Json } from '@/lib/topology/change'
import type { Inventory } from '@/lib/topology/fit/inventory'
import { type Actor, appendAudit } from './audit'
import type { Db, Tx } from './client'
import { readOthers, sendsTokenElsewhere, tidyOthers, toOrigin } from './connection-addresses'
import type { Connection as ConnectionRow } from './generated/client'
import { putSealed, removeSealed, seal } from './secrets'
import { transact } from './transact'

/** What a simulated homelab's certificate says in its subject. Shown as a badge; nothing branches on it. */
const SIMULATION = /simulation/i

const NEVER_TESTED: ConnectionSummary['state'] = {
  state: 'unknown',
  reason: 'It was never tested.',
  since: null,
}

/** Every connection of the panel, by name. */
export async function listConnections(db: Db): Promise<ConnectionSummary[]> {
  const rows = await db.connection.findMany({ orderBy: [{ name: 'asc' }, { id: 'asc' }] })
  return rows.map(toSummary)
}

/** One connection. Refuses an unknown one (404). */
export async function getConnection(db: Db, id: string): Promise<ConnectionSummary> {
  const row = await db.connection.findUnique({ where: { id } })
  if (!row) throw noSuch('connection', id)
  return toSummary(row)
}

/** Who writes, when, and the key that the token's secret is sealed to. */
export type Writer = { recipient: string; actor: Actor; now: number }

/** Makes a connection; its token's secret is sealed before it is stored. */
export async function createConnection(
  db: Db,
  request: ConnectionRequest & { tokenSecret: string },
  writer: Writer,
): Promise<ConnectionSummary> {
  mustBeAuthority(request.caPem)
  const id = `c-${randomBytes(4).toString('hex')}`
  await insertConnection(db, id, { ...request, subject: null }, writer)
  return getConnection(db, id)
}

/**
 * Changes what is given; a new URL or fingerprint forgets what the last test said. Refuses (422) to
 * send the stored token to another address without a certificate that is pinned already: whoever may
 * not read a token must not be able to have it sent to themselves.
 */
export async function updateConnection(
  db: Db,
  id: string,
  request: Partial<ConnectionRequest>,
  writer: Writer,
): Promise<ConnectionSummary> {
  const { name, url, tokenId, fingerprint, caPem, others, dialer, helmPath, tokenSecret } = request
  mustBeAuthority(caPem)
  const sealed = tokenSecret === undefined ? null : await seal(writer.recipient, tokenSecret)
  const retest = [url, tokenId, fingerprint, caPem, others, tokenSecret].some(
    (value) => value !== undefined,
  )
  await transact(db, async (tx) => {
    // A write first (client.ts); what the row held before is read under it.
    await tx.connection.updateMany({ where: { id: '' }, data: { name: '' } })
    const before = await tx.connection.findUnique({ where: { id } })
    const moved = url !== undefined && before !== null && toOrigin(url) !== before.url
    const { count } = await tx.connection.updateMany({
      where: { id },
      data: {
        ...(name === undefined ? {} : { name }),
        ...(url === undefined ? {} : { url: toOrigin(url) }),
        ...(tokenId === undefined ? {} : { tokenId }),
        ...(fingerprint === undefined ? {} : { fingerprint }),
        ...(caPem === undefined ? {} : { caPem }),
        ...othersOf(before, request),
        ...(dialer === undefined ? {} : { dialerJson: JSON.stringify(dialer) }),
        ...(helmPath === undefined ? {} : { helmPath }),
        ...(retest ? { stateJson: JSON.stringify(NEVER_TESTED) } : {}),
        // What the machine at the old address said of itself, "simulation" for one, holds no more.
        ...(moved ? { subject: null } : {}),
      },
    })
    if (count === 0) throw noSuch('connection', id)
    if (moved && !sealed && (fingerprint !== undefined || before?.fingerprint == null))
      throw tokenAgain()
    if (sealed) await putSealed(tx, tokenEntry(id, sealed, writer))
    const after = await tx.connection.findUniqueOrThrow({ where: { id } })
    if (before && !sealed && sendsTokenElsewhere(trustOf(before), trustOf(after)))
      throw tokenAgain()
    await forgetIdentities(tx, id, {
      others: before !== null && (others !== undefined || moved || caPem !== undefined),
      certificate: moved || fingerprint !== undefined || caPem !== undefined,
      jumpHost: before !== null && before.dialerJson !== after.dialerJson,
    })
    if (before) await auditChange(tx, { before, after, newToken: sealed !== null }, writer)
  })
  return getConnection(db, id)
}

const tokenAgain = () =>
  new Refusal(
    422,
    'connection.token-again',
    'The address is another - the stored token is sent only where it was meant for - enter its secret again.',
    { issues: [{ path: ['tokenSecret'], message: 'enter the secret again' }] },
  )

const trustOf = ({ fingerprint, caPem, othersJson }: ConnectionRow) => ({
  ...{ fingerprint, caPem, others: readOthers(othersJson) },
})

/** Judged with the first address as it will be, so that neither becomes the other unnoticed. */
function othersOf(
  before: ConnectionRow | null,
  { url, others }: Partial<ConnectionRequest>,
): { othersJson?: string } {
  if (!before || (url === undefined && others === undefined)) return {}
  const tidy = tidyOthers(url ?? before.url, others ?? readOthers(before.othersJson))
  return { othersJson: JSON.stringify(tidy) }
}

/** Refuses (422) a text that is no certificate of an authority. */
function mustBeAuthority(caPem: string | null | undefined): void {
  if (caPem === null || caPem === undefined) return
  try {
    if (new X509Certificate(caPem).ca) return
  } catch {
    // Damaged, or something else that is written between such lines: told below.
  }
  throw new Refusal(
    422,
    'connection.no-authority',
    'The text is no certificate of an authority - it cannot be read, or it may not vouch for others - paste /etc/pve/pve-root-ca.pem of the Proxmox, or the one that signed its certificate.',
    { issues: [{ path: ['caPem'], message: 'paste the certificate of an authority' }] },
  )
}

/** What another machine showed says nothing of what is accepted from now on. */
async function forgetIdentities(
  tx: Tx,
  id: string,
  { certificate, others, jumpHost }: { certificate: boolean; others: boolean; jumpHost: boolean },
): Promise<void> {
  const ids = [
    ...(certificate ? [identityId.certificate(id)] : []),
    ...(jumpHost ? [identityId.jumpHost(id)] : []),
  ]
  await tx.identity.deleteMany({
    where: {
      OR: [
        { id: { in: ids } },
        ...(others ? [{ id: { startsWith: identityId.otherCertificate(id, '') } }] : []),
      ],
    },
  })
}

/** Forgets a connection and its token. Refuses (409) while a topology's host names it. */
export async function removeConnection(
  db: Db,
  id: string,
  { actor, now }: Pick<Writer, 'actor' | 'now'>,
): Promise<void> {
  await transact(db, async (tx) => {
    // A write first (client.ts); what the row held before is read under it.
    await tx.connection.updateMany({ where: { id: '' }, data: { name: '' } })
    const before = await tx.connection.findUnique({ where: { id } })
    if (!before) throw noSuch('connection', id)
    await tx.connection.delete({ where: { id } })
    const host = await tx.host.findFirst({ where: { connectionId: id } })
    if (host) {
      throw new Refusal(
        409,
        'connection.in-use',
        `The connection is in use - host "${host.name}" of "${host.topologyId}" is reached by it - choose another there first.`,
      )
    }
    await removeSealed(tx, connectionTokenName(id))
    await forgetIdentities(tx, id, { certificate: true, others: true, jumpHost: true })
    const object = { kind: 'connection', id }
    const note = { action: 'connection.remove', object, before: toAudit(before) } as const
    await appendAudit(tx, actor, note, now)
  })
}

/**
 * What the last test that went through saw of the machines; null if none did since the connection
 * was made or changed.
 */
export async function findInventory(db: Db, id: string): Promise<Inventory | null> {
  const row = await db.connection.findUnique({ where: { id }, select: { stateJson: true } })
  return row ? ((JSON.parse(row.stateJson) as Stored).inventory ?? null) : null
}

/** The state as it is kept: with the inventory, which lists of connections leave out. */
type Stored = ConnectionSummary['state'] & { inventory?: Inventory }

/** Stores what a test read. `subject`: of the certificate that was shown; null if none was. */
export async function recordTest(
  db: Db,
  id: string,
  {
    state,
    subject,
    inventory = null,
  }: {
    state: ConnectionSummary['state']
    subject: string | null
    inventory?: Inventory | null
  },
): Promise<void> {
  await db.connection.updateMany({
    where: { id },
    data: {
      stateJson: JSON.stringify(inventory ? { ...state, inventory } : state),
      ...(subject === null ? {} : { subject }),
    },
  })
}

/** What the lab's process writes when it is up: how it is reached. */
export type LabConnection = {
  url: string
  fingerprint: string
  tokenId: string
  tokenSecret: string
  socks: { host: string; port: number }
  helmPath: string
  /** Of its certificate. */
  subject?: string
}

/** Id of the lab's connection, which blueprints name. */
export const LAB_CONNECTION = 'lab'

/**
 * Makes or refreshes the lab's connection: its ports may be others after a restart. Called again it
 * changes nothing else; a name that a person gave stays.
 */
export async function ensureLabConnection(
  db: Db,
  lab: LabConnection,
  writer: Writer,
): Promise<void> {
  const { url, fingerprint, tokenId, tokenSecret, helmPath } = lab
  const dialer = { kind: 'socks5', ...lab.socks } as const
  const request = { url, fingerprint, tokenId, tokenSecret, helmPath, dialer }
  const held = await db.connection.findUnique({ where: { id: LAB_CONNECTION } })
  const subject = lab.subject ?? 'O=Drawbridge Lab (simulation)'
  if (!held) {
    await insertConnection(db, LAB_CONNECTION, { ...request, name: 'Lab', subject }, writer)
    return
  }
  const same =
    held.url === toOrigin(url) &&
    held.fingerprint === fingerprint &&
    held.tokenId === tokenId &&
    held.helmPath === helmPath &&
    held.dialerJson === JSON.stringify(dialer)
  // The token is sealed anew each time: what was sealed cannot be compared.
  if (same)
    await putSealed(
      db,
      tokenEntry(LAB_CONNECTION, await seal(writer.recipient, tokenSecret), writer),
    )
  else await updateConnection(db, LAB_CONNECTION, request, writer)
  await db.connection.updateMany({ where: { id: LAB_CONNECTION }, data: { subject } })
}

async function insertConnection(
  db: Db,
  id: string,
  request: ConnectionRequest & { tokenSecret: string; subject: string | null },
  writer: Writer,
): Promise<void> {
  const sealed = await seal(writer.recipient, request.tokenSecret)
  await transact(db, async (tx) => {
    const row = await tx.connection.create({
      data: {
        id,
        name: request.name,
        kind: 'proxmox',
        url: toOrigin(request.url),
        tokenId: request.tokenId,
        fingerprint: request.fingerprint ?? null,
        caPem: request.caPem ?? null,
        othersJson: JSON.stringify(tidyOthers(request.url, request.others ?? [])),
        dialerJson: JSON.stringify(request.dialer ?? { kind: 'direct' }),
        helmPath: request.helmPath ?? 'helm',
        createdAt: new Date(writer.now),
        stateJson: JSON.stringify(NEVER_TESTED),
        subject: request.subject,
      },
    })
    await putSealed(tx, tokenEntry(id, sealed, writer))
    const object = { kind: 'connection', id }
    const note = { action: 'connection.create', object, after: toAudit(row) } as const
    await appendAudit(tx, writer.actor, note, writer.now)
  })
}

/** Nothing is written down where nothing differs, as when the form is saved as it was. */
async function auditChange(
  tx: Tx,
  { before, after, newToken }: { before: ConnectionRow; after: ConnectionRow; newToken: boolean },
  { actor, now }: Writer,
): Promise<void> {
  const [was, is] = [toAudit(before), toAudit(after)]
  if (!newToken && JSON.stringify(was) === JSON.stringify(is)) return
  const object = { kind: 'connection', id: after.id }
  const note = newToken ? { note: 'With a new secret of its token.' } : {}
  await appendAudit(
    tx,
    actor,
    { action: 'connection.change', object, before: was, after: is, ...note },
    now,
  )
}

/** What a person set; its token's secret is not in the row. */
const toAudit = (row: ConnectionRow) => ({
  ...{ name: row.name, url: row.url, tokenId: row.tokenId, fingerprint: row.fingerprint },
  authority: row.caPem === null ? null : new X509Certificate(row.caPem).fingerprint256,
  others: readOthers(row.othersJson),
  dialer: JSON.parse(row.dialerJson) as Json,
  helmPath: row.helmPath,
})

const tokenEntry = (id: string, sealed: string, { now, actor }: Writer) => ({
  name: connectionTokenName(id),
  sealed,
  at: now,
  by: actor.name,
})

function stateOf(row: ConnectionRow): ConnectionSummary['state'] {
  const { inventory: _left, ...state } = JSON.parse(row.stateJson) as Stored
  return state
}

function toSummary(row: ConnectionRow): ConnectionSummary {
  return {
    id: row.id,
    name: row.name,
    kind: 'proxmox',
    url: row.url,
    tokenId: row.tokenId,
    lab: SIMULATION.test(row.subject ?? ''),
    fingerprint: row.fingerprint,
    caPem: row.caPem,
    others: readOthers(row.othersJson),
    dialer: JSON.parse(row.dialerJson) as ConnectionSummary['dialer'],
    helmPath: row.helmPath,
    state: stateOf(row),
  }
}

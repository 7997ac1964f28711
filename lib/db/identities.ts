import type { ConnectionIdentity } from '@/lib/api/contract-identity'
import { Refusal } from '@/lib/api/refusal'
import { type IdentityChange, IdentityChangedError, type IdentityKind } from '@/lib/base/identity'
import type { Actor } from './audit'
import { appendAudit } from './audit'
import type { Db, Tx } from './client'
import { pinOther } from './connection-addresses'
import type { Identity as Row } from './generated/client'
import { EVERYTHING, type Sight } from './sight'
import { transact } from './transact'

/** Columns of an identity that nothing is in the way of. */
const WELL = { expected: null, offered: null, offeredKey: null, seenAt: null }

/** Where an identity belongs: to a connection, or to an object of a topology. */
export type IdentityPlace = {
  connectionId?: string
  topologyId?: string
  objectId?: string
}

/** An identity as it is stored; `offered` null: nothing else was shown. */
export type StoredIdentity = {
  name: string
  pinned: string | null
  change: IdentityChange | null
}

/** What is stored under an id of lib/base/identity; null while nothing ever was. */
export async function findIdentity(db: Db | Tx, id: string): Promise<StoredIdentity | null> {
  const row = await db.identity.findUnique({ where: { id } })
  return row ? { name: row.name, pinned: row.pinned, change: changeOf(row) } : null
}

/**
 * A machine that shows yet another identity at each look, as one that was taken over can, is news so
 * often, in milliseconds: it must not fill the disk with the alarm about itself.
 */
const FLICKER_MS = 10 * 60_000

/**
 * Stores that a machine showed another identity, once for each that it shows: the same again changes
 * nothing and keeps since when; one after the other in short order are one piece of news. Answers
 * whether it was news.
 */
export async function recordChange(
  db: Db,
  id: string,
  change: IdentityChange,
  { place, actor, now }: { place: IdentityPlace; actor: Actor; now: number },
): Promise<boolean> {
  const { kind, name, expected, offered, offeredKey = null } = change
  return transact(db, async (tx) => {
    const seen = { name, expected, offered, offeredKey }
    const { count } = await tx.identity.updateMany({
      where: { id, offered, expected },
      data: { name },
    })
    if (count > 0) return false
    const held = await tx.identity.findUnique({ where: { id } })
    const since = held?.offered != null && held.expected === expected ? held.seenAt : null
    if (since !== null && now - since.getTime() < FLICKER_MS) {
      await tx.identity.update({ where: { id }, data: seen })
      return false
    }
    await tx.identity.upsert({
      where: { id },
      create: { id, kind, ...place, ...seen, seenAt: new Date(now) },
      update: { ...seen, seenAt: new Date(now) },
    })
    await appendAudit(
      tx,
      actor,
      {
        action: 'identity.changed',
        outcome: 'refused',
        ...aboutOf({ id, ...place }),
        before: { name, fingerprint: expected },
        after: { name, fingerprint: offered, ...objectsOf({ kind, ...place }) },
      },
      now,
    )
    return true
  })
}

/** The accepted one was shown again: nothing is in the way any more. Answers whether something was. */
export async function clearChange(db: Db | Tx, id: string): Promise<boolean> {
  const { count } = await db.identity.updateMany({
    where: { id, offered: { not: null } },
    data: WELL,
  })
  return count > 0
}

/**
 * A VM shows the key that the panel made for it, though a person had accepted another: a job built it
 * anew. From here on the panel's own key counts again.
 */
export async function repinMade(
  db: Db,
  id: string,
  { actor, now, made }: { actor: Actor; now: number; made: string },
): Promise<void> {
  await transact(db, async (tx) => {
    const { count } = await tx.identity.updateMany({
      where: { id, pinned: { not: null } },
      data: { pinned: null, ...WELL },
    })
    if (count === 0) return
    const row = await tx.identity.findUniqueOrThrow({ where: { id } })
    const about = aboutOf(row)
    const after = { name: row.name, fingerprint: made, ...objectsOf(row) }
    await appendAudit(tx, actor, { action: 'identity.repin', ...about, after }, now)
  })
}

/**
 * A person compared what a machine shows and accepts it: from now on that counts. Refuses (409
 * `identity.other-again`) if it meanwhile shows yet another, 404 if nothing waits, and a cluster's
 * (409 `identity.not-by-hand`), whose own control plane is asked by Deploy.
 */
export async function acceptIdentity(
  db: Db,
  { id, offered }: { id: string; offered: string },
  { actor, now }: { actor: Actor; now: number },
): Promise<ConnectionIdentity> {
  return transact(db, async (tx) => {
    // A write first (client.ts); what is read below stays as it is until the end.
    await tx.identity.updateMany({ where: { id: '' }, data: { name: '' } })
    const row = await tx.identity.findUnique({ where: { id } })
    if (!row) throw nothingWaits(id)
    if (row.offered !== offered) throw otherAgain(row)
    if (row.kind === 'cluster') throw notByHand(row)
    await pin(tx, row, offered)
    await appendAudit(
      tx,
      actor,
      {
        action: 'identity.accept',
        ...aboutOf(row),
        before: { name: row.name, fingerprint: row.expected },
        after: { name: row.name, fingerprint: offered, ...objectsOf(row) },
        note: 'compared on the machine itself',
      },
      now,
    )
    return toAnswer({ ...row, offered: null })
  })
}

async function pin(tx: Tx, row: Row, offered: string): Promise<void> {
  const { id, kind, connectionId } = row
  if (kind === 'certificate' && connectionId !== null && id.includes('@'))
    await pinOther(tx, { id, connectionId }, offered)
  else if (kind === 'certificate')
    await tx.connection.updateMany({
      where: { id: connectionId ?? '' },
      data: { fingerprint: offered },
    })
  if (kind === 'certificate')
    await tx.connection.updateMany({
      where: { id: connectionId ?? '' },
      data: { stateJson: NOT_TESTED_SINCE },
    })
  await tx.identity.update({
    where: { id },
    data: {
      pinned: kind === 'vm' ? row.offeredKey : kind === 'jump-host' ? offered : null,
      ...WELL,
    },
  })
}

const NOT_TESTED_SINCE = JSON.stringify({
  state: 'unknown',
  reason: 'It was not tested since its certificate was accepted.',
  since: null,
})

/** What somebody sees of everything that shows another identity now, the oldest first. */
export async function listChanges(
  db: Db,
  { topologies, connections }: Sight = EVERYTHING,
): Promise<ConnectionIdentity[]> {
  const rows = await db.identity.findMany({
    where: {
      offered: { not: null },
      OR: [
        { topologyId: { not: null, ...topologies } },
        { connectionId: connections === null ? { not: null } : { in: [...connections] } },
      ],
    },
    orderBy: [{ seenAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map(toAnswer)
}

/** Ids of the connections that a topology's hosts name. */
export async function connectionsOf(db: Db | Tx, topologyId: string): Promise<string[]> {
  const hosts = await db.host.findMany({
    where: { topologyId, connectionId: { not: null } },
    select: { connectionId: true },
    distinct: ['connectionId'],
  })
  return hosts.flatMap(({ connectionId }) => connectionId ?? [])
}

/** The change that is in the way of everything on a topology, or null: of its Proxmox or jump host. */
export async function findStranger(
  db: Db | Tx,
  topologyId: string,
): Promise<IdentityChange | null> {
  const row = await db.identity.findFirst({
    where: { offered: { not: null }, connectionId: { in: await connectionsOf(db, topologyId) } },
    orderBy: { seenAt: 'asc' },
  })
  return row ? changeOf(row) : null
}

/** Refuses (409 `identity.changed`) while there is such a change: nothing is queued that has to fail. */
export async function refuseChanged(db: Db | Tx, topologyId: string): Promise<void> {
  const change = await findStranger(db, topologyId)
  if (change === null) return
  const { code, message } = new IdentityChangedError(change)
  throw new Refusal(409, code, message)
}

function changeOf(row: Row): IdentityChange | null {
  if (row.offered === null) return null
  return {
    kind: row.kind as IdentityKind,
    name: row.name,
    expected: row.expected,
    offered: row.offered,
    ...(row.offeredKey === null ? {} : { offeredKey: row.offeredKey }),
  }
}

const toAnswer = (row: Row): ConnectionIdentity => ({
  id: row.id,
  kind: row.kind as IdentityKind,
  connectionId: row.connectionId,
  topologyId: row.topologyId,
  objectId: row.objectId,
  name: row.name,
  expected: row.expected,
  offered: row.offered,
  seenAt: row.seenAt?.getTime() ?? null,
})

const aboutOf = ({ id, topologyId }: { id: string; topologyId?: string | null }) => ({
  object: { kind: 'identity', id },
  topologyId: topologyId ?? null,
})

/** So that the page of the VM or cluster finds the entry. */
const objectsOf = ({
  kind,
  objectId,
}: {
  kind: string
  objectId?: string | null
}): { [key: string]: string[] } =>
  objectId ? { objects: [`${kind === 'vm' ? 'vms' : 'clusters'}/${objectId}`] } : {}

const nothingWaits = (id: string) =>
  new Refusal(
    404,
    'identity.not-found',
    `Nothing waits to be accepted as "${id}" - it was accepted or shows the old one again - reload the page.`,
  )

const otherAgain = ({ name, offered }: Row) =>
  new Refusal(
    409,
    'identity.other-again',
    offered === null
      ? `${name} shows what was accepted - there is nothing to accept - reload the page.`
      : `${name} shows yet another identity now - ${offered} - compare that one before you accept it.`,
  )

const notByHand = ({ name }: Row) =>
  new Refusal(
    409,
    'identity.not-by-hand',
    `The certificate of ${name} is not accepted by hand - its own control plane knows it - Deploy reads it there over SSH.`,
  )

import type { ConnectionSummary, OtherNode } from '@/lib/api/contract'
import { Refusal } from '@/lib/api/refusal'
import { identityId } from '@/lib/base/identity'
import type { Tx } from './client'

/** `https://pve1.lan:8006`: without path and slash. */
export const toOrigin = (url: string): string => new URL(url).origin

/** The other nodes as they are stored. */
export const readOthers = (json: string): OtherNode[] => JSON.parse(json) as OtherNode[]

/** Under what the certificate of another node is kept, beside that of the first. */
export const otherIdentity = (connectionId: string, { url }: Pick<OtherNode, 'url'>): string =>
  identityId.otherCertificate(connectionId, new URL(url).host)

type Trusting = Pick<ConnectionSummary, 'fingerprint' | 'caPem'>

/**
 * What vouches for another node: its own pin, the pasted authority, or the machine's authorities where
 * the first node is held to those too. `nobody`: not before a person has compared its certificate.
 */
export function trustIn(
  { fingerprint, caPem }: Trusting,
  other: OtherNode,
): 'pin' | 'authority' | 'system' | 'nobody' {
  if (other.fingerprint !== null) return 'pin'
  if (caPem !== null) return 'authority'
  return fingerprint === null ? 'system' : 'nobody'
}

/** As they are stored. Refuses (422) one that is there twice or is the first one. */
export function tidyOthers(url: string, others: readonly OtherNode[]): OtherNode[] {
  const tidy = others.map((other) => ({ ...other, url: toOrigin(other.url) }))
  const seen = new Set([toOrigin(url)])
  for (const [index, other] of tidy.entries()) {
    if (!seen.has(other.url)) seen.add(other.url)
    else
      throw new Refusal(
        422,
        'connection.address-twice',
        `${other.url} is there twice - each node is asked once - remove one of them.`,
        { issues: [{ path: ['others', String(index)], message: 'it is there already' }] },
      )
  }
  return tidy
}

type Addresses = Trusting & { others: readonly OtherNode[] }

/**
 * Whether a stored token would be sent where it was not before, on no better grounds than that whoever
 * changed the connection says so. A pin for an address that was listed already is a comparison.
 */
export function sendsTokenElsewhere(before: Addresses, after: Addresses): boolean {
  const held = new Map(before.others.map((other) => [other.url, trustIn(before, other)]))
  return after.others.some((other) => {
    const trust = trustIn(after, other)
    if (trust === 'nobody') return false
    if (trust === 'pin') return !held.has(other.url)
    if (trust === 'authority') return before.caPem !== after.caPem
    return held.get(other.url) !== 'system'
  })
}

/** Stores what a person accepted for another node. */
export async function pinOther(
  tx: Tx,
  { id, connectionId }: { id: string; connectionId: string },
  fingerprint: string,
): Promise<void> {
  const row = await tx.connection.findUnique({ where: { id: connectionId } })
  if (!row) return
  const others = readOthers(row.othersJson).map((other) =>
    otherIdentity(connectionId, other) === id ? { ...other, fingerprint } : other,
  )
  await tx.connection.update({
    where: { id: connectionId },
    data: { othersJson: JSON.stringify(others) },
  })
}

import type { EgressAnswer, OtherAddress } from '@/lib/api/contract-identity'
import { CATALOGUE } from '@/lib/catalogue/catalogue'
import { type Allowed, targetOf } from '@/lib/io/egress'
import type { Json } from '@/lib/topology/change'
import { type Actor, appendAudit } from './audit'
import type { Db } from './client'
import { listConnections } from './connections'
import { findSetting, putSetting } from './settings'
import { transact } from './transact'

/** What an admin added. */
export const EGRESS_KEY = 'egress.allowed'

/**
 * Where charts of the catalogue's repositories and the image of the blueprint really come from: their
 * index or first answer names these. Followed by hand on 24 November 2026.
 */
const BEHIND_THEM: readonly { host: string; by: string }[] = [
  { host: 'github.com', by: 'charts of the add-ons, released on GitHub' },
  { host: 'objects.githubusercontent.com', by: 'charts of the add-ons, released on GitHub' },
  { host: 'release-assets.githubusercontent.com', by: 'charts of the add-ons, released on GitHub' },
  { host: 'raw.githubusercontent.com', by: 'charts of the add-ons, released on GitHub' },
  { host: 'cloud-images.ubuntu.com', by: 'images of the templates' },
  { host: 'cloud.debian.org', by: 'images of the templates' },
]

/** Everything that the provisioner may connect to beside the guests of a topology. */
export async function listAllowed(db: Db): Promise<Allowed[]> {
  const [connections, other] = [await listConnections(db), await readOther(db)]
  const typed = connections.flatMap(({ name, url, others, dialer }) => {
    const by = `connection ${name}`
    const way =
      dialer.kind === 'direct'
        ? []
        : [{ host: dialer.host, port: dialer.port, reach: 'private' as const, by }]
    const nodes = [url, ...others.map((other) => other.url)]
    return [...nodes.map((each) => ({ ...targetOf(each), reach: 'private' as const, by })), ...way]
  })
  const added = other.map(
    ({ host, port, note }): Allowed => ({
      ...{ host, port, reach: 'private' },
      by: note === '' ? 'an admin' : `an admin (${note})`,
    }),
  )
  return [...typed, ...BUILT_IN, ...added]
}

const BUILT_IN: readonly Allowed[] = [
  ...CATALOGUE.map(({ name, chart }) => ({
    ...targetOf(chart.repo),
    ...{ reach: 'public' as const, by: `the add-on ${name}` },
  })),
  ...BEHIND_THEM.map(({ host, by }) => ({ host, port: 443, reach: 'public' as const, by })),
]

const readOther = async (db: Db): Promise<OtherAddress[]> =>
  (await findSetting<OtherAddress[]>(db, EGRESS_KEY)) ?? []

/** What is allowed: what was typed under Other addresses, and what follows from the rest. */
export async function readEgress(db: Db): Promise<EgressAnswer> {
  const [all, other] = [await listAllowed(db), await readOther(db)]
  const known = all.slice(0, all.length - other.length)
  const seen = new Set<string>()
  return {
    other,
    known: known
      .filter(({ host, port }) => !seen.has(`${host}:${port}`) && seen.add(`${host}:${port}`))
      .map(({ host, port, by }) => ({ host, port, by })),
  }
}

/** Replaces what an admin added; it counts at the next connection. */
export async function putEgress(
  db: Db,
  other: readonly OtherAddress[],
  { actor, now }: { actor: Actor; now: number },
): Promise<EgressAnswer> {
  const tidy = other.map(({ host, port, note }) => ({ host: host.toLowerCase(), port, note }))
  await transact(db, async (tx) => {
    // A write first (client.ts); what was there before is read under it.
    await tx.setting.updateMany({ where: { key: '' }, data: { json: '' } })
    const before = (await findSetting<OtherAddress[]>(tx, EGRESS_KEY)) ?? []
    await putSetting(tx, EGRESS_KEY, tidy)
    const shown = (list: readonly OtherAddress[]): Json => ({
      addresses: list.map(({ host, port }) => `${host}:${port ?? '*'}`),
    })
    const object = { kind: 'setting', id: EGRESS_KEY }
    const change = { before: shown(before), after: shown(tidy) }
    await appendAudit(tx, actor, { action: 'egress.change', object, ...change }, now)
  })
  return readEgress(db)
}

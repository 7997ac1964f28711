import type { DocumentSecret, SecretSummary, SecretUser } from '@/lib/api/contract-secrets'
import { pages } from '@/lib/api/paths'
import { parseMarker } from '@/lib/plan/marker'
import type { Observed } from '@/lib/plan/observed'
import { documentSecretName, type NamedSecret, readSecretName } from '@/lib/plan/secret-names'
import { documentSecretUses, type SecretUse } from '@/lib/plan/secret-uses'
import { secretTitle, whyNotSet } from '@/lib/plan/secret-words'
import type { Topology } from '@/lib/topology/topology'
import type { Db, Tx } from './client'
import { findObserved } from './observations'
import { readTopology } from './parsed'
import { findRevision } from './revisions'
import { type ListedSecret, listSealed } from './secrets'

/** Account name under which the provisioner writes down what it made. */
export const MADE_BY = 'provisioner'

/** What of one topology needs secrets: the head, what was deployed last, what was seen. */
type Needs = {
  name: string
  head: Topology
  applied: Topology | null
  observed: Observed | null
  uses: SecretUse[]
}

type World = {
  connections: Map<string, string>
  topologies: Map<string, Needs>
}

/** Every sealed secret in words, with what uses it and what may be done with it. */
export async function listSecrets(db: Db): Promise<SecretSummary[]> {
  const secrets = await listSealed(db)
  const world = await readWorld(db, secrets)
  return secrets.map((secret) => toSummary(secret, world))
}

/** One of them; null if there is none. */
export async function findSecretSummary(db: Db | Tx, name: string): Promise<SecretSummary | null> {
  const secret = (await listSealed(db, name)).find((each) => each.name === name)
  return secret ? toSummary(secret, await readWorld(db, [secret])) : null
}

function toSummary(secret: ListedSecret, world: World): SecretSummary {
  const { name } = secret
  const named = readSecretName(name)
  const topologyId = 'topologyId' in named ? named.topologyId : null
  const users = usersOf(named, world)
  return {
    ...secret,
    kind: named.kind,
    title: secretTitle(named, name, (id) => world.connections.get(id) ?? id),
    topologyId,
    users,
    whyNotSet: whyNotSet(named),
    whyNotRemove: whyNotRemove(named, users),
  }
}

function whyNotRemove(named: NamedSecret, users: readonly SecretUser[]): string | null {
  if (named.kind === 'other')
    return 'It belongs to the panel’s own settings; remove what it is for there.'
  if (users.length === 0) return null
  const [first, ...more] = users
  const others = more.length > 0 ? ` and ${more.length} more` : ''
  return `It is in use by ${first?.label}${others}; take it out there first.`
}

function usersOf(named: NamedSecret, world: World): SecretUser[] {
  if (named.kind === 'other') return []
  if ('connection' in named) {
    const { connection } = named
    const name = world.connections.get(connection)
    return name === undefined
      ? []
      : [{ label: `the connection ${name}`, href: pages.connections() }]
  }
  const needs = world.topologies.get(named.topologyId)
  return needs ? usersIn(named, needs) : []
}

type OfTopology = Extract<NamedSecret, { topologyId: string }>

function usersIn(named: OfTopology, { name, head, applied, observed, uses }: Needs): SecretUser[] {
  const { topologyId } = named
  switch (named.kind) {
    case 'user-key':
      return [{ label: `every VM of ${name}`, href: pages.machines(topologyId) }]
    case 'host-key': {
      const { vm } = named
      const drawn = head.vms?.[vm] ?? applied?.vms?.[vm]
      if (!drawn && !isSeen(observed, topologyId, vm)) return []
      return [{ label: `the VM ${drawn?.name ?? vm}`, href: pages.vm(topologyId, vm) }]
    }
    case 'k3s-token':
    case 'kubeconfig': {
      const { cluster } = named
      const drawn = head.clusters?.[cluster] ?? applied?.clusters?.[cluster]
      const seen = observed?.clusters[cluster]
      if (!drawn && (seen === undefined || seen.state === 'absent')) return []
      return [{ label: `the cluster ${drawn?.name ?? cluster}`, href: pages.cluster(topologyId) }]
    }
    case 'document':
      return uses
        .filter(({ secret }) => secret === named.secret)
        .map(({ label, path }) => ({ label, href: hrefOf(topologyId, path) }))
  }
}

const hrefOf = (topologyId: string, path: readonly string[]): string =>
  path[0] === 'clusters' && path[2] === 'addOns'
    ? pages.addOns(topologyId)
    : pages.design(topologyId)

/** A machine that left the document may still run, and still answers with its key. */
const isSeen = (observed: Observed | null, topologyId: string, vm: string): boolean =>
  Object.values(observed?.hosts ?? {}).some(
    (host) =>
      host.state === 'known' &&
      host.value.guests.some(({ marker }) => {
        const read = parseMarker(marker)
        return read?.topologyId === topologyId && read.kind === 'vms' && read.id === vm
      }),
  )

async function readWorld(db: Db | Tx, secrets: readonly ListedSecret[]): Promise<World> {
  const rows = await db.connection.findMany({ select: { id: true, name: true } })
  const named = secrets.map(({ name }) => readSecretName(name))
  const ids = new Set(named.flatMap((each) => ('topologyId' in each ? each.topologyId : [])))
  const topologies = await db.topology.findMany({ where: { id: { in: [...ids] } } })
  const needs = await Promise.all(
    topologies.map(async ({ id, name, appliedRevision }): Promise<[string, Needs]> => {
      const head = await readRevision(db, id)
      const applied = appliedRevision === null ? null : await readRevision(db, id, appliedRevision)
      const observed = await findObserved(db, id)
      return [id, { name, head, applied, observed, uses: documentSecretUses(head) }]
    }),
  )
  return {
    connections: new Map(rows.map(({ id, name }) => [id, name])),
    topologies: new Map(needs),
  }
}

async function readRevision(db: Db | Tx, topologyId: string, number?: number): Promise<Topology> {
  const { hash, text } = await findRevision(db, topologyId, number)
  return readTopology(hash, text)
}

/** Versions of a topology's document secrets by name: what a plan's hashes and refusals go by. */
export async function readSecretVersions(
  db: Db | Tx,
  topologyId: string,
): Promise<Record<string, number>> {
  const prefix = documentSecretName(topologyId, '')
  const secrets = await listSealed(db, prefix)
  return Object.fromEntries(
    secrets.map(({ name, version }) => [name.slice(prefix.length), version]),
  )
}

/** The secrets that a topology's head uses, and those that have a value, by name. Refuses an unknown one (404). */
export async function listDocumentSecrets(db: Db, topologyId: string): Promise<DocumentSecret[]> {
  const uses = documentSecretUses(await readRevision(db, topologyId))
  const prefix = documentSecretName(topologyId, '')
  const sealed = new Map(
    (await listSealed(db, prefix)).map((each) => [each.name.slice(prefix.length), each]),
  )
  const names = [...new Set([...uses.map(({ secret }) => secret), ...sealed.keys()])].toSorted()
  return names.map((secret) => {
    const mine = uses.filter((use) => use.secret === secret)
    const held = sealed.get(secret)
    const given = mine.some((use) => use.given)
    return {
      secret,
      uses: mine.map(({ path, label }) => ({ path: [...path], label })),
      state: held ? (held.by === MADE_BY ? 'made' : 'set') : given ? 'missing' : 'waits',
      at: held?.at ?? null,
      by: held?.by ?? null,
      version: held?.version ?? null,
    }
  })
}

import { nearest } from '../parse/nearest'
import type { Problem } from '../problem'
import { eachReferral, KINDS_OF, type Referral } from '../references'
import type { Host, Kind } from '../topology'
import { blocker, fixTo, warning } from './rule'
import type { Survey } from './survey'

/** `reference.unknown`: a field names an object that is not there. */
export function referencesExist({ topology, vmById }: Survey): Problem[] {
  const of = (kinds: readonly Kind[]) =>
    Object.assign({}, ...kinds.map((kind) => topology[kind])) as Record<string, unknown>
  const several = new Map(Object.entries(KINDS_OF).map(([to, kinds]) => [to, of(kinds)]))
  const hostOf = ([kind, id = '']: readonly string[]): Host | undefined =>
    kind === 'unmanaged'
      ? topology.hosts?.[topology.unmanaged?.[id]?.host ?? '']
      : (vmById.get(id)?.host ?? undefined)
  /** Ids that a referral may name; null for what the document does not hold. */
  const known = ({ to, path }: Referral): Readonly<Record<string, unknown>> | null => {
    if (to === 'connections') return null
    if (isOfHost(to)) {
      const host = hostOf(path)
      if (!host) return null
      // A host whose storages are not written may have any.
      return host[to] ?? (to === 'storages' ? null : {})
    }
    return several.get(to) ?? topology[to as Kind] ?? {}
  }
  const problems: Problem[] = []
  eachReferral(topology, (referral) => {
    const ids = known(referral)
    if (ids === null || Object.hasOwn(ids, referral.id)) return
    const path = [...referral.path]
    const some = Object.keys(ids).filter((id) => mayBe(path, topology.hosts?.[id]))
    problems.push(unknown({ ...referral, path }, some))
  })
  return problems
}

/** VMs are made on Proxmox alone. */
const mayBe = ([kind, , field]: readonly string[], host: Host | undefined): boolean =>
  kind !== 'vms' || field !== 'host' || host?.role === 'proxmox'

type OfHost = 'storages' | 'gpus' | 'devices'
const isOfHost = (to: Referral['to']): to is OfHost =>
  to === 'storages' || to === 'gpus' || to === 'devices'

const NOUN: Record<Referral['to'], string> = {
  sites: 'site',
  hosts: 'host',
  ups: 'UPS',
  switches: 'switch',
  routers: 'router',
  networks: 'network',
  pools: 'pool',
  sizes: 'size',
  templates: 'template',
  vms: 'VM',
  clusters: 'cluster',
  services: 'service',
  storages: 'storage of its host',
  gpus: 'GPU of its host',
  devices: 'device of its host',
  connections: 'connection',
  machines: 'host, router or switch',
  servers: 'router, host, VM, unmanaged guest or service',
  places: 'host, VM, unmanaged guest or cluster',
}

const NEEDED: ReadonlySet<string> = new Set(['host', 'template', 'size'])

function unknown({ path, to, id, required, listed }: Referral, ids: string[]): Problem {
  const near = nearest(id, ids)
  const what = `${path.join('.')} names ${id}, and there is no such ${NOUN[to]}`
  const hint = near ? `Write ${near}?` : `Known: ${ids.slice(0, 8).join(', ') || 'none'}.`
  // What a VM cannot be without is not cleared: the next rule would ask for it.
  const needed = required || (path.length === 3 && path[0] === 'vms' && NEEDED.has(path[2]!))
  const [only] = ids.length === 1 ? ids : []
  const other = near ?? (needed ? only : undefined)
  const fix = listed
    ? null
    : other !== undefined
      ? fixTo(`Use ${other}`, { path, from: id, to: other })
      : needed
        ? null
        : fixTo(`Clear ${path.at(-1)}`, { path, from: id })
  return blocker('reference.unknown', path, `${what} - ${hint}`, fix)
}

/** `host.unknown-part`, `storage.spare-disks`: a disk or port by a name that the host does not have, where it has any; more disks that may die than there are. */
export function hostPartsExist({ hosts }: Survey): Problem[] {
  return hosts.flatMap(([id, host]) => {
    const named = [
      ...Object.entries(host.storages ?? {}).map(([storage, { disk }]) => ({
        path: ['hosts', id, 'storages', storage, 'disk'],
        name: disk,
        known: host.disks,
        noun: 'disk',
      })),
      ...Object.entries(host.bridges ?? {}).map(([bridge, { nic }]) => ({
        path: ['hosts', id, 'bridges', bridge, 'nic'],
        name: nic,
        known: host.nics,
        noun: 'port',
      })),
    ]
    const spare = Object.entries(host.storages ?? {}).flatMap(([storage, each]) => {
      const disks = 1 + (each.moreDisks?.length ?? 0)
      if (each.spareDisks === undefined || each.spareDisks < disks) return []
      const path = ['hosts', id, 'storages', storage, 'spareDisks']
      return [
        warning(
          'storage.spare-disks',
          path,
          `Storage ${storage} of ${id} lies on ${disks} ${disks === 1 ? 'disk' : 'disks'} and ${each.spareDisks} may die - one has to be left. Write ${disks - 1}, or the other disks.`,
          fixTo(`Write ${disks - 1}`, { path, from: each.spareDisks, to: disks - 1 }),
        ),
      ]
    })
    return [
      ...spare,
      ...named.flatMap(({ path, name, known, noun }) => {
        if (name === undefined || !known || Object.hasOwn(known, name)) return []
        const ids = Object.keys(known)
        const near = nearest(name, ids)
        return [
          warning(
            'host.unknown-part',
            path,
            `${path.slice(2).join('.')} of ${id} names ${noun} ${name}, and ${id} has ${ids.join(', ') || 'none'} - what fails together, and how fast it is, is reckoned without it. ${near ? `Write ${near}?` : `Write the ${noun}, or correct the name.`}`,
            near ? fixTo(`Use ${near}`, { path, from: name, to: near }) : null,
          ),
        ]
      }),
    ]
  })
}

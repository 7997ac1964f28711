import { nearest } from '../parse/nearest'
import type { Problem } from '../problem'
import { eachReferral, type Referral } from '../references'
import { blocker, fixTo } from './rule'
import type { Survey } from './survey'

/** `reference.unknown`: a field names an object that is not there. */
export function referencesExist({ topology, vmById }: Survey): Problem[] {
  const machines = { ...topology.hosts, ...topology.routers, ...topology.switches }
  /** Ids that a referral may name; null for what the document does not hold. */
  const known = ({ to, path }: Referral): Readonly<Record<string, unknown>> | null => {
    if (to === 'connections') return null
    if (to === 'machines') return machines
    if (to !== 'storages' && to !== 'gpus') return topology[to] ?? {}
    const host = vmById.get(path[1]!)?.host
    if (!host) return null
    const things = host[to]
    // A host whose storages are not written may have any.
    return to === 'storages' ? (things ?? null) : (things ?? {})
  }
  const problems: Problem[] = []
  eachReferral(topology, (referral) => {
    const ids = known(referral)
    if (ids === null || Object.hasOwn(ids, referral.id)) return
    problems.push(unknown({ ...referral, path: [...referral.path] }, Object.keys(ids)))
  })
  return problems
}

const NOUN: Record<Referral['to'], string> = {
  hosts: 'host',
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
  connections: 'connection',
  machines: 'host, router or switch',
}

function unknown({ path, to, id, required, listed }: Referral, ids: string[]): Problem {
  const near = nearest(id, ids)
  const what = `${path.join('.')} names ${id}, and there is no such ${NOUN[to]}`
  const hint = near ? `Write ${near}?` : `Known: ${ids.slice(0, 8).join(', ') || 'none'}.`
  const fix = listed
    ? null
    : near
      ? fixTo(`Use ${near}`, { path, from: id, to: near })
      : required
        ? null
        : fixTo(`Clear ${path.at(-1)}`, { path, from: id })
  return blocker('reference.unknown', path, `${what} - ${hint}`, fix)
}

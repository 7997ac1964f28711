import type { State } from '@/components/ui/state-mark'
import { CATALOGUE, findEntry, findPin } from '@/lib/catalogue/catalogue'
import type { CatalogueEntry } from '@/lib/catalogue/entry'
import { type ChosenAddOn, chooseAddOns, type UnplannedAddOn } from '@/lib/catalogue/order'
import type { ObservedCluster, Seen } from '@/lib/plan/observed'
import type { Cluster, Topology } from '@/lib/topology/topology'

type Release = ObservedCluster['releases'][string]
type Pod = ObservedCluster['unwellPods'][number]

/** One add-on of a cluster, as drawn and as seen. */
export type AddOnRow = {
  /** Id in the document; a release that is not ours has `namespace/name`. */
  id: string
  name: string
  about: string | null
  category: string | null
  /** How it stands to the drawing. */
  belongs: 'on' | 'off' | 'left' | 'not-ours'
  shown: { state: State; word: string; reason: string | null }
  /** Chart versions. */
  wantedVersion: string | null
  seenVersion: string | null
  revision: number | null
  /** Its namespace, as drawn or as seen. */
  namespace: string | null
  pods: readonly Pod[]
  ended: CatalogueEntry['ended'] | null
  chosen: ChosenAddOn | null
}

/**
 * What the drawing wants in the order in which it is installed, then what it has switched off, then
 * releases that it no longer has or that nobody here made.
 */
export function addOnRows(
  topology: Topology,
  clusterId: string,
  seen: Seen<ObservedCluster> | undefined,
): AddOnRow[] {
  const cluster = topology.clusters?.[clusterId]
  if (!cluster) return []
  const left = new Map(seen?.state === 'known' ? Object.entries(seen.value.releases) : [])
  const { chosen, unplanned } = chooseAddOns(topology, clusterId)
  const take = (id: string, key: string | null): Release | null => {
    const found = [...left].find(([name, release]) => release.addOn === id || name === key)
    if (found) left.delete(found[0])
    return found?.[1] ?? null
  }
  const on = chosen.map((each) =>
    wantedRow(each, take(each.id, `${each.namespace}/${each.release}`), seen),
  )
  const refused = unplanned.map((each) => refusedRow(each, take(each.id, null)))
  const off = Object.entries(cluster.addOns ?? {})
    .filter(([, { enabled }]) => enabled === false)
    .map(([id]) => offRow(id, take(id, null), seen))
  const others = [...left].map(([key, release]) => strangerRow(key, release))
  return [...on, ...refused, ...off, ...others]
}

function base(id: string, release: Release | null): Omit<AddOnRow, 'belongs' | 'shown'> {
  const entry = findEntry(id)
  return {
    id,
    name: entry?.name ?? id,
    about: entry?.about ?? null,
    category: entry?.category ?? null,
    wantedVersion: null,
    seenVersion: release?.version ?? null,
    revision: release?.revision ?? null,
    namespace: entry?.namespace ?? null,
    pods: [],
    ended: entry?.ended ?? null,
    chosen: null,
  }
}

function wantedRow(
  chosen: ChosenAddOn,
  release: Release | null,
  seen: Seen<ObservedCluster> | undefined,
): AddOnRow {
  const pods =
    seen?.state === 'known'
      ? seen.value.unwellPods.filter(({ namespace }) => namespace === chosen.namespace)
      : []
  return {
    ...base(chosen.id, release),
    belongs: 'on',
    wantedVersion: chosen.version,
    namespace: chosen.namespace,
    pods,
    chosen,
    shown: unseen(seen) ?? shownRelease(chosen, release, pods),
  }
}

function unseen(seen: Seen<ObservedCluster> | undefined): AddOnRow['shown'] | null {
  if (!seen) return { state: 'unknown', word: 'unknown', reason: 'The cluster was not looked at.' }
  return seen.state === 'unknown'
    ? { state: 'unknown', word: 'unknown', reason: seen.reason }
    : null
}

/** What a release is, as the drawing wants it; what is worst comes first. */
function shownRelease(
  { version, valuesHash }: ChosenAddOn,
  release: Release | null,
  pods: readonly Pod[],
): AddOnRow['shown'] {
  if (!release) return { state: 'hold', word: 'not installed', reason: 'A deploy installs it.' }
  if (release.status.startsWith('pending') || release.status === 'uninstalling') {
    return { state: 'work', word: release.status, reason: 'Helm is at it, or was stopped at it.' }
  }
  if (release.status !== 'deployed') {
    return { state: 'fail', word: release.status, reason: 'Its deploy job says why.' }
  }
  const [pod] = pods
  if (pod) {
    const others = pods.length === 1 ? '' : `, and ${pods.length - 1} more`
    return { state: 'warn', word: 'pods not well', reason: `${pod.name}: ${pod.reason}${others}` }
  }
  if (release.version !== version) {
    return { state: 'warn', word: 'other version', reason: `A deploy brings ${version}.` }
  }
  if (release.valuesHash === null) {
    return { state: 'warn', word: 'not ours', reason: 'Somebody else installed it.' }
  }
  if (release.valuesHash !== valuesHash) {
    return { state: 'warn', word: 'other values', reason: 'A deploy brings those of the drawing.' }
  }
  return { state: 'ok', word: 'well', reason: null }
}

const refusedRow = ({ id, message }: UnplannedAddOn, release: Release | null): AddOnRow => ({
  ...base(id, release),
  belongs: 'on',
  shown: { state: 'fail', word: 'cannot be had', reason: message },
})

const offRow = (
  id: string,
  release: Release | null,
  seen: Seen<ObservedCluster> | undefined,
): AddOnRow => ({
  ...base(id, release),
  belongs: 'off',
  shown:
    unseen(seen) ??
    (release
      ? { state: 'warn', word: 'still installed', reason: 'It is switched off in the drawing.' }
      : { state: 'hold', word: 'off', reason: 'It is switched off in the drawing.' }),
})

function strangerRow(key: string, release: Release): AddOnRow {
  const ours = release.addOn !== null
  const entry = ours ? base(release.addOn ?? key, release) : base(key, release)
  return {
    ...entry,
    ...{ id: key, name: ours ? entry.name : (key.split('/')[1] ?? key) },
    namespace: key.split('/')[0] ?? null,
    belongs: ours ? 'left' : 'not-ours',
    shown: ours
      ? { state: 'warn', word: 'still installed', reason: 'It is not in the drawing any more.' }
      : { state: 'hold', word: release.status, reason: 'Not from this panel; left alone.' },
  }
}

/** Of the catalogue, what a cluster does not have yet, with the version that it would get. */
export function available(
  cluster: Cluster,
): { entry: CatalogueEntry; version: string | null; whyNot: string | null }[] {
  return CATALOGUE.filter(({ id }) => id !== 'calico' && !cluster.addOns?.[id]).map((entry) => {
    const pin = findPin(entry, cluster.kubernetes)
    return {
      entry,
      version: pin?.version ?? null,
      whyNot: pin ? null : `No version in the catalogue was made for ${cluster.kubernetes}.`,
    }
  })
}

/** The sentence that the page opens with. The network is listed, but counted as part of the cluster. */
export function addOnsShown(rows: readonly AddOnRow[]): { state: State; sentence: string } {
  const wanted = rows.filter(({ belongs, id }) => belongs === 'on' && id !== 'calico')
  const of = (state: State) => rows.filter(({ shown }) => shown.state === state)
  const well = wanted.filter(({ shown }) => shown.state === 'ok').length
  const names = (list: readonly AddOnRow[]) => list.map(({ name }) => name).join(', ')
  const counts = `${well} of ${wanted.length} add-ons are well`
  if (of('fail').length > 0)
    return { state: 'fail', sentence: `${counts}; failed: ${names(of('fail'))}.` }
  if (of('unknown').length > 0)
    return { state: 'unknown', sentence: 'How the add-ons are is not known.' }
  if (of('warn').length > 0)
    return { state: 'warn', sentence: `${counts}; look at ${names(of('warn'))}.` }
  if (of('work').length > 0)
    return { state: 'work', sentence: `${counts}; being changed: ${names(of('work'))}.` }
  if (well === 0) return { state: 'hold', sentence: 'None of the drawn add-ons is installed yet.' }
  return of('hold').every(({ belongs }) => belongs !== 'on')
    ? { state: 'ok', sentence: `All ${well} add-ons are installed and well.` }
    : { state: 'hold', sentence: `${counts}; the others wait for a deploy.` }
}

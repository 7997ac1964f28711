import { canonicalHash } from '@/lib/base/canonical-hash'
import { sortByNeeds } from '@/lib/dag/dag'
import type { Topology, Values } from '@/lib/topology/topology'
import { findEntry, findPin } from './catalogue'
import { addOnContext } from './context'
import type { AddOnContext, CatalogueEntry, Manifest, Pin } from './entry'
import { pinSecrets, type SecretVersions } from './secret-pins'
import { mergeValues } from './values'

/** One add-on of a cluster, ready to be planned: what to install, with what, after what. */
export type ChosenAddOn = {
  id: string
  entry: CatalogueEntry
  pin: Pin
  /** Chart version: the document's, else the pin's. */
  version: string
  namespace: string
  release: string
  values: Values
  /** Of `values` with the versions of their secrets, without what these are. */
  valuesHash: string
  before: Manifest[]
  afterwards: Manifest[]
  /** Ids of chosen add-ons that come first. */
  needs: string[]
  context: AddOnContext
}

/** Why an add-on of the document cannot be planned. */
export type UnplannedAddOn = {
  id: string
  code: 'addon.unknown' | 'addon.no-version'
  message: string
}

/**
 * The add-ons of a cluster in an order that works, the network (`calico`) first; and those that
 * cannot be had, each with the reason. k3s without `cni` has no network to install. `versions` of the document's secrets go into the hashes.
 */
export function chooseAddOns(
  topology: Topology,
  clusterId: string,
  versions: SecretVersions = {},
): { chosen: ChosenAddOn[]; unplanned: UnplannedAddOn[] } {
  const cluster = topology.clusters?.[clusterId]
  if (!cluster) return { chosen: [], unplanned: [] }
  const ids = Object.entries(cluster.addOns ?? {})
    .filter(([, addOn]) => addOn.enabled !== false)
    .map(([id]) => id)
  // k3s brings a network of its own unless the document draws one.
  const network = cluster.distribution === 'k3s' && !cluster.cni ? [] : ['calico']
  const wanted = [...network, ...ids.filter((id) => id !== 'calico')]
  const unplanned: UnplannedAddOn[] = []
  const chosen: ChosenAddOn[] = []
  for (const id of wanted) {
    const found = choose(topology, clusterId, id, versions)
    if ('code' in found) unplanned.push(found)
    else chosen.push(found)
  }
  const there = new Set(chosen.map((each) => each.id))
  const nodes = chosen.map((each) => ({ ...each, needs: each.needs.filter((id) => there.has(id)) }))
  return { chosen: sortByNeeds(nodes), unplanned }
}

function choose(
  topology: Topology,
  clusterId: string,
  id: string,
  versions: SecretVersions,
): ChosenAddOn | UnplannedAddOn {
  const entry = findEntry(id)
  if (!entry) {
    return {
      id,
      code: 'addon.unknown',
      message: `The catalogue has no add-on "${id}". Remove it from the cluster, or write a known id.`,
    }
  }
  const context = addOnContext(topology, clusterId, id)
  const pin = findPin(entry, context.cluster.kubernetes)
  const asked = id === 'calico' ? context.cluster.cni?.version : context.addOn.version
  if (!pin && asked === undefined) {
    return {
      id,
      code: 'addon.no-version',
      message: `No version of ${entry.name} in the catalogue was made for Kubernetes ${context.cluster.kubernetes}. Write a chart version for it, or change the cluster's version.`,
    }
  }
  const values = mergeValues(entry.values(context), context.addOn.values ?? {})
  return {
    id,
    entry,
    pin: pin ?? (entry.pins[0] as Pin),
    version: asked ?? (pin as Pin).version,
    namespace: context.addOn.namespace ?? entry.namespace,
    release: entry.release,
    values,
    valuesHash: canonicalHash(pinSecrets(values, versions)),
    before: entry.before?.(context) ?? [],
    afterwards: entry.afterwards?.(context) ?? [],
    needs: id === 'calico' ? [] : ['calico', ...entry.needs, ...entry.after],
    context,
  }
}

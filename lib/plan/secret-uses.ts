import type { ChosenAddOn } from '@/lib/catalogue/order'
import { chooseAddOns } from '@/lib/catalogue/order'
import { isSecretRef, secretNames } from '@/lib/catalogue/values'
import type { Topology } from '@/lib/topology/topology'

/** A place that needs a secret of the document. */
export type SecretUse = {
  /** As in `!secret name`. */
  secret: string
  /** Path into the document: of the reference itself, or of the add-on that brings it along. */
  path: readonly string[]
  /** `Longhorn of dark-knight`, `clusters.k8s.addOns.x.values.password`. */
  label: string
  /** Only a person can know it; another one is made when it is first needed. */
  given: boolean
}

/**
 * Every place of the head document that needs a secret: references that somebody wrote, which a
 * person has to give a value, and those that an add-on of the catalogue brings along.
 */
export function documentSecretUses(topology: Topology): SecretUse[] {
  const written = writtenUses(topology, []).filter(({ path }) => !isOff(topology, path))
  const brought = Object.keys(topology.clusters ?? {}).flatMap((clusterId) => {
    const cluster = topology.clusters?.[clusterId]?.name ?? clusterId
    return chooseAddOns(topology, clusterId).chosen.flatMap((addOn) =>
      broughtNames(addOn).map((secret) => ({
        secret,
        path: ['clusters', clusterId, 'addOns', addOn.id],
        label: `${addOn.entry.name} of ${cluster}`,
        given: addOn.entry.given?.includes(secret) ?? false,
      })),
    )
  })
  const made = new Set(brought.filter(({ given }) => !given).map(({ secret }) => secret))
  // One that an add-on makes may be named again by hand, so that another thing knows it too.
  return [...brought, ...written.map((use) => ({ ...use, given: !made.has(use.secret) }))]
}

/** Whether the place is in an add-on that is switched off. */
const isOff = ({ clusters }: Topology, [kind, id = '', , addOn = '']: readonly string[]): boolean =>
  kind === 'clusters' && clusters?.[id]?.addOns?.[addOn]?.enabled === false

/** Its own, not those that the document's values name: these are told where they stand. */
const broughtNames = ({ entry, context, before, afterwards }: ChosenAddOn): string[] =>
  secretNames([entry.values(context), before, afterwards])

function writtenUses(node: unknown, path: readonly string[]): SecretUse[] {
  if (isSecretRef(node)) {
    const { $secret: secret } = node
    return [{ secret, path, label: path.join('.'), given: true }]
  }
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) => writtenUses(value, [...path, key]))
}

/** The uses whose secret only a person can know and has no value, by `versions` of what is stored. */
export const missingSecrets = (
  topology: Topology,
  versions: Readonly<Record<string, number>>,
): SecretUse[] =>
  documentSecretUses(topology).filter(
    ({ secret, given }) => given && !Object.hasOwn(versions, secret),
  )

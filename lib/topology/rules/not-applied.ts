import type { Json } from '../change'
import { atPath } from '../json'
import type { Problem } from '../problem'
import { listed, note } from './rule'
import type { Survey } from './survey'

/** A field that the document holds and no step brings about. */
export type NotApplied = {
  /** Section of the document. */
  kind: 'hosts' | 'networks' | 'sites' | 'vms' | 'clusters' | 'switches'
  /** Path below the object; empty for the object itself. */
  at: readonly string[]
  /** What it would be, in words. */
  what: string
  /** What the code that applied it would read, so that a test notices when it does. */
  probe: string
  /** Clusters of this distribution have it: only kubeadm's have not. */
  except?: 'k3s'
}

const row = (
  kind: NotApplied['kind'],
  at: string,
  what: string,
  probe = `\\.${at.split('.').at(-1)}\\b`,
): NotApplied => ({ kind, at: at === '' ? [] : at.split('.'), what, probe })

/**
 * What this version draws, checks and counts, and does not bring about: nothing in the plan makes
 * it. A row goes when a step does; `not-applied.test.ts` looks for its probe in the plan's sources.
 */
export const NOT_APPLIED: readonly NotApplied[] = [
  row('networks', 'ipv6', 'IPv6'),
  row('networks', 'ntp', 'time servers of its own', 'network\\w*\\.ntp\\b'),
  row('switches', 'portMap', 'the networks of its ports'),
  row('sites', 'wireguard', 'the tunnel'),
  row('vms', 'ha', 'high availability'),
  row('vms', 'backup', 'backups'),
  row(
    'clusters',
    'endpoint.floating',
    "what moves the endpoint's address",
    'keepalived\\.conf|kube-vip:',
  ),
  row('clusters', 'containerd', 'a containerd of its own', 'cluster\\.containerd\\b'),
  row('clusters', 'podSecurity', 'the Pod Security default', 'cluster\\.podSecurity\\b'),
  { ...row('clusters', 'audit', "the API server's audit log"), except: 'k3s' },
  { ...row('clusters', 'encryptSecrets', 'encryption of Secrets in etcd'), except: 'k3s' },
  row('clusters', 'networkPolicy', 'the default network policy'),
  row('clusters', 'people', 'accounts of people'),
  { ...row('clusters', 'registries', 'registry mirrors', '[{.] ?registries\\b'), except: 'k3s' },
  { ...row('clusters', 'cas', 'further authorities'), except: 'k3s' },
  row('clusters', 'charts', 'charts of your own', 'cluster\\.charts\\b'),
  row('clusters', 'manifests', 'manifests of your own', 'cluster\\.manifests\\b'),
]

/** Values that say what is so anyway. */
const isNothing = (value: Json | undefined): boolean =>
  value === undefined ||
  value === false ||
  value === 'open' ||
  value === 'privileged' ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

/** `field.not-applied`: one note an object, so that nobody believes what nobody does. */
export function nothingIsPretended({ topology }: Survey): Problem[] {
  // A deploy leaves the firewall alone: it has a plan of its own (lib/plan/firewall).
  const policies = Object.keys(topology.policies ?? {}).map((id) =>
    note(
      'field.not-applied',
      ['policies', id],
      `Policy ${id} is not enforced by a deploy, only at VMs and once the firewall was switched on - everything else your router and switches decide. Plan to enforce policies, and set the rest there.`,
    ),
  )
  const kinds = [...new Set(NOT_APPLIED.map(({ kind }) => kind))]
  const fields = kinds.flatMap((kind) => {
    const rows = NOT_APPLIED.filter((each) => each.kind === kind)
    return Object.entries(topology[kind] ?? {}).flatMap(([id, object]) => {
      const brought = 'distribution' in object ? object.distribution : undefined
      const written = rows.filter(
        ({ at, except }) =>
          !(except !== undefined && except === brought) &&
          !isNothing(atPath(object as unknown as Json, at)),
      )
      const [first] = written
      if (!first) return []
      const what = listed(
        written.map((each) => each.what),
        20,
      )
      return [
        note(
          'field.not-applied',
          [kind, id, ...(written.length === 1 ? first.at : [])],
          `${id} has ${what} written - drawn and checked, and not brought about by this version. Set ${written.length === 1 ? 'it' : 'them'} up yourself until then.`,
        ),
      ]
    })
  })
  return [...policies, ...fields]
}

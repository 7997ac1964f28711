import type { Problem } from '../problem'
import type { Cluster } from '../topology'
import {
  compareVersions,
  ENDED,
  ENDED_REPOSITORIES,
  ENDS,
  type End,
  endOf,
  newestOf,
  type Product,
} from './end-of-life'
import { blocker, fixTo, listed, note, warning } from './rule'
import { minorOf, newestKubernetesFor, SUPPORT, supportOf } from './support'
import type { Survey } from './survey'

/** What ends within so many days is told. */
const SOON_DAYS = 120

/** Whole days from one ISO date to another. */
const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)

/** Whether it ended before today, ends soon, or neither. */
function stateOf(end: End | null, today: string): 'ended' | 'ending' | null {
  if (!end) return null
  if (end.ends < today) return 'ended'
  return daysBetween(today, end.ends) <= SOON_DAYS ? 'ending' : null
}

/** Ids of what a cluster installs, its network first. */
const installed = ({ addOns }: Cluster): string[] => [
  'calico',
  ...Object.entries(addOns ?? {}).flatMap(([id, { enabled }]) => (enabled === false ? [] : [id])),
]

/** `cluster.kubernetes-ended`, `cluster.kubernetes-ending`, `cluster.kubernetes-unknown`: a version without security fixes. */
export function versionsAreSupported({ clusters, today }: Survey): Problem[] {
  return clusters.flatMap(([id, cluster]) => {
    const { kubernetes } = cluster
    const path = ['clusters', id, 'kubernetes']
    const end = endOf('kubernetes', kubernetes)
    if (!end) {
      return [
        note(
          'cluster.kubernetes-unknown',
          path,
          `Kubernetes ${kubernetes} of ${id} is newer than ${newestOf('kubernetes')}, the last one that this panel knows - whether its add-ons were made for it is not checked. Update the panel, or use ${newestOf('kubernetes')}.`,
        ),
      ]
    }
    const state = stateOf(end, today)
    const newest = newestKubernetesFor(installed(cluster))
    const better = newest && compareVersions(newest, kubernetes) > 0 ? newest : null
    const fix = better
      ? fixTo(`Use Kubernetes ${better}`, { path, from: kubernetes, to: better })
      : null
    if (state === 'ended') {
      return [
        warning(
          'cluster.kubernetes-ended',
          path,
          `Kubernetes ${kubernetes} of ${id} ended on ${end.ends} - its faults are no longer repaired. ${better ? `Use ${better}, the newest that all its add-ons were made for; a cluster that runs goes one minor at a time` : 'Plan for a supported version'}, or accept it for a lab.`,
          fix,
        ),
      ]
    }
    if (state !== 'ending') return []
    return [
      note(
        'cluster.kubernetes-ending',
        path,
        `Kubernetes ${kubernetes} of ${id} ends on ${end.ends}, in ${daysBetween(today, end.ends)} days - its faults are no longer repaired after that. ${better ? `Plan for ${better}.` : 'Watch for the next version that its add-ons are made for.'}`,
        fix,
      ),
    ]
  })
}

/** `host.proxmox-ended`, `host.proxmox-ending`: the hypervisor's own end. Read from the host where the document says nothing. */
export function hypervisorsAreSupported({ proxmox, today }: Survey): Problem[] {
  return proxmox.flatMap(({ id, host }) => {
    const end = host.version === undefined ? null : endOf('proxmox', host.version)
    const state = stateOf(end, today)
    if (!end || !state) return []
    const path = ['hosts', id, 'version']
    if (state === 'ended') {
      return [
        warning(
          'host.proxmox-ended',
          path,
          `Proxmox VE ${host.version} of ${id} ended on ${end.ends} - its packages get no security fixes. Upgrade the host, one major at a time, then write its new version.`,
        ),
      ]
    }
    return [
      note(
        'host.proxmox-ending',
        path,
        `Proxmox VE ${host.version} of ${id} ends on ${end.ends}, in ${daysBetween(today, end.ends)} days - its packages get no security fixes after that. Plan its upgrade.`,
      ),
    ]
  })
}

/** `template.os-ended`, `template.os-ending`: the system that VMs are cloned with. */
export function systemsAreSupported({ topology, vms, today }: Survey): Problem[] {
  const used = new Map<string, number>()
  for (const { vm } of vms) {
    if (vm.template !== undefined) used.set(vm.template, (used.get(vm.template) ?? 0) + 1)
  }
  return Object.entries(topology.templates ?? {}).flatMap(([id, { os, release }]) => {
    const end = endOf(os, release)
    const state = stateOf(end, today)
    if (!end || !state || !used.has(id)) return []
    const path = ['templates', id, 'release']
    const name = `${os === 'debian' ? 'Debian' : 'Ubuntu'} ${release}`
    if (state === 'ended') {
      return [
        warning(
          'template.os-ended',
          path,
          `${name} of template ${id} ended on ${end.ends} and ${used.get(id)} VMs are cloned from it - they get no security fixes. Make a template of ${newestOf(os)} and rebuild them one by one.`,
        ),
      ]
    }
    return [
      note(
        'template.os-ending',
        path,
        `${name} of template ${id} ends on ${end.ends}, in ${daysBetween(today, end.ends)} days - its VMs get no security fixes after that. Plan for ${newestOf(os)}.`,
      ),
    ]
  })
}

/** Products whose chart versions are their own versions, so that a written one tells its line. */
const LINES: ReadonlySet<string> = new Set<Product>(['longhorn', 'cert-manager', 'calico', 'istio'])

type Written = { id: string; version: string | undefined; path: string[] }

/** The network and the add-ons of a cluster, with the version that the document asks for. */
const writtenIn = (id: string, { cni, addOns, distribution }: Cluster): Written[] => [
  // k3s brings a network of its own.
  ...(distribution === 'k3s' && !cni
    ? []
    : [{ id: 'calico', version: cni?.version, path: ['clusters', id, 'cni', 'version'] }]),
  ...Object.entries(addOns ?? {}).flatMap(([addOn, { enabled, version }]) =>
    enabled === false
      ? []
      : [{ id: addOn, version, path: ['clusters', id, 'addOns', addOn, 'version'] }],
  ),
]

/** `addon.version-ended`: an add-on's line without fixes, written or the newest that this Kubernetes allows. */
export function addOnVersionsAreSupported({ clusters, today }: Survey): Problem[] {
  return clusters.flatMap(([clusterId, cluster]) =>
    writtenIn(clusterId, cluster).flatMap(({ id, version, path }) => {
      const pin = supportOf(id, cluster.kubernetes)
      const product = id as Product
      const app = version === undefined ? pin?.app : LINES.has(id) ? version : undefined
      const known = LINES.has(id) || id === 'argo-cd'
      const end = known && app !== undefined ? endOf(product, app) : null
      if (!end || end.ends >= today) return []
      if (version === undefined) {
        return [
          note(
            'addon.version-ended',
            path.slice(0, -1),
            `${id} ${app}, the newest that was made for Kubernetes ${minorOf(cluster.kubernetes)}, is of a line that ended by ${end.ends} - its faults are no longer repaired. A newer Kubernetes brings a newer one.`,
          ),
        ]
      }
      return [
        warning(
          'addon.version-ended',
          path,
          `${id} ${version} is of a line that ended by ${end.ends} - its faults are no longer repaired. ${pin ? `Leave the version to the panel, which takes ${pin.version}; where volumes or networks run on it already, go one minor at a time` : 'Write a newer one'}.`,
          pin ? fixTo(`Leave the version of ${id} to the panel`, { path, from: version }) : null,
        ),
      ]
    }),
  )
}

/** `addon.unknown`, `addon.not-for-kubernetes`: what the catalogue lacks, or was not made for this Kubernetes. */
export function addOnsFitKubernetes({ clusters }: Survey): Problem[] {
  return clusters.flatMap(([clusterId, cluster]) =>
    writtenIn(clusterId, cluster).flatMap(({ id, version, path }) => {
      const pin = supportOf(id, cluster.kubernetes)
      const minor = minorOf(cluster.kubernetes)
      if (pin === undefined) {
        return [
          blocker(
            'addon.unknown',
            path.slice(0, -1),
            `The catalogue has no add-on ${id} - nobody knows what to install. Remove it, or write it as a chart of your own.`,
            fixTo(`Switch ${id} off`, { path: [...path.slice(0, -1), 'enabled'], to: false }),
          ),
        ]
      }
      const ranges = listed(SUPPORT[id]!.map(({ from, to, version: v }) => `${v} (${from}-${to})`))
      if (pin === null) {
        const tell = version === undefined ? blocker : warning
        return [
          tell(
            'addon.not-for-kubernetes',
            version === undefined ? path.slice(0, -1) : path,
            `No version of ${id} that the panel knows was made for Kubernetes ${minor}: ${ranges} - ${version === undefined ? 'there is nothing to install' : `whether ${version} works is not known`}. Use a Kubernetes that it was made for${version === undefined ? ', or write a version' : ''}.`,
          ),
        ]
      }
      if (version === undefined || compareVersions(version, pin.version) === 0) return []
      const other = SUPPORT[id]!.find((each) => compareVersions(each.version, version) === 0)
      if (!other) return []
      return [
        warning(
          'addon.not-for-kubernetes',
          path,
          `${id} ${version} was made for Kubernetes ${other.from} to ${other.to} and ${clusterId} has ${minor} - its controllers may ask for what the API does not have. Leave the version to the panel, which takes ${pin.version}.`,
          fixTo(`Leave the version of ${id} to the panel`, { path, from: version }),
        ),
      ]
    }),
  )
}

/** `service.ended`: what its makers gave up, run by oneself. */
export function servicesAreMaintained({ topology, today }: Survey): Problem[] {
  return Object.entries(topology.services ?? {}).flatMap(([id, { software }]) => {
    const name = software?.toLowerCase() ?? ''
    const end = Object.hasOwn(ENDED, name) ? ENDED[name]! : null
    if (!end || end.ends >= today) return []
    return [
      note(
        'service.ended',
        ['services', id, 'software'],
        `${software}, which service ${id} is, ended on ${end.ends} - its faults are no longer repaired. Its makers or users name ${end.instead}.`,
      ),
    ]
  })
}

/** `addon.ended`, `chart.ended`: what its makers gave up. */
export function addOnsAreMaintained({ clusters, today }: Survey): Problem[] {
  return clusters.flatMap(([id, { addOns, charts }]) => [
    ...Object.entries(addOns ?? {}).flatMap(([addOn, { enabled }]) => {
      const end = Object.hasOwn(ENDED, addOn) ? ENDED[addOn]! : null
      if (!end || enabled === false || end.ends >= today) return []
      return [
        note(
          'addon.ended',
          ['clusters', id, 'addOns', addOn],
          `${addOn} ended on ${end.ends} - its faults are no longer repaired. Its makers name ${end.instead}.`,
        ),
      ]
    }),
    ...Object.entries(charts ?? {}).flatMap(([chartId, { chart, repository, enabled }]) => {
      const name = chart.split('/').at(-1)!
      const end = Object.hasOwn(ENDED, name) ? ENDED[name]! : null
      const closed = ENDED_REPOSITORIES.find(({ part }) => repository.includes(part))
      const ends = end?.ends ?? closed?.ends
      if (enabled === false || ends === undefined || ends >= today) return []
      return [
        warning(
          'chart.ended',
          ['clusters', id, 'charts', chartId, end ? 'chart' : 'repository'],
          end
            ? `Chart ${name} ended on ${end.ends} - its faults are no longer repaired. Its makers name ${end.instead}.`
            : `The free charts and images of ${closed!.part} ended on ${ends} - what is left gets no updates, and images disappear. Use the project's own chart.`,
        ),
      ]
    }),
  ])
}

/**
 * containerd as the distributions ship it, which is what nodes get. Sources: packages.debian.org and
 * packages.ubuntu.com, read on 2026-11-23.
 */
const CONTAINERD_OF: Readonly<Record<string, string>> = {
  'debian 12': '1.6.20',
  'debian 13': '1.7.24',
  'ubuntu 22.04': '2.2.1',
  'ubuntu 24.04': '2.2.1',
}

/** The first releases with cgroup v2 by default. */
const CGROUP_V2 = { debian: '11', ubuntu: '21.10' } as const

/**
 * `cluster.containerd-skew`, `cluster.containerd-ended`, `cluster.cgroup-v1`: what the nodes' system brings for this Kubernetes.
 * Sources: containerd RELEASES.md (1.29 wants 1.6.27 or 1.7.11; 2.x is listed from 1.30), the
 * kubelet's removal of the fallback for 1.x (1.38), its refusal of cgroup v1 (1.35).
 */
export function systemsFitKubernetes({ clusters, topology, vmById, today }: Survey): Problem[] {
  return clusters.flatMap(([id, cluster]) => {
    const { kubernetes, controlPlanes, workers } = cluster
    const templates = [
      ...new Set([...controlPlanes, ...workers].map((vm) => vmById.get(vm)?.vm.template)),
    ]
    const wished = containerdWished(id, cluster, today)
    return wished.concat(
      templates.flatMap((templateId) => {
        const template = templateId === undefined ? undefined : topology.templates?.[templateId]
        if (!template) return []
        const path = ['templates', templateId!, 'release']
        const system = `${template.os} ${template.release}`
        const problems: Problem[] = []
        if (
          compareVersions(kubernetes, '1.35') >= 0 &&
          compareVersions(template.release, CGROUP_V2[template.os]) < 0
        ) {
          problems.push(
            blocker(
              'cluster.cgroup-v1',
              path,
              `${system} starts with cgroup v1 and the kubelet of ${id} (${kubernetes}) refuses it from 1.35 on - no node would become ready. Use ${newestOf(template.os)}.`,
            ),
          )
        }
        // k3s has one inside.
        const containerd = cluster.distribution === 'k3s' ? undefined : CONTAINERD_OF[system]
        const ended = containerd === undefined ? null : containerdEnd(containerd, today)
        if (ended !== null) {
          problems.push(
            note(
              'cluster.containerd-ended',
              path,
              `${system} brings containerd ${containerd}, and its makers repaired that line until ${ended} - the distribution mends its security faults alone. A system with containerd 2, such as Ubuntu 24.04, goes on.`,
            ),
          )
        }
        const why = containerd === undefined ? null : containerdSkew(containerd, kubernetes)
        if (why) {
          problems.push(
            note(
              'cluster.containerd-skew',
              path,
              `${system} brings containerd ${containerd} and ${id} runs Kubernetes ${minorOf(kubernetes)} - ${why}.`,
            ),
          )
        }
        return problems
      }),
    )
  })
}

/** `cluster.containerd-ended` of a line that the document asks for. */
function containerdWished(id: string, { containerd }: Cluster, today: string): Problem[] {
  const end = containerd === undefined ? null : endOf('containerd', containerd)
  if (containerd === undefined || !end || end.ends >= today) return []
  const path = ['clusters', id, 'containerd']
  return [
    note(
      'cluster.containerd-ended',
      path,
      `containerd ${containerd} of ${id} is of a line that its makers ended on ${end.ends} - its faults are no longer repaired. Leave the line to the system of the nodes.`,
      fixTo('Leave it to the system of the nodes', { path, from: containerd }),
    ),
  ]
}

/**
 * Last day of a containerd whose whole major ended before today, else null. Minors of a major that
 * goes on come and go every year, and the distributions follow.
 */
function containerdEnd(version: string, today: string): string | null {
  const [major] = version.split('.')
  const alive = ENDS.containerd.some(
    ({ line, ends }) => line.split('.')[0] === major && ends >= today,
  )
  return alive ? null : (endOf('containerd', version)?.ends ?? null)
}

function containerdSkew(containerd: string, kubernetes: string): string | null {
  if (compareVersions(containerd, '2') >= 0) {
    return compareVersions(kubernetes, '1.30') < 0
      ? 'containerd lists the pair from 1.30 on. It speaks the same CRI v1 and is known to work; a newer Kubernetes settles it'
      : null
  }
  if (compareVersions(kubernetes, '1.38') >= 0) {
    return 'the kubelet speaks to containerd 2 alone from 1.38 on. Use a newer system'
  }
  return compareVersions(containerd, '1.6.27') < 0
    ? 'containerd asks for 1.6.27 at least. Use a newer system'
    : null
}

import { contains, parseIpv4 } from '../ipv4'
import type { Problem } from '../problem'
import { warning } from './rule'
import type { Survey } from './survey'
import { type Answers, machinesByName, PLACES, placeOfService } from './whereabouts'

/**
 * Who cannot start or be repaired without whom. Nodes are `panel`, `hosts/x`, `vms/x`, `clusters/x`,
 * `services/x` and `unmanaged/x`; an edge says in words why.
 */
type Need = { to: string; why: string }

/** The node of an id, in the order in which a reference to a place or a server is looked up. */
function nodeOf({ topology }: Survey, id: string): string | null {
  const kind = PLACES.find((each) => Object.hasOwn(topology[each] ?? {}, id))
  return kind === undefined ? null : `${kind}/${id}`
}

/** `the panel`, `host pve1`, `cluster home`. */
function wordsOf(node: string): string {
  const [kind, id] = node.split('/')
  if (kind === 'panel') return 'the panel'
  const noun = { hosts: 'host', vms: 'VM', unmanaged: 'guest', clusters: 'cluster' }[kind!]
  return `${noun ?? kind!.replace(/s$/, '')} ${id}`
}

/** A need that the document states, with the field that states it. */
type Stated = {
  from: string
  to: string
  why: string
  path: string[]
  /** Others that serve as well: there is a cycle only if each of them leads back. */
  others?: readonly string[]
}

/** What services, networks and registries say who needs them. */
function statedNeeds(survey: Survey, machines: Answers): Stated[] {
  const { topology } = survey
  const hosts = survey.proxmox.map(({ id }) => `hosts/${id}`)
  const clusters = survey.clusters.map(([id]) => `clusters/${id}`)
  const panels = survey.hosts.filter(([, { role }]) => role === 'panel').map(([id]) => id)
  const needers = { panel: ['panel'], hosts, clusters }
  const stated: Stated[] = []
  for (const [id, { neededBy, kind }] of Object.entries(topology.services ?? {})) {
    for (const who of neededBy ?? []) {
      for (const from of needers[who]) {
        stated.push({
          from,
          to: `services/${id}`,
          why: `needs ${kind} from service ${id}`,
          path: ['services', id, 'neededBy'],
        })
      }
    }
  }
  const servers = [
    ['dnsServer', 'names'],
    ['ntpServer', 'time'],
    ['dhcpServer', 'addresses'],
  ] as const
  for (const { id, network } of survey.networks) {
    const members = survey.hosts.filter(([, host]) => host.network === id)
    for (const [field, what] of servers) {
      const server = network[field]
      const to = server === undefined ? null : nodeOf(survey, server)
      if (to === null) continue
      for (const [hostId, { role, address }] of members) {
        if (role === 'other' || (field === 'dhcpServer' && address !== undefined)) continue
        stated.push({
          from: panels.includes(hostId) ? 'panel' : `hosts/${hostId}`,
          to,
          why: `gets ${what} in ${id} from ${wordsOf(to)}`,
          path: ['networks', id, field],
        })
      }
    }
  }
  return [
    ...stated,
    ...resolverNeeds(survey, machines),
    ...routedNeeds(survey),
    ...storageNeeds(survey),
    ...registryNeeds(survey, machines),
  ]
}

/**
 * Machines whose resolvers are all of this document. One guest alone is told of by
 * `network.single-resolver`, and a named server above.
 */
function resolverNeeds({ topology, networks, hosts }: Survey, machines: Answers): Stated[] {
  const services = new Map<string, string>()
  for (const [id, { address, kind }] of Object.entries(topology.services ?? {})) {
    if (address !== undefined && kind === 'dns') services.set(address, `services/${id}`)
  }
  return networks.flatMap(({ id, network }) => {
    const members = hosts.filter(([, { role, network: own }]) => own === id && role !== 'other')
    const dns = members.length === 0 ? [] : (network.dns ?? [])
    const nodes = dns.flatMap((each) => services.get(each) ?? machines(each) ?? [])
    const [first, ...others] = [...new Set(nodes)]
    if (first === undefined || nodes.length < dns.length || network.dnsServer !== undefined)
      return []
    if (others.length === 0 && /^(vms|unmanaged)\//.test(first)) return []
    const why = [first, ...others].map(wordsOf).join(' and ')
    return members.map(([hostId, { role }]) => ({
      from: role === 'panel' ? 'panel' : `hosts/${hostId}`,
      to: first,
      why: `gets names in ${id} from ${why} alone`,
      path: ['networks', id, 'dns'],
      others,
    }))
  })
}

/** The panel's way to hosts in other networks, through a router that is itself a guest. */
function routedNeeds({ topology, hosts, proxmox, networkById }: Survey): Stated[] {
  const panel = hosts.find(([, { role }]) => role === 'panel')?.[1]
  if (panel?.network === undefined) return []
  return proxmox.flatMap(({ id, host }) => {
    if (host.network === undefined || host.network === panel.network) return []
    const router = networkById.get(host.network)?.network.router
    if (router === undefined || topology.routers?.[router]?.runsOn === undefined) return []
    return [
      {
        from: 'panel',
        to: `routers/${router}`,
        why: `reaches host ${id} through router ${router}`,
        path: ['routers', router, 'runsOn'],
      },
    ]
  })
}

/** VMs whose disks lie on a storage that another machine of the document serves. */
function storageNeeds(survey: Survey): Stated[] {
  return survey.vms.flatMap(({ id, vm, host, disks }) =>
    disks.flatMap(({ id: disk, storage }) => {
      const server = host?.storages?.[storage]?.servedBy
      const to = server === undefined ? null : nodeOf(survey, server)
      if (to === null) return []
      return [
        {
          from: `vms/${id}`,
          to,
          why: `has its ${disk} on ${storage}, which ${wordsOf(to)} serves`,
          path: ['hosts', vm.host!, 'storages', storage, 'servedBy'],
        },
      ]
    }),
  )
}

/** A cluster that pulls its images through a mirror that stands on it. */
function registryNeeds(survey: Survey, machines: Answers): Stated[] {
  const { clusters, topology } = survey
  const byHost = new Map<string, string>()
  for (const [id, { address, url }] of Object.entries(topology.services ?? {})) {
    if (address) byHost.set(address, `services/${id}`)
    if (url) byHost.set(hostOf(url), `services/${id}`)
  }
  return clusters.flatMap(([id, { registries, controlPlanes, workers }]) => {
    const own = new Set([...controlPlanes, ...workers].map((vm) => `vms/${vm}`))
    return Object.entries(registries ?? {}).flatMap(([registry, { mirror }]) => {
      const host = hostOf(mirror)
      const there = byHost.get(host) ?? machines(host)
      const inside = there === undefined ? isHandedOut(survey, id, host) : own.has(there)
      const to = inside ? `clusters/${id}` : there
      if (to === undefined) return []
      return [
        {
          from: `clusters/${id}`,
          to,
          why: `pulls images through ${mirror}${inside ? ', which stands on it' : ''}`,
          path: ['clusters', id, 'registries', registry, 'mirror'],
        },
      ]
    })
  })
}

/** Whether MetalLB of that cluster hands out the address: then a service of the cluster answers there. */
function isHandedOut({ topology, pools }: Survey, cluster: string, host: string): boolean {
  const metallb = topology.clusters?.[cluster]?.addOns?.metallb
  const address = parseIpv4(host)
  if (!metallb || metallb.enabled === false || address === null) return false
  return pools.some(
    ({ id, pool, range }) =>
      pool.purpose === 'metallb' &&
      (metallb.pool ?? id) === id &&
      range !== null &&
      contains(range, address),
  )
}

/** `registry.lan` of `https://registry.lan:5000/v2`. */
const hostOf = (url: string): string =>
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase() ?? url

/** What each node stands on, and who brings it back. */
function standsOn(survey: Survey, node: string, machines: Answers): Need[] {
  const { topology } = survey
  const [kind, id = ''] = node.split('/')
  const place = (to: string | undefined, why: string): Need[] => {
    const found = to === undefined ? null : nodeOf(survey, to)
    return found === null ? [] : [{ to: found, why: `${why} ${wordsOf(found)}` }]
  }
  switch (kind) {
    case 'services': {
      const service = topology.services?.[id]
      return [
        ...place(service && placeOfService(service, machines), 'runs on'),
        ...(service?.keepsOn === service?.runsOn
          ? []
          : place(service?.keepsOn, 'keeps its data on')),
      ]
    }
    case 'vms':
      return [
        ...place(topology.vms?.[id]?.host, 'runs on'),
        { to: 'panel', why: 'is repaired by the panel' },
      ]
    case 'panel':
      return survey.hosts.flatMap(([, { role, runsOn }]) =>
        role === 'panel' ? place(runsOn, 'runs on') : [],
      )
    case 'hosts':
      return place(topology.hosts?.[id]?.runsOn, 'runs on')
    case 'routers':
      return place(topology.routers?.[id]?.runsOn, 'runs on')
    case 'unmanaged':
      return place(topology.unmanaged?.[id]?.host, 'runs on')
    case 'clusters': {
      const cluster = topology.clusters?.[id]
      return [
        { to: 'panel', why: 'is repaired by the panel' },
        ...[...(cluster?.controlPlanes ?? []), ...(cluster?.workers ?? [])].flatMap((vm) =>
          place(vm, 'runs on'),
        ),
      ]
    }
    default:
      return []
  }
}

/** The shortest way from one node to another in sentences, null if there is none. */
function wayBack(
  survey: Survey,
  from: string,
  to: string,
  { stated, machines }: { stated: ReadonlyMap<string, Stated[]>; machines: Answers },
): string[] | null {
  const came = new Map<string, { node: string; why: string } | null>([[from, null]])
  const queue = [from]
  for (let i = 0; i < queue.length; i++) {
    const here = queue[i]!
    if (here === to) {
      const words: string[] = []
      let at = here
      for (let step = came.get(at); step; step = came.get(at)) {
        words.unshift(`${wordsOf(step.node)} ${step.why}`)
        at = step.node
      }
      return words
    }
    const needs = [...standsOn(survey, here, machines), ...(stated.get(here) ?? [])]
    for (const need of needs) {
      if (came.has(need.to)) continue
      came.set(need.to, { node: here, why: need.why })
      queue.push(need.to)
    }
  }
  return null
}

/**
 * `bootstrap.cycle`: what somebody needs to start or be repaired stands on that same somebody
 * (traps T13): the night it is down, it stays down. The cycle is named in words.
 */
export function nothingNeedsItself(survey: Survey): Problem[] {
  const machines = machinesByName(survey)
  const all = statedNeeds(survey, machines)
  if (all.length === 0) return []
  const byNeeder = new Map<string, Stated[]>()
  for (const need of all) {
    const found = byNeeder.get(need.from)
    if (found) found.push(need)
    else byNeeder.set(need.from, [need])
  }
  const told = new Set<string>()
  const ways = { stated: byNeeder, machines }
  return all.flatMap(({ from, to, why, path, others = [] }) => {
    const key = path.join('/')
    const back = told.has(key) ? null : wayBack(survey, to, from, ways)
    if (!back || others.some((other) => !wayBack(survey, other, from, ways))) return []
    told.add(key)
    const sentence = [`${wordsOf(from)} ${why}`, ...back].join(', ')
    return [
      warning(
        'bootstrap.cycle',
        path,
        `${sentence[0]!.toUpperCase()}${sentence.slice(1)} - once one of them is down, nothing brings it back by itself. Let what is needed stand on another machine, or have a second one outside.`,
      ),
    ]
  })
}

import { contains, parseIpv4 } from '../ipv4'
import type { Problem } from '../problem'
import { blocker, fixTo, listed, note, warning } from './rule'
import type { Survey, SurveyedNetwork } from './survey'

/** Who can answer on a network, with what the document says of where it is. */
type Server = { what: string; addresses: string[]; networks: string[] }
type Known = Pick<Survey, 'topology' | 'vmById'>

/** The server of that id; null if there is none. A service without an address has those of what it runs on. */
function serverOf(known: Known, id: string): Server | null {
  const { topology, vmById } = known
  const router = topology.routers?.[id]
  const host = topology.hosts?.[id]
  const vm = vmById.get(id)?.vm
  const guest = topology.unmanaged?.[id]
  const service = topology.services?.[id]
  const some = (...texts: (string | undefined)[]) => texts.filter((each) => each !== undefined)
  if (router) {
    const routed = Object.entries(topology.networks ?? {}).filter(([, each]) => each.router === id)
    return {
      what: `router ${id}`,
      addresses: [...new Set(some(router.address, ...routed.map(([, { gateway }]) => gateway)))],
      networks: routed.map(([network]) => network),
    }
  }
  if (host) {
    return { what: `host ${id}`, addresses: some(host.address), networks: some(host.network) }
  }
  if (vm) {
    const nics = Object.values(vm.nics ?? {})
    return {
      what: `VM ${id}`,
      addresses: some(...nics.map(({ address }) => address)),
      networks: nics.map(({ network }) => network),
    }
  }
  if (guest) {
    const { addresses = [], network } = guest
    return { what: `unmanaged guest ${id}`, addresses, networks: some(network) }
  }
  if (!service) return null
  const below =
    service.runsOn === undefined || service.runsOn in (topology.services ?? {})
      ? null
      : serverOf(known, service.runsOn)
  return {
    what: `service ${id}`,
    addresses: service.address === undefined ? (below?.addresses ?? []) : [service.address],
    networks: [...some(service.network), ...(below?.networks ?? [])],
  }
}

/** Whether it has a foot in the network; null where the document does not say where it is. */
function standsIn(server: Server, { id, block }: SurveyedNetwork): boolean | null {
  if (server.networks.includes(id)) return true
  const inside = server.addresses.some((each) => {
    const address = parseIpv4(each)
    return address !== null && block !== null && contains(block, address)
  })
  if (inside) return true
  return server.networks.length === 0 && server.addresses.length === 0 ? null : false
}

/** `network.two-dhcp-servers`, `network.dhcp-elsewhere`, `network.dhcp-no-pool`: who hands out addresses. */
export function dhcpIsServedOnce(survey: Survey): Problem[] {
  const services = Object.entries(survey.topology.services ?? {}).filter(
    ([, { kind }]) => kind === 'dhcp',
  )
  return survey.networks.flatMap((each) => {
    const { id, network } = each
    const path = ['networks', id, 'dhcpServer']
    const named = network.dhcpServer
    const server = named === undefined ? null : serverOf(survey, named)
    const others = services.filter(
      ([service, { network: on, runsOn }]) => on === id && service !== named && runsOn !== named,
    )
    const all = [...(named === undefined ? [] : [named]), ...others.map(([service]) => service)]
    const problems: Problem[] = []
    if (all.length > 1) {
      problems.push(
        warning(
          'network.two-dhcp-servers',
          path,
          `${listed(all)} hand out addresses in ${id} - whoever answers first wins, so that a machine changes its address and gateway by chance. Leave one.`,
        ),
      )
    }
    if (server && standsIn(server, each) === false) {
      problems.push(
        warning(
          'network.dhcp-elsewhere',
          path,
          `${server.what} hands out addresses in ${id} and has no foot in it - DHCP is a broadcast and stays in its network, unless the router relays it. Give it a NIC there, or name who relays.`,
        ),
      )
    }
    const pool = survey.poolsByNetwork.get(id)?.some(({ pool: { purpose } }) => purpose === 'dhcp')
    if (server && !pool) {
      problems.push(
        warning(
          'network.dhcp-no-pool',
          path,
          `${server.what} hands out addresses in ${id} and no pool with the purpose dhcp says which - the panel may give a VM one of them. Write the range as a pool.`,
        ),
      )
    }
    return problems
  })
}

/** `network.dns-not-served`, `network.dns-elsewhere`: resolvers that nobody is. */
export function dnsIsServed(survey: Survey): Problem[] {
  const { networks } = survey
  return networks.flatMap(({ id, network }) => {
    const problems: Problem[] = []
    const server = network.dnsServer === undefined ? null : serverOf(survey, network.dnsServer)
    const dns = network.dns ?? []
    const [first] = server?.addresses ?? []
    if (server && first !== undefined && !dns.some((each) => server.addresses.includes(each))) {
      const path = ['networks', id, 'dns']
      problems.push(
        warning(
          'network.dns-not-served',
          path,
          `${server.what} resolves names for ${id} and none of its addresses (${listed(server.addresses)}) is among those that members are given (${listed(dns) || 'none'}) - they would ask somebody else. Write ${first}.`,
          fixTo(`Use ${first}`, {
            path,
            ...(network.dns ? { from: network.dns } : {}),
            to: [first, ...dns],
          }),
        ),
      )
    }
    return problems
  })
}

/** `network.single-resolver`: a VM as the only resolver of machines that are up before it. */
export function resolversOutliveVms({ networks, nics, topology, hosts }: Survey): Problem[] {
  // Most documents have a host in few of their networks; all NICs are gone through only for those.
  const asked = new Set(hosts.map(([, { network }]) => network))
  if (!networks.some(({ id, network }) => asked.has(id) && network.dns)) return []
  const byAddress = new Map<string, string>()
  for (const { vm, nic } of nics) if (nic.address) byAddress.set(nic.address, vm.id)
  for (const [id, { addresses }] of Object.entries(topology.unmanaged ?? {})) {
    for (const address of addresses ?? []) byAddress.set(address, id)
  }
  return networks.flatMap(({ id, network }) => {
    const guests = [...new Set((network.dns ?? []).map((each) => byAddress.get(each)))]
    const [guest] = guests
    const members = hosts.filter(([, host]) => host.network === id).map(([host]) => host)
    if (guests.length !== 1 || guest === undefined || members.length === 0) return []
    return [
      note(
        'network.single-resolver',
        ['networks', id, 'dns'],
        `${listed(members)} resolve${members.length === 1 ? 's' : ''} names through ${guest} alone, which is a guest - after a power cut hosts come up before it, and updates, time and mounts by name wait. Add the router as a second resolver.`,
      ),
    ]
  })
}

/** `pool.dhcp-over-static`: fixed addresses that DHCP or MetalLB hand out too, of machines that are no VMs. */
export function fixedAddressesAreOutsidePools({ topology, pools, clusters }: Survey): Problem[] {
  const handed = pools.filter(({ pool }) => pool.purpose === 'dhcp' || pool.purpose === 'metallb')
  if (handed.length === 0) return []
  const fixed: { path: string[]; what: string; address: string | undefined }[] = [
    ...Object.entries(topology.hosts ?? {}).flatMap(([id, host]) => [
      { path: ['hosts', id, 'address'], what: `host ${id}`, address: host.address },
      {
        path: ['hosts', id, 'bmc', 'address'],
        what: `the BMC of ${id}`,
        address: host.bmc?.address,
      },
    ]),
    ...(['routers', 'switches', 'services'] as const).flatMap((kind) =>
      Object.entries(topology[kind] ?? {}).map(([id, { address }]) => ({
        path: [kind, id, 'address'],
        what: `${kind === 'switches' ? 'switch' : kind.slice(0, -1)} ${id}`,
        address,
      })),
    ),
    ...clusters.map(([id, { endpoint }]) => ({
      path: ['clusters', id, 'endpoint', 'address'],
      what: `the endpoint of ${id}`,
      address: endpoint?.address,
    })),
  ]
  return fixed.flatMap(({ path, what, address: text }) => {
    const address = text === undefined ? null : parseIpv4(text)
    const pool =
      address === null
        ? undefined
        : handed.find(({ range }) => range !== null && contains(range, address))
    if (!pool) return []
    const metallb = pool.pool.purpose === 'metallb'
    // A service may well stand behind MetalLB: that is how it gets its address.
    if (metallb && path[0] === 'services') return []
    const tell = metallb ? blocker : warning
    return [
      tell(
        metallb ? 'ip.in-metallb' : 'ip.in-dhcp',
        path,
        `${text} of ${what} lies in ${pool.id} (${pool.pool.from}-${pool.pool.to}), which ${metallb ? 'MetalLB hands out to services - a service would take it' : 'DHCP hands out - it would be given to somebody else too, unless it is a fixed lease there'}. Narrow the pool or use an address outside.`,
      ),
    ]
  })
}

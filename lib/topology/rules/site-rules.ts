import { contains, formatCidr, formatRange, intersection, parseCidr, parseIpv4 } from '../ipv4'
import type { Problem } from '../problem'
import type { Site } from '../topology'
import { duplicates, fixTo, listed, note, warning } from './rule'
import type { Survey } from './survey'

type Tunnel = { id: string; wireguard: NonNullable<Site['wireguard']>; path: string[] }

const tunnelsOf = ({ topology }: Survey): Tunnel[] =>
  Object.entries(topology.sites ?? {}).flatMap(([id, { wireguard }]) =>
    wireguard ? [{ id, wireguard, path: ['sites', id, 'wireguard'] }] : [],
  )

/** `site.tunnel-overlap`, `site.tunnel-address`: the tunnel's own network. */
export function tunnelsHaveTheirNetwork(survey: Survey): Problem[] {
  const tunnels = tunnelsOf(survey)
  const others = [
    ...survey.networks.flatMap(({ id, block }) => (block ? [{ name: id, block }] : [])),
    ...survey.clusters.flatMap(([id, { podCidr, serviceCidr }]) =>
      [
        { name: `the pods of ${id}`, block: parseCidr(podCidr) },
        { name: `the services of ${id}`, block: parseCidr(serviceCidr) },
      ].flatMap(({ name, block }) => (block ? [{ name, block }] : [])),
    ),
  ]
  const each = tunnels.flatMap(({ id, wireguard, path }) => {
    const block = wireguard.cidr === undefined ? null : parseCidr(wireguard.cidr)
    const address = parseIpv4(wireguard.address)
    if (!block) return []
    const rivals = others.flatMap((other) => {
      const shared = intersection(block, other.block)
      return shared ? [{ ...other, shared }] : []
    })
    return [
      ...rivals
        .slice(0, 1)
        .map(({ name, block: rival, shared }) =>
          warning(
            'site.tunnel-overlap',
            [...path, 'cidr'],
            `The tunnel of ${id} (${formatCidr(block)}) shares ${formatRange(shared)} with ${name} (${formatCidr(rival)}) - packets for one would end in the other. Give the tunnel another range.`,
          ),
        ),
      ...(address === null || contains(block, address)
        ? []
        : [
            warning(
              'site.tunnel-address',
              [...path, 'address'],
              `${wireguard.address} of site ${id} is not in the tunnel's network ${formatCidr(block)} - its peers would not route to it. Use an address of it.`,
            ),
          ]),
    ]
  })
  const twice = duplicates(tunnels, ({ wireguard }) => wireguard.address).flatMap(
    ([address, [first, ...rest]]) =>
      rest.map(({ id, path }) =>
        warning(
          'site.tunnel-address',
          [...path, 'address'],
          `${address} is already the tunnel address of ${first!.id} - ${id} and it would steal each other's packets. Use another.`,
        ),
      ),
  )
  return [...each, ...twice]
}

/** `site.nobody-listens`, `site.one-sided`, `site.routes-overlap`: what two peers need from each other. Source: wg(8), AllowedIPs. */
export function peersFindEachOther(survey: Survey): Problem[] {
  const tunnels = new Map(tunnelsOf(survey).map((each) => [each.id, each]))
  return [...tunnels.values()].flatMap(({ id, wireguard, path }) =>
    (wireguard.peers ?? []).flatMap((peer) => {
      const other = tunnels.get(peer)
      if (!other || peer === id) return []
      const problems: Problem[] = []
      if (!other.wireguard.peers?.includes(id)) {
        const at = [...other.path, 'peers']
        problems.push(
          warning(
            'site.one-sided',
            at,
            `${id} has ${peer} as a peer and ${peer} does not have ${id} - WireGuard drops what comes from a key that it does not know. Name each other.`,
            fixTo(`Add ${id}`, {
              path: at,
              ...(other.wireguard.peers ? { from: other.wireguard.peers } : {}),
              to: [...(other.wireguard.peers ?? []), id],
            }),
          ),
        )
      }
      // Each pair once, told at the one that stands first.
      if (id > peer && other.wireguard.peers?.includes(id)) return problems
      if (wireguard.endpoint === undefined && other.wireguard.endpoint === undefined) {
        problems.push(
          warning(
            'site.nobody-listens',
            [...path, 'endpoint'],
            `Neither ${id} nor ${peer} says where it can be dialled - each would wait for the other. Write the endpoint of the one with a public address.`,
          ),
        )
      }
      return [...problems, ...sharedRoutes(survey, id, peer, path)]
    }),
  )
}

/** Networks that both sides of a tunnel have: nobody routes to one that is here as well. */
function sharedRoutes(survey: Survey, id: string, peer: string, path: string[]): Problem[] {
  const of = (site: string) =>
    survey.networks.filter(
      ({ id: network, network: { site: at } }) =>
        at === site ||
        survey.topology.sites?.[site]?.wireguard?.networks?.includes(network) === true,
    )
  const shared = of(id).flatMap((a) =>
    of(peer).flatMap((b) =>
      a.id !== b.id && a.block && b.block && intersection(a.block, b.block)
        ? [`${a.id} (${formatCidr(a.block)}) and ${b.id} (${formatCidr(b.block)})`]
        : [],
    ),
  )
  if (shared.length === 0) return []
  return [
    warning(
      'site.routes-overlap',
      [...path, 'networks'],
      `${id} and ${peer} are joined and share addresses: ${listed(shared)} - machines on one side take the other's for neighbours, and never ask the tunnel. Renumber one side.`,
    ),
  ]
}

/** `network.other-site`: a wire that ends before it reaches the machine. */
export function networksAreAtTheirSite({ topology, nics, hosts, networkById }: Survey): Problem[] {
  if (Object.keys(topology.sites ?? {}).length < 2) return []
  const feet = [
    ...hosts.map(([id, host]) => ({
      what: `host ${id}`,
      site: host.site,
      network: host.network,
      path: ['hosts', id, 'network'],
    })),
    ...nics.map(({ vm, nic, path }) => ({
      what: `${vm.id} on ${vm.vm.host}`,
      site: vm.host?.site,
      network: nic.network,
      path: [...path, 'network'],
    })),
  ]
  return feet.flatMap(({ what, site, network, path }) => {
    const there = network === undefined ? undefined : networkById.get(network)?.network.site
    if (site === undefined || there === undefined || there === site) return []
    return [
      warning(
        'network.other-site',
        path,
        `${what} stands at ${site}, and ${network} is a network of ${there} - a tunnel routes between sites and carries no VLAN, so that nobody answers there. Use a network of ${site}.`,
      ),
    ]
  })
}

/** `host.stays-off`: a host that nobody switches on after a power cut. */
export function hostsComeBack({ proxmox }: Survey): Problem[] {
  return proxmox.flatMap(({ id, host, vms }) => {
    if (host.power?.afterPowerLoss !== 'off' || vms.length === 0) return []
    if (host.bmc || host.power.wakeOnLan) return []
    const path = ['hosts', id, 'power', 'afterPowerLoss']
    return [
      note(
        'host.stays-off',
        path,
        `${id} stays off when power comes back, and has neither a BMC nor wake-on-LAN - its ${vms.length} VMs are down until somebody presses its button. Set its firmware to "last" or "on", then write it here.`,
      ),
    ]
  })
}

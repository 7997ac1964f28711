import { DEFAULT_BRIDGE } from '../defaults'
import { contains, covers, formatCidr, formatRange, isNetworkOrBroadcast, parseIpv4 } from '../ipv4'
import type { Problem } from '../problem'
import { overlaps } from './overlaps'
import { blocker, duplicates, fixTo, listed, note, warning } from './rule'
import type { Survey } from './survey'

/** `network.host-bits`: `10.2.0.1/24` names an address, not a network. */
export function cidrsAreNetworks({ networks }: Survey): Problem[] {
  return networks.flatMap(({ id, network, block }) => {
    if (!block?.hostBits) return []
    const path = ['networks', id, 'cidr']
    return [
      blocker(
        'network.host-bits',
        path,
        `${network.cidr} is an address inside of ${formatCidr(block)} - machines would disagree on their network. Write the network.`,
        fixTo(`Use ${formatCidr(block)}`, { path, from: network.cidr, to: formatCidr(block) }),
      ),
    ]
  })
}

/** `network.overlap`: an address would lie in two networks. */
export function networksAreApart({ networks }: Survey): Problem[] {
  const ranges = networks.flatMap(({ id, block }) => (block ? [{ id, ...block }] : []))
  return overlaps(ranges).map(({ a, b, shared }) =>
    blocker(
      'network.overlap',
      ['networks', b.id, 'cidr'],
      `${b.id} (${formatCidr(b)}) and ${a.id} (${formatCidr(a)}) share ${formatRange(shared)} - a router cannot tell them apart. Give one another range.`,
    ),
  )
}

/** What tags are told apart on: a bridge, or a zone of the SDN. */
const wireOf = ({ bridge, sdn }: Survey['networks'][number]['network']): string =>
  sdn && sdn.kind !== 'vlan' ? `zone ${sdn.zone}` : (bridge ?? DEFAULT_BRIDGE)

/** `network.realise-no-bridge`: the panel makes a bridge only where it has a name of its own. */
export function bridgesToMakeAreNamed({ networks }: Survey): Problem[] {
  return networks.flatMap(({ id, network }) => {
    if (network.realise !== 'bridge') return []
    const path = ['networks', id, 'realise']
    if (network.sdn)
      return [
        blocker(
          'network.realise-no-bridge',
          path,
          `${id} asks for a bridge and for a network of Proxmox's SDN - its VMs are plugged into one of them. Take one out.`,
        ),
      ]
    if (network.bridge !== undefined && network.bridge !== DEFAULT_BRIDGE) return []
    return [
      blocker(
        'network.realise-no-bridge',
        path,
        `${id} asks for a bridge that is made for it and names ${network.bridge === undefined ? 'none' : `${DEFAULT_BRIDGE}, which carries the host`} - the panel would change the host's own. Write another bridge.`,
      ),
    ]
  })
}

/** `network.vlan-duplicate`: two networks on one wire. Each site has wires of its own. */
export function tagsAreUnique({ networks }: Survey): Problem[] {
  const same = duplicates(
    networks,
    ({ network }) => `${wireOf(network)}/${network.vlan ?? 'untagged'}/${network.site ?? ''}`,
  )
  return same.flatMap(([key, [first, ...others]]) => {
    const [bridge, tag] = key.split('/')
    return others.map(({ id }) =>
      warning(
        'network.vlan-duplicate',
        ['networks', id, 'vlan'],
        tag === 'untagged'
          ? `${id} has no VLAN tag on ${bridge}, like ${first!.id} - both are one wire, so nothing keeps them apart. Give it a tag.`
          : `${id} has VLAN tag ${tag} on ${bridge}, like ${first!.id} - both are one wire, so nothing keeps them apart. Give it another tag.`,
      ),
    )
  })
}

/** `network.gateway-outside`, `network.no-gateway`: how a network is left. */
export function gatewaysAreInside({ networks, nics }: Survey): Problem[] {
  const routedVms = new Set<string>()
  const lone = new Map<string, string[]>()
  const withGateway = new Map(
    networks.map(({ id, network }) => [id, network.gateway !== undefined]),
  )
  for (const { vm, nic } of nics) if (withGateway.get(nic.network)) routedVms.add(vm.id)
  for (const { vm, nic } of nics) {
    if (withGateway.get(nic.network) !== false || routedVms.has(vm.id)) continue
    lone.set(nic.network, [...(lone.get(nic.network) ?? []), vm.id])
  }
  return networks.flatMap(({ id, network, block }) => {
    const gateway = network.gateway === undefined ? null : parseIpv4(network.gateway)
    if (gateway === null) {
      const vms = lone.get(id)
      if (!vms) return []
      return [
        warning(
          'network.no-gateway',
          ['networks', id, 'gateway'],
          `${id} has no gateway - ${listed(vms)} would reach no package mirror, image or time server. Write its gateway.`,
        ),
      ]
    }
    if (!block) return []
    const path = ['networks', id, 'gateway']
    if (!contains(block, gateway)) {
      return [
        blocker(
          'network.gateway-outside',
          path,
          `The gateway ${network.gateway} is not in ${formatCidr(block)} - no machine there can reach it. Write an address of the network.`,
        ),
      ]
    }
    if (isNetworkOrBroadcast(block, gateway)) {
      return [
        blocker(
          'network.gateway-outside',
          path,
          `The gateway ${network.gateway} is the network or broadcast address of ${formatCidr(block)} - no router may have it. Write another.`,
        ),
      ]
    }
    return []
  })
}

/** `host.outside-network`: a host's address lies elsewhere than it says. */
export function hostsAreInTheirNetwork({ hosts, networkById }: Survey): Problem[] {
  return hosts.flatMap(([id, host]) => {
    const address = host.address === undefined ? null : parseIpv4(host.address)
    const block = host.network === undefined ? null : networkById.get(host.network)?.block
    if (address === null || !block || contains(block, address)) return []
    return [
      blocker(
        'host.outside-network',
        ['hosts', id, 'address'],
        `${host.address} of host ${id} is not in ${host.network} (${formatCidr(block)}) - the panel would look for it in the wrong place. Correct one of them.`,
      ),
    ]
  })
}

/** `pool.order`, `pool.outside-network`, `pool.holds-gateway`: the range of a pool. */
export function poolsAreInTheirNetwork({ pools, networkById }: Survey): Problem[] {
  return pools.flatMap(({ id, pool, range }) => {
    const found = networkById.get(pool.network)
    const path = ['pools', id, 'to']
    if (!range) {
      return [
        blocker(
          'pool.order',
          path,
          `Pool ${id} ends at ${pool.to}, before it begins at ${pool.from} - it holds nothing. Swap them.`,
          {
            label: 'Swap its ends',
            changes: [
              { path: ['pools', id, 'from'], from: pool.from, to: pool.to },
              { path, from: pool.to, to: pool.from },
            ],
          },
        ),
      ]
    }
    if (!found?.block) return []
    if (!covers(found.block, range)) {
      return [
        blocker(
          'pool.outside-network',
          path,
          `Pool ${id} (${formatRange(range)}) reaches out of ${pool.network} (${formatCidr(found.block)}) - those addresses belong elsewhere. Narrow it.`,
        ),
      ]
    }
    const gateway = found.network.gateway === undefined ? null : parseIpv4(found.network.gateway)
    if (pool.purpose === 'gateway' || gateway === null || !contains(range, gateway)) return []
    if (pool.purpose === 'dhcp' || pool.purpose === 'metallb') {
      return [
        blocker(
          'pool.holds-gateway',
          path,
          `Pool ${id} (${formatRange(range)}) holds the gateway ${found.network.gateway} - it would be handed out. Narrow it.`,
        ),
      ]
    }
    return [
      note(
        'pool.holds-gateway',
        path,
        `Pool ${id} (${formatRange(range)}) holds the gateway ${found.network.gateway} - it is passed over when addresses are given.`,
      ),
    ]
  })
}

/** `pool.overlap`: an address would be given away twice. */
export function poolsAreApart({ pools }: Survey): Problem[] {
  const ranges = pools.flatMap(({ id, pool, range }) => (range ? [{ id, pool, ...range }] : []))
  return overlaps(ranges).map(({ a, b, shared }) =>
    blocker(
      'pool.overlap',
      ['pools', b.id, 'from'],
      `Pools ${a.id} (${a.pool.purpose}) and ${b.id} (${b.pool.purpose}) share ${formatRange(shared)} - ${dangerOf(a.pool.purpose, b.pool.purpose)}. Narrow one.`,
    ),
  )
}

function dangerOf(a: string, b: string): string {
  const both = [a, b]
  if (both.includes('metallb')) return 'MetalLB would announce addresses that others have'
  if (both.includes('dhcp')) return 'DHCP would hand out addresses that others have'
  return 'one address would be given to two machines'
}

/** `switch.ports`, `switch.no-vlans`: what a switch can carry. */
export function switchesCarryIt({ topology, networks }: Survey): Problem[] {
  const tagged = networks.filter(({ network }) => network.vlan !== undefined)
  return Object.entries(topology.switches ?? {}).flatMap(([id, each]) => {
    const links = Math.max(each.links?.length ?? 0, Object.keys(each.portMap ?? {}).length)
    const problems: Problem[] = []
    if (each.ports !== undefined && links > each.ports) {
      problems.push(
        blocker(
          'switch.ports',
          ['switches', id, 'links'],
          `Switch ${id} has ${each.ports} ports and ${links} links - they do not fit. Remove a link.`,
        ),
      )
    }
    if (each.vlans === false && tagged.length > 0) {
      problems.push(
        warning(
          'switch.no-vlans',
          ['switches', id, 'vlans'],
          `Switch ${id} does not know VLANs, and ${listed(tagged.map((n) => n.id))} are tagged - frames between its ports may lose their tag. Use untagged networks or another switch.`,
        ),
      )
    }
    return problems
  })
}

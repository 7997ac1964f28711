import type { Problem } from '../problem'
import { formatIpv6, parseCidr6, parseIpv6 } from './ipv6'
import { fixTo, warning } from './rule'
import type { Survey } from './survey'

const LINK_LOCAL = parseCidr6('fe80::/10')!

/** `network.ipv6-host-bits`, `network.ipv6-gateway-outside`, `network.ipv6-slaac-prefix`, `network.ipv6-delegated`, `network.ipv6-overlap`. */
export function ipv6IsSound({ networks }: Survey): Problem[] {
  const blocks = networks.flatMap(({ id, network }) => {
    const block = network.ipv6 ? parseCidr6(network.ipv6.cidr) : null
    return block && network.ipv6 ? [{ id, ipv6: network.ipv6, block }] : []
  })
  const own = blocks.flatMap(({ id, ipv6, block }) => {
    const problems: Problem[] = []
    const path = ['networks', id, 'ipv6']
    const text = `${formatIpv6(block.first)}/${block.prefix}`
    if (block.hostBits) {
      problems.push(
        warning(
          'network.ipv6-host-bits',
          [...path, 'cidr'],
          `${ipv6.cidr} is an address inside of ${text} - machines would disagree on their network. Write the network.`,
          fixTo(`Use ${text}`, { path: [...path, 'cidr'], from: ipv6.cidr, to: text }),
        ),
      )
    }
    // SLAAC makes the lower 64 bits itself (RFC 4862, section 5.5.3).
    if ((ipv6.mode ?? 'slaac') === 'slaac' && block.prefix !== 64) {
      problems.push(
        warning(
          'network.ipv6-slaac-prefix',
          [...path, 'cidr'],
          `${text} of ${id} is a /${block.prefix} and its members are to make their own addresses - SLAAC needs a /64, so they get none. Use a /64, or the mode dhcp or static.`,
        ),
      )
    }
    const gateway = ipv6.gateway === undefined ? null : parseIpv6(ipv6.gateway)
    const inside = (each: { first: bigint; last: bigint }) =>
      gateway !== null && gateway >= each.first && gateway <= each.last
    if (gateway !== null && !inside(block) && !inside(LINK_LOCAL)) {
      problems.push(
        warning(
          'network.ipv6-gateway-outside',
          [...path, 'gateway'],
          `The gateway ${ipv6.gateway} is neither in ${text} nor link-local (fe80::/10) - no machine there can reach it. Write an address of the network.`,
        ),
      )
    }
    if (ipv6.delegated && ipv6.mode === 'static') {
      problems.push(
        warning(
          'network.ipv6-delegated',
          [...path, 'mode'],
          `${text} of ${id} is a prefix that the provider may change, and addresses in it are written by hand - after the change nobody is reached at them. Let members make their own, and give fixed ones in a prefix of your own (fd00::/8, RFC 4193) beside it.`,
          fixTo('Let members make their own', {
            path: [...path, 'mode'],
            from: 'static',
            to: 'slaac',
          }),
        ),
      )
    }
    return problems
  })
  const sorted = blocks.toSorted((a, b) =>
    a.block.first < b.block.first ? -1 : a.block.first > b.block.first ? 1 : 0,
  )
  let a: (typeof sorted)[number] | undefined
  const shared = sorted.flatMap((b) => {
    // The block that reaches furthest so far; one inside of it may end before the next begins.
    const before = a
    if (!a || b.block.last > a.block.last) a = b
    if (!before || before.block.last < b.block.first) return []
    return [
      warning(
        'network.ipv6-overlap',
        ['networks', b.id, 'ipv6', 'cidr'],
        `${b.id} (${b.ipv6.cidr}) and ${before.id} (${before.ipv6.cidr}) share addresses - a router cannot tell them apart. Give one another range.`,
      ),
    ]
  })
  return [...own, ...shared]
}

/** `network.sdn-zone`, `network.sdn-no-tag`: Proxmox's own rules for SDN. Source: pve-network, PVE/Network/SDN/Zones/Plugin.pm: two to eight letters and digits. */
export function sdnZonesAreSound({ networks }: Survey): Problem[] {
  const kinds = new Map<string, { kind: string; id: string }>()
  return networks.flatMap(({ id, network }) => {
    const { sdn } = network
    if (!sdn) return []
    const path = ['networks', id, 'sdn']
    const problems: Problem[] = []
    const first = kinds.get(sdn.zone)
    if (sdn.zone.length < 2) {
      problems.push(
        warning(
          'network.sdn-zone',
          [...path, 'zone'],
          `SDN zone "${sdn.zone}" of ${id} has one letter - Proxmox takes two to eight. Choose a longer name.`,
        ),
      )
    }
    if (first && first.kind !== sdn.kind) {
      problems.push(
        warning(
          'network.sdn-zone',
          [...path, 'kind'],
          `SDN zone ${sdn.zone} is of the kind ${first.kind} in ${first.id} and ${sdn.kind} in ${id} - a zone has one kind. Use another zone, or the same kind.`,
          fixTo(`Use ${first.kind}`, { path: [...path, 'kind'], from: sdn.kind, to: first.kind }),
        ),
      )
    }
    if (!first) kinds.set(sdn.zone, { kind: sdn.kind, id })
    if (
      (sdn.kind === 'vlan' || sdn.kind === 'qinq' || sdn.kind === 'vxlan') &&
      network.vlan === undefined
    ) {
      problems.push(
        warning(
          'network.sdn-no-tag',
          ['networks', id, 'vlan'],
          `${id} is in the SDN zone ${sdn.zone} of the kind ${sdn.kind} and has no tag - Proxmox refuses a VNet without one there. Write its tag.`,
        ),
      )
    }
    return problems
  })
}

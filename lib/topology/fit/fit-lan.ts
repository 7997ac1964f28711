import { type Cidr, contains, formatCidr, formatIpv4, parseCidr, parseIpv4 } from '../ipv4'
import type { Network } from '../topology'
import { fitAddresses } from './fit-addresses'
import { ask, type Fitting, hostOf, listOf, put } from './fitting'
import { membersOf, whyNoAddress } from './ranges'
import { followMove } from './renumber'
import { type Found, lanOf, type SiteWire } from './site-wire'

/** The network that the hosts stand in, and what depends on it; gives its id, null if there is none. */
export function fitLan(fitting: Fitting, wire: SiteWire): string | null {
  const lan = lanOf(fitting, wire)
  if (!lan) return null
  const [id, network] = lan
  const { found } = wire
  const drawn = parseCidr(network.cidr)
  const block = chooseBlock(fitting, { id, network, found, at: wire.at })
  if (!block) return null
  const moved = drawn === null || drawn.first !== block.first || drawn.prefix !== block.prefix
  if (moved) put(fitting, ['networks', id, 'cidr'], formatCidr(block))
  placeHosts(fitting, wire, { id, block })
  const gateway = chooseGateway(fitting, { id, network, found, block, moved })
  const dns = chooseResolvers(fitting, { id, network, found, gateway, moved })
  if (moved && drawn) followMove(fitting, { id, drawn, block, gateway, dns })
  fitAddresses(fitting, { id, block, gateway, moved, wire })
  return id
}

type Lan = { id: string; network: Network; found: Found }

function chooseBlock(
  fitting: Fitting,
  { id, network, found, at }: Lan & { at: string },
): Cidr | null {
  if (found.block) return found.block
  const answer = ask(fitting, {
    id: `lan:${id}`,
    title: `Which network do the hosts${at} stand in?`,
    why: 'Proxmox tells no address of its own on this bridge. Your router shows it.',
    example: '192.168.1.0/24',
    proposed: network.cidr,
    origin: 'document',
    check: (text) => {
      const block = parseCidr(text)
      if (!block || block.hostBits || block.prefix > 29 || block.prefix < 8)
        return 'Write a network such as 192.168.1.0/24.'
      return null
    },
  })
  return parseCidr(answer)
}

function chooseGateway(
  fitting: Fitting,
  { id, network, found, block }: Lan & { block: Cidr; moved: boolean },
): string {
  const inside = (text: string | null | undefined) =>
    text != null && whyNoAddress(text, block) === null ? text : null
  const known = inside(found.gateway)
  const drawn = inside(network.gateway)
  const proposed = known ?? drawn ?? formatIpv4(membersOf(block).first)
  const gateway = ask(fitting, {
    id: `gateway:${id}`,
    title: `Which address is the gateway of ${id}?`,
    why: 'Machines reach package mirrors and images through it.',
    example: formatIpv4(membersOf(block).first),
    proposed,
    origin: known ? 'found' : drawn ? 'document' : 'guess',
    check: (text) => whyNoAddress(text, block),
  })
  put(fitting, ['networks', id, 'gateway'], gateway)
  const { router } = network
  if (router !== undefined && fitting.topology.routers?.[router])
    put(fitting, ['routers', router, 'address'], gateway)
  return gateway
}

function chooseResolvers(
  fitting: Fitting,
  { id, network, found, gateway, moved }: Lan & { gateway: string; moved: boolean },
): string[] {
  const drawn = moved ? [] : (network.dns ?? [])
  const proposed = drawn.length > 0 ? drawn : found.dns.length > 0 ? found.dns : [gateway]
  const answer = ask(fitting, {
    id: `dns:${id}`,
    title: `Who resolves names in ${id}?`,
    why: 'VMs ask these for package mirrors and for each other.',
    example: gateway,
    proposed: proposed.join(', '),
    origin: drawn.length > 0 ? 'document' : found.dns.length > 0 ? 'found' : 'guess',
    check: (text) =>
      listOf(text).every((each) => parseIpv4(each) !== null) && listOf(text).length > 0
        ? null
        : 'Write addresses, such as 192.168.1.1, 9.9.9.9.',
  })
  const dns = listOf(answer)
  put(fitting, ['networks', id, 'dns'], dns)
  return dns
}

/** The hosts' own addresses, and whether they lie in this network. */
function placeHosts(
  fitting: Fitting,
  { hosts }: SiteWire,
  { id: lan, block }: { id: string; block: Cidr },
): void {
  for (const { id, facts } of hosts) {
    const own =
      facts.bridges.find(({ gateway, address }) => gateway !== null && address !== null) ??
      facts.bridges.find(({ address }) => address !== null)
    const address = own?.address?.split('/')[0]
    const path = ['hosts', id]
    if (address !== undefined) put(fitting, [...path, 'address'], address)
    const now = parseIpv4(hostOf(fitting.topology, id).address ?? '')
    if (now !== null && contains(block, now)) put(fitting, [...path, 'network'], lan)
    else if (now !== null || hostOf(fitting.topology, id).network === lan)
      put(fitting, [...path, 'network'], now === null ? lan : undefined)
  }
}

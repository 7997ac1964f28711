import { DEFAULT_BRIDGE } from '../defaults'
import { ask, type Fitting, put } from '../fit/fitting'
import type { InventoryNic } from '../fit/inventory'
import { freeId } from '../free-id'
import { type Cidr, contains, formatCidr, parseCidr, parseIpv4 } from '../ipv4'
import { BridgeName } from '../model/common'
import type { ReadMachine } from './draw-hosts'
import { idOf } from './names'

/** One NIC of a machine that is taken over, and which addresses it may have. */
export type Plugged = { nic: InventoryNic; addresses: readonly string[] }

const keyOf = ({ bridge, tag }: InventoryNic) => `${bridge}/${tag ?? 0}`

/**
 * The network of each NIC, by bridge and tag: the document's own, or one that is drawn. Its CIDR is that
 * of a host on the bridge or of what cloud-init gives; only likely from what a guest says, and asked for
 * where nobody says anything. A NIC whose network nobody tells is not in the answer, and stays as it is.
 */
export function drawNetworks(
  fitting: Fitting,
  plugged: readonly Plugged[],
  machines: readonly ReadMachine[],
): Map<string, string> {
  const groups = new Map<string, Plugged[]>()
  for (const each of plugged) {
    const key = keyOf(each.nic)
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  const ids = new Map<string, string>()
  for (const [key, group] of groups) {
    const { bridge, tag } = group[0]!.nic
    if (!BridgeName.safeParse(bridge).success) continue
    const id = drawnNetwork(fitting, bridge, tag) ?? newNetwork(fitting, { key, group, machines })
    if (id !== null) ids.set(key, id)
  }
  return ids
}

/** The network of a NIC among those of {@link drawNetworks}. */
export const networkOfNic = (ids: ReadonlyMap<string, string>, nic: InventoryNic) =>
  ids.get(keyOf(nic))

function drawnNetwork({ topology }: Fitting, bridge: string, tag: number | null): string | null {
  const found = Object.entries(topology.networks ?? {}).find(
    ([, network]) =>
      network.sdn === undefined &&
      (network.bridge ?? DEFAULT_BRIDGE) === bridge &&
      (network.vlan ?? null) === tag,
  )
  return found?.[0] ?? null
}

type Group = { key: string; group: readonly Plugged[]; machines: readonly ReadMachine[] }

function newNetwork(fitting: Fitting, { key, group, machines }: Group): string | null {
  const { bridge, tag } = group[0]!.nic
  const own = tag === null ? hostsBlock(machines, bridge) : hostsBlock(machines, `${bridge}.${tag}`)
  const told = own ?? givenBlock(group)
  const cidr = told?.cidr ?? askCidr(fitting, key, group)
  if (cidr === null) return null
  const base = tag === null ? idOf(bridge, 'network') : `vlan-${tag}`
  const taken = fitting.topology.networks
  const id = freeId(taken, taken === undefined && tag === null ? 'lan' : base)
  put(fitting, ['networks', id], {
    cidr: formatCidr(cidr),
    ...(tag === null ? {} : { vlan: tag }),
    ...(told?.gateway ? { gateway: told.gateway } : {}),
    ...(bridge === DEFAULT_BRIDGE ? {} : { bridge }),
  })
  return id
}

type Told = { cidr: Cidr; gateway: string | null }

function hostsBlock(machines: readonly ReadMachine[], name: string): Told | null {
  const found = machines
    .flatMap(({ facts }) => facts.bridges)
    .filter((each) => each.name === name)
    .flatMap(({ address, gateway }) => {
      const cidr = parseCidr(address ?? '')
      return cidr ? [{ cidr, gateway }] : []
    })
  return found.find(({ gateway }) => gateway !== null) ?? found[0] ?? null
}

function givenBlock(group: readonly Plugged[]): Told | null {
  for (const { nic } of group) {
    const cidr = parseCidr(nic.given ?? '')
    if (cidr) return { cidr, gateway: nic.gateway }
  }
  return null
}

/** What a guest says has no prefix that counts: /24 is likely, and a person looks at it. */
function askCidr(fitting: Fitting, key: string, group: readonly Plugged[]): Cidr | null {
  const { bridge, tag } = group[0]!.nic
  // With one NIC alone every address of a guest is in its network.
  const address = group.flatMap(({ addresses }) => addresses)[0]
  const likely = address === undefined ? null : parseCidr(`${address}/24`)
  const proposed = likely ? formatCidr(likely) : ''
  const answer = ask(fitting, {
    id: `cidr:${key}`,
    title: `Which addresses has ${tag === null ? `the untagged network on ${bridge}` : `VLAN ${tag} on ${bridge}`}?`,
    why: `${group.length === 1 ? 'One NIC stands' : `${group.length} NICs stand`} in it; without an answer ${group.length === 1 ? 'it is' : 'they are'} not drawn, and left alone.`,
    example: '10.20.0.0/24',
    proposed,
    origin: 'guess',
    check: (text) =>
      text === '' || parseCidr(text) ? null : 'Write a network such as 10.20.0.0/24.',
  })
  return parseCidr(answer)
}

/** The one address of these that is in a network; null where none is, or several. */
export function addressIn(
  { topology }: Fitting,
  network: string,
  addresses: readonly string[],
): string | null {
  const block = parseCidr(topology.networks?.[network]?.cidr ?? '')
  const inside = addresses.filter((text) => {
    const value = parseIpv4(text)
    return block !== null && value !== null && contains(block, value)
  })
  return inside.length === 1 ? inside[0]! : null
}

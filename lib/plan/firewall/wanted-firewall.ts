import { contains, formatIpv4, parseCidr, parseIpv4 } from '@/lib/topology/ipv4'
import type { ResolvedVm } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import type { ObservedVmFirewall } from '../observed'
import { announcedBy, nodeRules } from './node-ports'
import { INTERNET_SET, internetSet, policyRules } from './policy-rules'
import { type IpSetSpec, isOwn, type RuleSpec, ruleOf } from './rule'

/** What is wanted of one VM's firewall. No rules: nothing denies it anything, so nothing filters it. */
export type VmFirewall = { rules: RuleSpec[]; sets: IpSetSpec[] }

/**
 * The firewall of one VM as the document's policies have it: what its cluster needs first, then the
 * policies, the narrower before the wider; what none of them is about stays open. A VM that no policy
 * denies anything gets no rule at all.
 */
export function wantVmFirewall(
  topology: Topology,
  vms: readonly ResolvedVm[],
  vm: ResolvedVm,
  { owner, seen }: { owner: string; seen: ObservedVmFirewall | null },
): VmFirewall {
  const policies = policyRules(topology, vm, owner)
  if (!policies.some(({ action }) => action === 'DROP')) return { rules: [], sets: [] }
  const rules = [
    ...plumbing(owner),
    ...panelRules(topology, vm, owner),
    ...nodeRules(topology, vms, vm, owner),
    ...policies,
  ]
  const usesInternet = rules.some(({ destination }) => destination === `+${INTERNET_SET}`)
  return {
    rules,
    sets: [
      ...(usesInternet ? [internetSet(topology, owner)] : []),
      ...vipSets(topology, vm, { owner, seen }),
    ],
  }
}

/** What a machine has no address without: answers of DHCP (RFC 2131), and IPv6's neighbours (RFC 4890). */
const plumbing = (owner: string): RuleSpec[] => [
  ruleOf(owner, 'answers of DHCP', {
    ...{ action: 'ACCEPT', protocol: 'udp', sourcePort: '67', port: '68' },
  }),
  ruleOf(owner, 'neighbours of IPv6', { action: 'ACCEPT', protocol: 'icmpv6' }),
]

/** Addresses of the box that the panel runs on, where the document says so. */
export const panelAddresses = ({ hosts = {} }: Topology): string[] =>
  Object.values(hosts).flatMap(({ role, address }) => (role === 'panel' ? (address ?? []) : []))

/** The panel's own way in: SSH, and the API of clusters. */
const panelRules = (topology: Topology, vm: ResolvedVm, owner: string): RuleSpec[] =>
  panelAddresses(topology).map((source) => {
    const serving = vm.role === 'control-plane' || vm.role === 'load-balancer'
    const ports = Object.values(topology.clusters ?? {}).flatMap(({ endpoint }) =>
      serving ? ['6443', String(endpoint?.port ?? 6443)] : [],
    )
    const port = [...new Set(['22', ...ports])].join(',')
    return ruleOf(owner, 'the panel', { action: 'ACCEPT', protocol: 'tcp', source, port })
  })

/**
 * Addresses that a VM announces for others, let through where somebody filters which addresses it may
 * use: with `ipfilter` on, or with a set `ipfilter-netN`, Proxmox drops even its ARP for them (T12).
 * Nothing is filtered that was not before: where neither is there, no set is made, for a set by itself
 * switches the filter of its NIC on.
 */
function vipSets(
  topology: Topology,
  vm: ResolvedVm,
  { owner, seen }: { owner: string; seen: ObservedVmFirewall | null },
): IpSetSpec[] {
  const announced = announcedBy(topology, vm.id)
  if (announced.length === 0 || seen === null) return []
  return vm.nics.flatMap(({ slot, address, network }) => {
    const name = `ipfilter-${slot}`
    const there = seen.sets.find((set) => set.name === name)
    const foreign = there?.entries.some((entry) => !isOwn(entry, owner)) ?? false
    const filtered = seen.ipFilter || foreign
    const block = topology.networks?.[network]?.cidr
    const vips = announced.filter(({ from }) => block !== undefined && holds(block, from))
    if (!filtered || vips.length === 0 || address === null) return []
    // A set takes the place of what Proxmox would fill in, so the VM's own address belongs in it.
    const cidrs = [address, ...vips.flatMap(({ from, to }) => rangeCidrs(from, to))]
    const taken = new Set(
      (there?.entries ?? []).filter((entry) => !isOwn(entry, owner)).map(({ cidr }) => cidr),
    )
    const entries = [...new Set(cidrs)]
      .filter((cidr) => !taken.has(cidr))
      .map((cidr) => ({ cidr, except: false, comment: owner }))
    return [{ name, entries }]
  })
}

function holds(cidr: string, address: string): boolean {
  const [block, one] = [parseCidr(cidr), parseIpv4(address)]
  return block !== null && one !== null && contains(block, one)
}

/** The fewest blocks that hold exactly a range of IPv4 addresses; one address without `/32`. */
export function rangeCidrs(from: string, to: string): string[] {
  const found: string[] = []
  const last = parseIpv4(to)
  let at = parseIpv4(from)
  if (at === null || last === null) return []
  while (at <= last) {
    let bits = 0
    while (bits < 32 && at % 2 ** (bits + 1) === 0 && at + 2 ** (bits + 1) - 1 <= last) bits++
    found.push(bits === 0 ? formatIpv4(at) : `${formatIpv4(at)}/${32 - bits}`)
    at += 2 ** bits
  }
  return found
}

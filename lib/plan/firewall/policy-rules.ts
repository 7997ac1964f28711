import type { ResolvedVm } from '@/lib/topology/resolve'
import type { Policy, Topology } from '@/lib/topology/topology'
import { type IpSetSpec, type RuleSpec, ruleOf, sources } from './rule'

/** Name of the set, on each VM that needs it, of everything that is the Internet. */
export const INTERNET_SET = 'drawbridge-internet'

/** Not the Internet (RFC 1918, 6598, 3927, 5771), beside the document's own networks. */
const INSIDE = [
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.168.0.0/16', '224.0.0.0/4'],
]

/** The set's entries: Proxmox's sets hold no /0, so that all of it is two halves. */
export function internetSet({ networks = {} }: Topology, owner: string): IpSetSpec {
  const entry = (cidr: string, except: boolean) => ({ cidr, except, comment: owner })
  const inside = new Set([...INSIDE, ...Object.values(networks).map(({ cidr }) => cidr)])
  return {
    name: INTERNET_SET,
    entries: [
      ...['0.0.0.0/1', '128.0.0.0/1'].map((cidr) => entry(cidr, false)),
      ...[...inside].toSorted().map((cidr) => entry(cidr, true)),
    ],
  }
}

/** How narrow a policy is; the narrower one counts (as in lib/topology/rules/policy-rules.ts). */
const narrowness = ({ from, to, vms, ports }: Policy): number =>
  (from ? 1 : 0) + (to ? 1 : 0) + (vms ? 2 : 0) + (ports?.length && !ports.includes('any') ? 2 : 0)

/** Policies in the order in which they decide: the narrower first, what allows before what denies. */
export const inOrder = ({ policies = {} }: Topology): [string, Policy][] =>
  Object.entries(policies).toSorted(
    ([, a], [, b]) =>
      narrowness(b) - narrowness(a) || Number(a.action === 'deny') - Number(b.action === 'deny'),
  )

/** Of one protocol what a policy is about; both null for everything. */
type Ports = { protocol: string | null; port: string | null }

/** A rule's list of ports holds fifteen, and a range counts twice (iptables multiport). */
const MOST_RANGES = 7

/** What a policy is about, in Proxmox's words. */
export function portsOf({ ports }: Policy): Ports[] {
  if (!ports || ports.length === 0 || ports.includes('any')) return [{ protocol: null, port: null }]
  const ranges = (protocol: string) =>
    ports.flatMap((text) =>
      text.startsWith(`${protocol}/`) ? text.slice(protocol.length + 1).replace('-', ':') : [],
    )
  return [
    ...(ports.includes('icmp') ? [{ protocol: 'icmp', port: null }] : []),
    ...['tcp', 'udp'].flatMap((protocol) => {
      const all = ranges(protocol)
      return Array.from({ length: Math.ceil(all.length / MOST_RANGES) }, (_, i) => ({
        protocol,
        port: all.slice(i * MOST_RANGES, (i + 1) * MOST_RANGES).join(','),
      }))
    }),
  ]
}

/** The rules of one VM that follow from the document's policies, in the order in which they decide. */
export function policyRules(topology: Topology, vm: ResolvedVm, owner: string): RuleSpec[] {
  return inOrder(topology).flatMap(([id, policy]) => {
    const action = policy.action === 'allow' ? 'ACCEPT' : 'DROP'
    const make = (parts: Partial<RuleSpec>) =>
      portsOf(policy).map((ports) => ruleOf(owner, `policy ${id}`, { action, ...parts, ...ports }))
    return [
      ...insideRules(topology, policy, vm, make),
      ...(policy.internet ? outsideRules(policy, vm, make) : []),
    ]
  })
}

type Make = (parts: Partial<RuleSpec>) => RuleSpec[]

/** At the machine that is reached. */
function insideRules(
  { networks = {} }: Topology,
  policy: Policy,
  vm: ResolvedVm,
  make: Make,
): RuleSpec[] {
  // One that is about the Internet alone reaches no machine of ours.
  if (policy.internet && !policy.to) return []
  if (policy.vms && !policy.vms.includes(vm.id)) return []
  const from = policy.from?.flatMap((id) => networks[id]?.cidr ?? [])
  const lists = from === undefined ? [null] : sources(from)
  return vm.nics
    .filter(({ network }) => !policy.to || policy.to.includes(network))
    .flatMap(({ slot }) => lists.flatMap((source) => make({ source, interface: slot })))
}

/** At the machine that begins, for nobody of ours stands at the other end. */
const outsideRules = (policy: Policy, vm: ResolvedVm, make: Make): RuleSpec[] =>
  vm.nics
    .filter(({ network }) => !policy.from || policy.from.includes(network))
    .flatMap(({ slot }) =>
      make({ direction: 'out', destination: `+${INTERNET_SET}`, interface: slot }),
    )

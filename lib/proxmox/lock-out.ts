import ipaddr from 'ipaddr.js'
import type { FirewallRule } from './firewall'

/** Somebody who must still reach a host once its firewall is on. */
export type MustReach = {
  /** What it is, for messages: `the panel`, `your browser`, `network mgmt`. */
  name: string
  /** An address, or a network every address of which counts: `10.0.0.5`, `10.0.0.0/24`. */
  from: string
  /** 8006 and 22 as a rule. */
  ports: readonly number[]
}

/** What decides about a packet to one host: rules in the order in which PVE asks them. */
export type HostFirewall = {
  /** Of the node, then of the cluster (Firewall.pm enable_host_firewall). */
  rules: readonly FirewallRule[]
  /** Of groups that rules name. */
  groups: Readonly<Record<string, readonly FirewallRule[]>>
  /** Addresses of IP sets and aliases of the cluster, by name without `+` and `dc/`. */
  sets: Readonly<Record<string, readonly { cidr: string; except: boolean }[]>>
  aliases: Readonly<Record<string, string>>
  policyIn: 'ACCEPT' | 'REJECT' | 'DROP' | null
}

/**
 * Who would be locked out, in words; empty if nobody. Only what is certain lets in: a rule whose
 * condition is not understood (a macro, an interface, a target address) counts where it refuses and
 * not where it accepts. The built-in exception for the local network is left aside, because it ends
 * where the panel stands in another one (T12).
 */
export function lockedOut(firewall: HostFirewall, wanted: readonly MustReach[]): string[] {
  return wanted.flatMap(({ name, from, ports }) =>
    ports
      .filter((port) => !lets(firewall, { from, port }))
      .map((port) => `${name} (${from}) to port ${port}`),
  )
}

type Packet = { from: string; port: number }

function lets(firewall: HostFirewall, packet: Packet): boolean {
  const verdict = firstVerdict(firewall, firewall.rules, packet)
  return (verdict ?? firewall.policyIn ?? 'DROP') === 'ACCEPT'
}

/** `ACCEPT`, `DROP`, `REJECT` of the first rule that takes it; null: none does. */
function firstVerdict(
  firewall: HostFirewall,
  rules: readonly FirewallRule[],
  packet: Packet,
): string | null {
  for (const rule of rules) {
    if (!rule.enabled) continue
    if (rule.direction === 'group') {
      const inner = firstVerdict(firewall, firewall.groups[rule.action] ?? [], packet)
      // A group that is not known may refuse; one for an interface may not concern this packet.
      if (!(rule.action in firewall.groups)) return 'DROP'
      if (inner !== null && !(inner === 'ACCEPT' && rule.interface !== null)) return inner
      continue
    }
    if (rule.direction !== 'in') continue
    const accepts = rule.action === 'ACCEPT'
    const takes = matches(firewall, rule, packet)
    if (takes === 'yes' || (takes === 'perhaps' && !accepts)) return rule.action
  }
  return null
}

type Match = 'yes' | 'no' | 'perhaps'

const all = (...matches: Match[]): Match =>
  matches.includes('no') ? 'no' : matches.includes('perhaps') ? 'perhaps' : 'yes'

const MACROS: Record<string, number[]> = { SSH: [22], HTTPS: [443], HTTP: [80], DNS: [53] }

function matches(firewall: HostFirewall, rule: FirewallRule, { from, port }: Packet): Match {
  const macro = rule.macro
  const unclear = rule.interface !== null || rule.destination !== null || rule.sourcePort !== null
  return all(
    unclear ? 'perhaps' : 'yes',
    macro === null ? 'yes' : macro in MACROS ? has(MACROS[macro], port) : 'perhaps',
    rule.protocol === null || /^(tcp|6)$/i.test(rule.protocol) ? 'yes' : 'no',
    rule.port === null ? 'yes' : portMatch(rule.port, port),
    rule.source === null ? 'yes' : sourceMatch(firewall, rule.source, from),
  )
}

const has = (ports: readonly number[] | undefined, port: number): Match =>
  ports?.includes(port) ? 'yes' : 'no'

/** `22,8006`, `5900:5999`; service names are not looked up. */
function portMatch(text: string, port: number): Match {
  const parts = text.split(',').map((part): Match => {
    const [, first, last] = /^(\d+)(?::(\d+))?$/.exec(part.trim()) ?? []
    if (first === undefined) return 'perhaps'
    return port >= Number(first) && port <= Number(last ?? first) ? 'yes' : 'no'
  })
  return any(parts)
}

const any = (matches: readonly Match[]): Match =>
  matches.includes('yes') ? 'yes' : matches.includes('perhaps') ? 'perhaps' : 'no'

function sourceMatch(firewall: HostFirewall, source: string, from: string): Match {
  return any(source.split(',').map((part) => oneSource(firewall, part.trim(), from)))
}

function oneSource(firewall: HostFirewall, source: string, from: string): Match {
  const name = source.replace(/^\+/, '').replace(/^(dc|guest)\//, '')
  if (source.startsWith('+')) {
    const entries = firewall.sets[name]
    if (entries === undefined) return 'perhaps'
    const within = (except: boolean) =>
      any(
        entries
          .filter((entry) => entry.except === except)
          .map(({ cidr }) => oneSource(firewall, cidr, from)),
      )
    if (within(true) !== 'no') return 'no'
    return within(false)
  }
  const [first = '', last] = source.split('-')
  if (last !== undefined && ipaddr.isValid(first)) return rangeMatch(first, last, from)
  if (ipaddr.isValid(source) || ipaddr.isValidCIDR(source)) return covers(source, from)
  const alias = firewall.aliases[name]
  return alias === undefined ? 'perhaps' : covers(alias, from)
}

const networkOf = (text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] => {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text)
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** Whether one network holds the whole of the other; `perhaps` where it holds a part. */
function covers(outer: string, inner: string): Match {
  const [a, aBits] = networkOf(outer)
  const [b, bBits] = networkOf(inner)
  if (a.kind() !== b.kind()) return 'no'
  const within = (one: ipaddr.IPv4 | ipaddr.IPv6, of: ipaddr.IPv4 | ipaddr.IPv6, bits: number) =>
    one.match(of as never, bits)
  if (aBits <= bBits) return within(b, a, aBits) ? 'yes' : 'no'
  return within(a, b, bBits) ? 'perhaps' : 'no'
}

function rangeMatch(first: string, last: string, from: string): Match {
  const [address, bits] = networkOf(from)
  if (ipaddr.parse(first).kind() !== address.kind()) return 'no'
  const value = (text: string | ipaddr.IPv4 | ipaddr.IPv6) =>
    (typeof text === 'string' ? ipaddr.parse(text) : text)
      .toByteArray()
      .reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const size = 2n ** BigInt((address.kind() === 'ipv4' ? 32 : 128) - bits)
  const lowest = (value(address) / size) * size
  const highest = lowest + size - 1n
  if (value(first) <= lowest && highest <= value(last)) return 'yes'
  return highest < value(first) || value(last) < lowest ? 'no' : 'perhaps'
}

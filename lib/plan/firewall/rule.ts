/** One rule of Proxmox's firewall, in its words. Null: nothing is asked of that. */
export type RuleSpec = {
  direction: 'in' | 'out' | 'forward' | 'group'
  /** `ACCEPT`, `DROP`, `REJECT`; of a group its name. */
  action: string
  enabled: boolean
  macro: string | null
  protocol: string | null
  /** Addresses with commas, or `+set`. */
  source: string | null
  destination: string | null
  sourcePort: string | null
  /** `22,8000:8100`. */
  port: string | null
  /** NIC of the VM, `net0`. */
  interface: string | null
  comment: string
}

/** An IP set of a VM. `except`: addresses that are not in it although a wider entry holds them. */
export type IpSetSpec = {
  name: string
  entries: { cidr: string; except: boolean; comment: string }[]
}

/** Fields of a rule that is made; the others are null. */
export type RuleParts = Partial<Omit<RuleSpec, 'comment'>> & Pick<RuleSpec, 'action'>

/**
 * What a comment of ours begins with: whose it is. Only rules and entries that begin so are changed
 * or removed.
 */
export const ownerOf = ({ panelId, topologyId }: { panelId: string; topologyId: string }): string =>
  `drawbridge:${panelId}/${topologyId}`

/** Whether a comment says that the rule or entry belongs to this owner. */
export const isOwn = ({ comment }: { comment: string }, owner: string): boolean =>
  comment === owner || comment.startsWith(`${owner} `)

/** Whether it belongs to any topology of any panel. */
export const isAnyones = ({ comment }: { comment: string }): boolean =>
  /^drawbridge:[\w-]+\/[\w-]+( |$)/.test(comment)

/** An enabled rule of ours, into the machine unless it says otherwise. */
export const ruleOf = (owner: string, why: string, parts: RuleParts): RuleSpec => ({
  ...{ direction: 'in', enabled: true, macro: null, protocol: null, source: null },
  ...{ destination: null, sourcePort: null, port: null, interface: null },
  ...parts,
  comment: `${owner} ${why}`,
})

const FIELDS = [
  ...['direction', 'action', 'enabled', 'macro', 'protocol', 'source', 'destination'],
  ...['sourcePort', 'port', 'interface', 'comment'],
] as (keyof RuleSpec)[]

/** Whether two lists say the same in the same order. */
export const sameRules = (a: readonly RuleSpec[], b: readonly RuleSpec[]): boolean =>
  a.length === b.length &&
  a.every((rule, index) => FIELDS.every((field) => rule[field] === b[index]?.[field]))

/** A rule as one line: `in ACCEPT tcp 2379:2380 from 10.2.0.11 on net0`. */
export function ruleText(rule: RuleSpec): string {
  const { direction, action, macro, protocol, port, source, destination, sourcePort } = rule
  return [
    direction,
    action,
    macro ?? protocol ?? 'everything',
    port ?? [],
    sourcePort === null ? [] : `from port ${sourcePort}`,
    source === null ? [] : `from ${source}`,
    destination === null ? [] : `to ${destination}`,
    rule.interface === null ? [] : `on ${rule.interface}`,
    rule.enabled ? [] : '(off)',
  ]
    .flat()
    .join(' ')
}

/** Entries of a set as `cidr`, or `!cidr` where they are excepted, sorted. */
export const entryTexts = ({ entries }: IpSetSpec): string[] =>
  entries.map(({ cidr, except }) => `${except ? '!' : ''}${cidr}`).toSorted()

/** A source or target is one field of at most 512 characters: so many addresses go into one rule. */
const MOST_ADDRESSES = 28

/** Addresses in lists that one rule can hold, each with commas. */
export const sources = (addresses: readonly string[]): string[] => {
  const sorted = [...new Set(addresses)].toSorted()
  return Array.from({ length: Math.ceil(sorted.length / MOST_ADDRESSES) }, (_, i) =>
    sorted.slice(i * MOST_ADDRESSES, (i + 1) * MOST_ADDRESSES).join(','),
  )
}

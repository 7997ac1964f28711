import { z } from 'zod'
import { flag, nullable, num, text } from './answer-values'
import { type Ask, path, type Verbs, verbsOf } from './ask'
import { type Change, paramsOf } from './values'

/** Whose firewall. */
export type FirewallScope =
  | { of: 'cluster' }
  | { of: 'node'; node: string }
  | { of: 'vm'; node: string; vmid: number }

export type FirewallOptions = {
  /** Off by default. A node's is on by default, and does nothing while the cluster's is off. */
  enabled: boolean
  /** What happens to packets that no rule takes; null: PVE's default, DROP in and ACCEPT out. */
  policyIn: 'ACCEPT' | 'REJECT' | 'DROP' | null
  policyOut: 'ACCEPT' | 'REJECT' | 'DROP' | null
  /** Of a VM: packets from other addresses than its own are dropped (T12). */
  ipFilter: boolean
  digest: string
}

export type FirewallRule = {
  /** Place in the list, from 0; the first that matches decides. */
  position: number
  direction: 'in' | 'out' | 'forward' | 'group'
  /** `ACCEPT`, `DROP`, `REJECT`; of a group its name. */
  action: string
  enabled: boolean
  macro: string | null
  protocol: string | null
  /** Addresses, `+set`, or an alias; null: any. */
  source: string | null
  destination: string | null
  sourcePort: string | null
  port: string | null
  interface: string | null
  comment: string
  digest: string
}

/** A rule to be added. It takes the first place unless another one is named. */
export type NewRule = Partial<Omit<FirewallRule, 'digest' | 'direction' | 'action'>> &
  Pick<FirewallRule, 'direction' | 'action'>

export type FirewallAlias = { name: string; cidr: string; comment: string }
export type IpSet = { name: string; comment: string }
export type IpSetEntry = { cidr: string; except: boolean; comment: string }
export type FirewallGroup = { group: string; comment: string }

/**
 * PVE's firewall. Switching the cluster's on drops everything to the hosts but 8006 and 22 from the
 * local network: use `enableFirewall` (lib/proxmox/enable-firewall.ts), which looks first (T12).
 */
export type Firewall = {
  options(scope: FirewallScope): Promise<FirewallOptions>
  setOptions(scope: FirewallScope, change: Change): Promise<void>
  rules(scope: FirewallScope | { of: 'group'; group: string }): Promise<FirewallRule[]>
  addRule(scope: FirewallScope | { of: 'group'; group: string }, rule: NewRule): Promise<void>
  updateRule(
    scope: FirewallScope | { of: 'group'; group: string },
    position: number,
    change: Change,
  ): Promise<void>
  moveRule(scope: FirewallScope, position: number, to: number): Promise<void>
  /** With the digest of the reading that the position is from. */
  removeRule(
    scope: FirewallScope | { of: 'group'; group: string },
    position: number,
    digest: string,
  ): Promise<void>
  aliases(scope: FirewallScope): Promise<FirewallAlias[]>
  setAlias(scope: FirewallScope, alias: FirewallAlias, options: { exists: boolean }): Promise<void>
  removeAlias(scope: FirewallScope, name: string): Promise<void>
  ipSets(scope: FirewallScope): Promise<IpSet[]>
  createIpSet(scope: FirewallScope, name: string, comment?: string): Promise<void>
  /** With `force` also one that holds addresses. */
  removeIpSet(scope: FirewallScope, name: string, options?: { force?: boolean }): Promise<void>
  ipSetEntries(scope: FirewallScope, name: string): Promise<IpSetEntry[]>
  addToIpSet(scope: FirewallScope, name: string, entry: IpSetEntry): Promise<void>
  removeFromIpSet(scope: FirewallScope, name: string, cidr: string): Promise<void>
  /** Of the cluster: sets of rules that rules of direction `group` name. */
  groups(): Promise<FirewallGroup[]>
  createGroup(group: string, comment?: string): Promise<void>
  removeGroup(group: string): Promise<void>
}

const policy = z
  .enum(['ACCEPT', 'REJECT', 'DROP'])
  .nullish()
  .transform((value) => value ?? null)
const Options = z.object({
  enable: nullable(flag),
  policy_in: policy,
  policy_out: policy,
  ipfilter: flag,
  digest: text.default(''),
})
const Rule = z.object({
  pos: num,
  type: z.enum(['in', 'out', 'forward', 'group']),
  action: z.string(),
  // A rule that does not say is off (recorded: `enable` defaults to 0).
  enable: flag,
  macro: nullable(z.string()),
  proto: nullable(text),
  source: nullable(z.string()),
  dest: nullable(z.string()),
  sport: nullable(text),
  dport: nullable(text),
  iface: nullable(z.string()),
  comment: z.string().default(''),
  digest: text.default(''),
})
const Named = z.object({ name: z.string(), comment: z.string().default('') })
const Alias = Named.extend({ cidr: z.string() })
const Entry = z.object({ cidr: z.string(), nomatch: flag, comment: z.string().default('') })
const Group = z.object({ group: z.string(), comment: z.string().default('') })

type RuleScope = FirewallScope | { of: 'group'; group: string }

const rootOf = (scope: FirewallScope): string => {
  switch (scope.of) {
    case 'cluster':
      return '/cluster/firewall'
    case 'node':
      return path`/nodes/${scope.node}/firewall`
    case 'vm':
      return path`/nodes/${scope.node}/qemu/${scope.vmid}/firewall`
  }
}
const rulesOf = (scope: RuleScope): string =>
  scope.of === 'group' ? path`/cluster/firewall/groups/${scope.group}` : `${rootOf(scope)}/rules`

const nameOf = (scope: RuleScope): string => {
  switch (scope.of) {
    case 'cluster':
      return 'the cluster'
    case 'node':
      return scope.node
    case 'vm':
      return `VM ${scope.vmid}`
    case 'group':
      return `group ${scope.group}`
  }
}

/** See {@link Firewall}. */
export function firewallCalls(ask: Ask): Firewall {
  const verbs = verbsOf(ask)
  return {
    ...optionCalls(verbs),
    ...ruleCalls(verbs),
    ...aliasCalls(verbs),
    ...ipSetCalls(verbs),
    ...groupCalls(verbs),
  }
}

function optionCalls({ read, change }: Verbs): Pick<Firewall, 'options' | 'setOptions'> {
  return {
    async options(scope) {
      const what = `Read the firewall of ${nameOf(scope)}`
      const found = await read(Options, what, `${rootOf(scope)}/options`)
      return {
        // A node's is on unless it says otherwise (pve-firewall, host.fw), the others are off.
        enabled: found.enable ?? scope.of === 'node',
        policyIn: found.policy_in,
        policyOut: found.policy_out,
        ipFilter: found.ipfilter,
        digest: found.digest,
      }
    },
    setOptions: (scope, wanted) =>
      change(
        `Set the firewall of ${nameOf(scope)}`,
        ['PUT', `${rootOf(scope)}/options`],
        paramsOf(wanted),
      ),
  }
}

type Rules = 'rules' | 'addRule' | 'updateRule' | 'moveRule' | 'removeRule'

function ruleCalls({ read, change }: Verbs): Pick<Firewall, Rules> {
  const one = (scope: RuleScope, position: number) => `${rulesOf(scope)}/${position}`
  return {
    async rules(scope) {
      const what = `List the firewall rules of ${nameOf(scope)}`
      return (await read(z.array(Rule), what, rulesOf(scope))).map(toRule)
    },
    addRule: (scope, rule) =>
      change(`Add a firewall rule to ${nameOf(scope)}`, ['POST', rulesOf(scope)], {
        type: rule.direction,
        action: rule.action,
        enable: (rule.enabled ?? true) ? 1 : 0,
        macro: rule.macro,
        proto: rule.protocol,
        source: rule.source,
        dest: rule.destination,
        sport: rule.sourcePort,
        dport: rule.port,
        iface: rule.interface,
        comment: rule.comment || undefined,
        pos: rule.position,
      }),
    updateRule: (scope, position, wanted) =>
      change(
        `Change firewall rule ${position} of ${nameOf(scope)}`,
        ['PUT', one(scope, position)],
        paramsOf(wanted),
      ),
    moveRule: (scope, position, to) =>
      change(`Move firewall rule ${position} of ${nameOf(scope)}`, ['PUT', one(scope, position)], {
        moveto: to,
      }),
    removeRule: (scope, position, digest) =>
      change(
        `Remove firewall rule ${position} of ${nameOf(scope)}`,
        ['DELETE', one(scope, position)],
        { digest },
      ),
  }
}

const toRule = (rule: z.output<typeof Rule>): FirewallRule => ({
  position: rule.pos,
  direction: rule.type,
  action: rule.action,
  enabled: rule.enable,
  macro: rule.macro,
  protocol: rule.proto,
  source: rule.source,
  destination: rule.dest,
  sourcePort: rule.sport,
  port: rule.dport,
  interface: rule.iface,
  comment: rule.comment,
  digest: rule.digest,
})

type Aliases = 'aliases' | 'setAlias' | 'removeAlias'

function aliasCalls({ read, change }: Verbs): Pick<Firewall, Aliases> {
  const one = (scope: FirewallScope, name: string) =>
    `${rootOf(scope)}/aliases/${encodeURIComponent(name)}`
  return {
    aliases: (scope) =>
      read(z.array(Alias), `List the aliases of ${nameOf(scope)}`, `${rootOf(scope)}/aliases`),
    setAlias: (scope, { name, cidr, comment }, { exists }) =>
      change(
        `Set alias ${name} of ${nameOf(scope)}`,
        exists ? ['PUT', one(scope, name)] : ['POST', `${rootOf(scope)}/aliases`],
        { ...(exists ? {} : { name }), cidr, comment: comment || undefined },
      ),
    removeAlias: (scope, name) => change(`Remove alias ${name}`, ['DELETE', one(scope, name)]),
  }
}

type IpSets =
  | 'ipSets'
  | 'createIpSet'
  | 'removeIpSet'
  | 'ipSetEntries'
  | 'addToIpSet'
  | 'removeFromIpSet'

function ipSetCalls({ read, change }: Verbs): Pick<Firewall, IpSets> {
  const one = (scope: FirewallScope, name: string) =>
    `${rootOf(scope)}/ipset/${encodeURIComponent(name)}`
  return {
    ipSets: (scope) =>
      read(z.array(Named), `List the IP sets of ${nameOf(scope)}`, `${rootOf(scope)}/ipset`),
    createIpSet: (scope, name, comment) =>
      change(`Add IP set ${name}`, ['POST', `${rootOf(scope)}/ipset`], { name, comment }),
    removeIpSet: (scope, name, { force } = {}) =>
      change(`Remove IP set ${name}`, ['DELETE', one(scope, name)], { force: force || undefined }),
    async ipSetEntries(scope, name) {
      const found = await read(z.array(Entry), `Read IP set ${name}`, one(scope, name))
      return found.map(({ cidr, nomatch, comment }) => ({ cidr, except: nomatch, comment }))
    },
    addToIpSet: (scope, name, { cidr, except, comment }) =>
      change(`Add ${cidr} to IP set ${name}`, ['POST', one(scope, name)], {
        cidr,
        nomatch: except || undefined,
        comment: comment || undefined,
      }),
    removeFromIpSet: (scope, name, cidr) =>
      change(`Take ${cidr} out of IP set ${name}`, [
        'DELETE',
        `${one(scope, name)}/${encodeURIComponent(cidr)}`,
      ]),
  }
}

function groupCalls({
  read,
  change,
}: Verbs): Pick<Firewall, 'groups' | 'createGroup' | 'removeGroup'> {
  return {
    groups: () => read(z.array(Group), 'List the firewall groups', '/cluster/firewall/groups'),
    createGroup: (group, comment) =>
      change(`Add firewall group ${group}`, ['POST', '/cluster/firewall/groups'], {
        group,
        comment,
      }),
    removeGroup: (group) =>
      change(`Remove firewall group ${group}`, ['DELETE', path`/cluster/firewall/groups/${group}`]),
  }
}

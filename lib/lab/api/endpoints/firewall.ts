import {
  type Firewall,
  firewallGroupsOf,
  firewallOf,
  type Section,
  type Sections,
} from '../../cluster-state'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, type Endpoint, endpoint } from '../endpoint'
import { assertFileDigest, changedSection, digestOf, fieldsOf, toShown } from '../section'
import { MACROS } from './firewall-macros'

const NUMERIC = [
  ...['enable', 'pos', 'ebtables', 'dhcp', 'ndp', 'radv', 'macfilter', 'ipfilter', 'nosmurfs'],
  ...['tcpflags', 'nftables', 'log_nf_conntrack', 'nf_conntrack_max', 'nf_conntrack_allow_invalid'],
]

const PATHS = ['pos', 'name', 'cidr', 'group', 'moveto']

/** IPv4 or IPv6, told by the addresses of a rule; null where they are none. */
function versionOf(rule: Section): number | null {
  const text = rule.source ?? rule.dest
  if (!text || /^[+a-z]/i.test(text)) return null
  return text.includes(':') ? 6 : 4
}

function ruleRow(rule: Section, pos: number, all: Section[]): Record<string, unknown> {
  const version = versionOf(rule)
  return {
    ...toShown(rule, NUMERIC),
    ...{ pos, enable: Number(rule.enable ?? 0), digest: digestOf(all) },
    ...(version === null ? {} : { ipversion: version }),
  }
}

const ACTIONS = ['ACCEPT', 'DROP', 'REJECT']

function checkRule({ lab }: Call, rule: Section): void {
  const { action = '', type } = rule
  if (type === 'group') {
    if (!firewallGroupsOf(lab.state)[action])
      throw invalid({ action: `security group '${action}' does not exist` })
    return
  }
  if (action && !ACTIONS.includes(action)) throw invalid({ action: `unknown action '${action}'` })
  if (rule.macro && !(rule.macro in MACROS))
    throw invalid({ macro: `unknown macro '${rule.macro}'` })
  for (const port of ['dport', 'sport'])
    if (rule[port] && !rule.proto && !rule.macro)
      throw invalid({ proto: `missing property - '${port}' requires this property` })
}

/** Where a set of rules is kept: read when asked, since a call may be the first to write it. */
type Rules = (call: Call) => Section[]

function ruleAt(call: Call, rules: Rules): { all: Section[]; pos: number; rule: Section } {
  const all = rules(call)
  const pos = Number(call.params.pos)
  const rule = all[pos]
  if (!rule) throw new LabError(`no rule at position ${pos}`)
  return { all, pos, rule }
}

function updateRule(call: Call, rules: Rules): CallResult {
  const { all, pos, rule } = ruleAt(call, rules)
  assertFileDigest(call.params.digest, all)
  const moveTo = call.params.moveto
  if (moveTo !== undefined) {
    all.splice(Number(moveTo), 0, rule)
    all.splice(Number(moveTo) <= pos ? pos + 1 : pos, 1)
    return { data: null }
  }
  const changed = changedSection(rule, call.params, PATHS)
  checkRule(call, changed)
  all[pos] = changed
  return { data: null }
}

/** The calls on one list of rules. A new rule goes to the top unless it says where (recorded). */
function ruleEndpoints(path: string, rules: Rules, options: Access): Endpoint[] {
  return [
    endpoint(`POST ${path}`, options.change, (call) => {
      const rule = fieldsOf(call.params, PATHS)
      checkRule(call, rule)
      rules(call).splice(Number(call.params.pos ?? 0), 0, { enable: '0', ...rule })
      return { data: null }
    }),
    endpoint(`GET ${path}/{pos}`, options.see, (call) => {
      const { all, pos, rule } = ruleAt(call, rules)
      return { data: ruleRow(rule, pos, all) }
    }),
    endpoint(`PUT ${path}/{pos}`, options.change, (call) => updateRule(call, rules)),
    endpoint(`DELETE ${path}/{pos}`, options.change, (call) => {
      const { all, pos } = ruleAt(call, rules)
      assertFileDigest(call.params.digest, all)
      all.splice(pos, 1)
      return { data: null }
    }),
  ]
}

type Access = { see: { need: string }; change: { need: string } }

/** One level of the firewall: where it is in the API and in the state, and who may do what. */
type Level = Access & { path: string; key(call: Call): string; sets: boolean; log?: string }

const firewall = (level: Level, call: Call): Firewall => firewallOf(call.lab.state, level.key(call))

function optionEndpoints(level: Level): Endpoint[] {
  return [
    endpoint(`GET ${level.path}/options`, level.see, (call) => {
      const { options } = firewall(level, call)
      return { data: { ...toShown(options, NUMERIC), digest: digestOf(options) } }
    }),
    endpoint(`PUT ${level.path}/options`, level.change, (call) => {
      const here = firewall(level, call)
      assertFileDigest(call.params.digest, here.options)
      here.options = changedSection(here.options, call.params)
      return { data: null }
    }),
    endpoint(`GET ${level.path}/rules`, level.see, (call) => ({
      data: firewall(level, call).rules.map(ruleRow),
    })),
    ...ruleEndpoints(`${level.path}/rules`, (call) => firewall(level, call).rules, level),
  ]
}

const named = (sections: Sections) =>
  Object.entries(sections).map(([name, section]) => ({
    ...{ name, digest: digestOf(sections) },
    ...section,
    ipversion: section.cidr?.includes(':') ? 6 : 4,
  }))

function aliasEndpoints(level: Level): Endpoint[] {
  const one = (call: Call) => {
    const { aliases } = firewall(level, call)
    const name = call.params.name ?? ''
    if (!aliases[name]) throw invalid({ name: `no such alias '${name}'` })
    return { aliases, name }
  }
  return [
    endpoint(`GET ${level.path}/aliases`, level.see, (call) => ({
      data: named(firewall(level, call).aliases),
    })),
    endpoint(`POST ${level.path}/aliases`, level.change, (call) => {
      const { aliases } = firewall(level, call)
      const { name = '' } = call.params
      if (name in aliases) throw invalid({ name: `alias '${name}' already exists` })
      aliases[name] = fieldsOf(call.params, ['name'])
      return { data: null }
    }),
    endpoint(`GET ${level.path}/aliases/{name}`, level.see, (call) => {
      const { aliases, name } = one(call)
      return { data: named(aliases).find((alias) => alias.name === name) }
    }),
    endpoint(`PUT ${level.path}/aliases/{name}`, level.change, (call) => {
      const { aliases, name } = one(call)
      aliases[name] = changedSection(aliases[name] as Section, call.params, ['name', 'rename'])
      return { data: null }
    }),
    endpoint(`DELETE ${level.path}/aliases/{name}`, level.change, (call) => {
      const { aliases, name } = one(call)
      delete aliases[name]
      return { data: null }
    }),
  ]
}

/** A set that a call names; one that does not exist is an error of its name. */
function setOf(level: Level, call: Call): Firewall['ipsets'][string] {
  const found = firewall(level, call).ipsets[call.params.name ?? '']
  if (!found) throw new LabError(`no such IPSet '${call.params.name}'`)
  return found
}

function setEndpoints(level: Level): Endpoint[] {
  const entry = (call: Call) => {
    const set = setOf(level, call)
    const cidr = call.params.cidr ?? ''
    if (!set.entries[cidr]) throw invalid({ cidr: `no such IP/Network '${cidr}'` })
    return { set, cidr }
  }
  return [
    endpoint(`GET ${level.path}/ipset`, level.see, (call) => ({
      data: Object.entries(firewall(level, call).ipsets).map(([name, { comment, entries }]) => ({
        ...{ name, digest: digestOf(entries) },
        ...(comment === null ? {} : { comment }),
      })),
    })),
    endpoint(`POST ${level.path}/ipset`, level.change, (call) => {
      const { ipsets } = firewall(level, call)
      const { name = '', comment } = call.params
      if (name in ipsets) throw invalid({ name: `IPSet '${name}' already exists` })
      ipsets[name] = { comment: comment ?? null, entries: {} }
      return { data: null }
    }),
    endpoint(`GET ${level.path}/ipset/{name}`, level.see, (call) => {
      const { entries } = setOf(level, call)
      const rows = Object.entries(entries)
      return {
        data: rows.map(([cidr, section]) => ({ cidr, digest: digestOf(entries), ...section })),
      }
    }),
    endpoint(`POST ${level.path}/ipset/{name}`, level.change, (call) => {
      const { entries } = setOf(level, call)
      const { cidr = '' } = call.params
      if (cidr in entries) throw invalid({ cidr: `address '${cidr}' already exists` })
      entries[cidr] = fieldsOf(call.params, PATHS)
      return { data: null }
    }),
    endpoint(`DELETE ${level.path}/ipset/{name}`, level.change, (call) => {
      const { entries } = setOf(level, call)
      if (Object.keys(entries).length > 0 && call.params.force !== '1')
        throw new LabError(`IPSet '${call.params.name}' is not empty`)
      delete firewall(level, call).ipsets[call.params.name ?? '']
      return { data: null }
    }),
    endpoint(`GET ${level.path}/ipset/{name}/{cidr}`, level.see, (call) => {
      const { set, cidr } = entry(call)
      return { data: { cidr, ...set.entries[cidr] } }
    }),
    endpoint(`PUT ${level.path}/ipset/{name}/{cidr}`, level.change, (call) => {
      const { set, cidr } = entry(call)
      set.entries[cidr] = changedSection(set.entries[cidr] as Section, call.params, PATHS)
      return { data: null }
    }),
    endpoint(`DELETE ${level.path}/ipset/{name}/{cidr}`, level.change, (call) => {
      const { set, cidr } = entry(call)
      delete set.entries[cidr]
      return { data: null }
    }),
  ]
}

/** Names that a rule may use: sets with a plus sign, and aliases. */
function refs(level: Level, call: Call): CallResult {
  const scopes = level.path === '/cluster/firewall' ? ['dc'] : ['dc', 'guest']
  return {
    data: scopes.flatMap((scope) => {
      const { ipsets, aliases } =
        scope === 'dc' ? firewallOf(call.lab.state, 'cluster') : firewall(level, call)
      return [
        ...Object.keys(ipsets).map((name) => ({ type: 'ipset', name, ref: `+${name}`, scope })),
        ...Object.keys(aliases).map((name) => ({ type: 'alias', name, ref: name, scope })),
      ]
    }),
  }
}

const levelEndpoints = (level: Level): Endpoint[] => [
  ...optionEndpoints(level),
  ...(level.sets
    ? [
        ...aliasEndpoints(level),
        ...setEndpoints(level),
        endpoint(`GET ${level.path}/refs`, level.see, (call) => refs(level, call)),
      ]
    : []),
  ...(level.log
    ? [endpoint(`GET ${level.path}/log`, { need: level.log ?? '' }, () => ({ data: [] }))]
    : []),
]

const group = (call: Call) => {
  const name = call.params.group ?? ''
  const found = firewallGroupsOf(call.lab.state)[name]
  if (!found) throw new LabError(`no such security group '${name}'`)
  return found
}

const SEE = { need: 'Sys.Audit on /' }
const CHANGE = { need: 'Sys.Modify on /' }

const groupEndpoints: Endpoint[] = [
  endpoint('GET /cluster/firewall/groups', {}, ({ lab }) => ({
    data: Object.entries(firewallGroupsOf(lab.state)).map(([name, { comment, rules }]) => ({
      ...{ group: name, digest: digestOf(rules) },
      ...(comment === null ? {} : { comment }),
    })),
  })),
  endpoint('POST /cluster/firewall/groups', CHANGE, ({ lab, params }) => {
    const groups = firewallGroupsOf(lab.state)
    const { group: name = '', comment } = params
    if (name in groups) throw new LabError(`Security group '${name}' already exists`)
    groups[name] = { comment: comment ?? null, rules: [] }
    return { data: null }
  }),
  endpoint('GET /cluster/firewall/groups/{group}', SEE, (call) => ({
    data: group(call).rules.map(ruleRow),
  })),
  endpoint('DELETE /cluster/firewall/groups/{group}', CHANGE, (call) => {
    if (group(call).rules.length > 0)
      throw new LabError(`Security group '${call.params.group}' is not empty`)
    delete firewallGroupsOf(call.lab.state)[call.params.group ?? '']
    return { data: null }
  }),
  ...ruleEndpoints('/cluster/firewall/groups/{group}', (call) => group(call).rules, {
    see: SEE,
    change: CHANGE,
  }),
]

const GUEST = {
  see: { need: 'VM.Audit on /vms/{vmid}' },
  change: { need: 'VM.Config.Network on /vms/{vmid}' },
  key: ({ params }: Call) => `guest/${params.vmid}`,
  ...{ sets: true, log: 'VM.Console on /vms/{vmid}' },
}

export const firewallEndpoints: Endpoint[] = [
  endpoint('GET /cluster/firewall', {}, () => ({
    data: ['groups', 'rules', 'ipset', 'aliases', 'options', 'macros', 'refs'].map((name) => ({
      name,
    })),
  })),
  endpoint('GET /cluster/firewall/macros', {}, () => ({
    data: Object.entries(MACROS).map(([macro, descr]) => ({ macro, descr })),
  })),
  ...levelEndpoints({
    path: '/cluster/firewall',
    key: () => 'cluster',
    ...{ see: SEE, change: CHANGE, sets: true },
  }),
  ...groupEndpoints,
  ...levelEndpoints({
    path: '/nodes/{node}/firewall',
    key: ({ params }) => `node/${params.node}`,
    see: { need: 'Sys.Audit on /nodes/{node}' },
    change: { need: 'Sys.Modify on /nodes/{node}' },
    ...{ sets: false, log: 'Sys.Syslog on /nodes/{node}' },
  }),
  ...levelEndpoints({ path: '/nodes/{node}/qemu/{vmid}/firewall', ...GUEST }),
  ...levelEndpoints({ path: '/nodes/{node}/lxc/{vmid}/firewall', ...GUEST }),
]

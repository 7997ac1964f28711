import { type ResolvedVm, resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import { type Draft, type DraftResult, refused } from '../draft'
import { holdsAt } from '../holds'
import { makeStep } from '../make-step'
import { missingPrivilege } from '../networks/plan-bridges'
import type { ObservedFirewall, ObservedVmFirewall } from '../observed'
import { placeOf, proxmoxHosts, refTo } from '../places'
import type { FieldChange, Goal, ObjectChange, Refused } from '../plan'
import { whyUnknown } from '../refusals'
import type { Step, StepArgs } from '../step'
import type { VmPlanInput } from '../vm-steps'
import {
  entryTexts,
  isAnyones,
  isOwn,
  ownerOf,
  type RuleSpec,
  ruleOf,
  ruleText,
  sameRules,
} from './rule'
import { wantVmFirewall } from './wanted-firewall'
import { mustReachOf, whyNotSafe } from './who-gets-in'

type FirewallGoal = Extract<Goal, { kind: 'firewall' }>
type Seen = [string, ObservedFirewall]

/** What one VM's firewall comes to. */
type Entry = { vm: ResolvedVm; step: Step | null; change: ObjectChange | null; notes: string[] }

/**
 * Proxmox's firewall as the document's policies have it, or without it again. Rules of the VMs come
 * first, while nothing filters yet; then the datacenter's is switched on in one step for each Proxmox.
 * The other way round it is switched off first. Only rules and sets that carry this topology's mark are
 * changed or removed.
 */
export function planFirewall(goal: FirewallGoal, input: VmPlanInput): DraftResult {
  const { topology, observed, context } = input
  const connections = connectionsOf(topology)
  const refusals = connections.flatMap((connection): Refused[] => {
    const seen = observed.firewall?.[connection]
    const object = ['hosts', hostOf(topology, connection)]
    if (seen?.state !== 'known')
      return [
        {
          code: 'plan.unknown-firewall',
          message: `The firewall of ${connection} cannot be planned - ${whyUnknown(seen, context.now)} - refresh, then plan again.`,
          object,
        },
      ]
    return seen.value.mayChange
      ? []
      : [missingPrivilege(`The firewall of ${connection}`, 'Sys.Modify', object)]
  })
  const unsafe = goal.on ? whyNotSafe(topology, goal) : []
  if (refusals.length + unsafe.length > 0) return refused(...refusals, ...unsafe)
  const seen = connections.flatMap((connection): Seen[] => {
    const one = observed.firewall?.[connection]
    return one?.state === 'known' ? [[connection, one.value]] : []
  })
  return goal.on ? switchOn(goal, seen, input) : { ...switchOff(seen, input), ...OFF_WORDS }
}

const connectionsOf = (topology: Topology): string[] => [
  ...new Set(proxmoxHosts(topology).flatMap((id) => placeOf(topology, id)?.connection ?? [])),
]

const hostOf = (topology: Topology, connection: string): string =>
  proxmoxHosts(topology).find((id) => placeOf(topology, id)?.connection === connection) ?? ''

function switchOn(
  goal: Extract<FirewallGoal, { on: true }>,
  seen: readonly Seen[],
  input: VmPlanInput,
): Draft {
  const { topology, context } = input
  const entries = seen.flatMap((each) => vmEntries(each, input))
  const steps = entries.flatMap(({ step }) => step ?? [])
  const owner = ownerOf(context)
  const mustReach = mustReachOf(topology, goal)
  const datacenter = seen.flatMap(([connection, firewall]): [Step, ObjectChange][] => {
    const own = firewall.rules.filter((rule) => isOwn(rule, owner))
    const wasOn = firewall.enabled && (own.length === 0 || own.some(saysWasOn))
    const accepts = mustReach.map(({ name, from, ports }) =>
      ruleOf(owner, `keeps ${name} from being locked out${wasOn ? WAS_ON : ''}`, {
        ...{ action: 'ACCEPT', protocol: 'tcp', source: from, port: ports.join(',') },
      }),
    )
    if (firewall.enabled && sameRules(own, accepts)) return []
    return [
      datacenterStep(input, { connection, owner, on: true, accepts, mustReach }, firewall, {
        needs: steps.map(({ id }) => id),
        reason: firewall.enabled
          ? 'who must still get in is not what it was'
          : 'it is off, so that no policy is enforced',
      }),
    ]
  })
  return {
    steps: [...steps, ...datacenter.map(([step]) => step)],
    changes: [...entries.flatMap(({ change }) => change ?? []), ...datacenter.map(([, it]) => it)],
    losses: lossesOf(seen, mustReach, input),
    notes: [
      ...entries.flatMap(({ notes }) => notes),
      'Connections that are open stay open: what is denied is noticed at the next one.',
      'Addresses that machines may use are not filtered (ipfilter): it drops the ARP of MetalLB, keepalived and kube-vip. Where somebody switched it on, their addresses are added.',
    ],
    wayBack:
      'Plan to switch the firewall off: it goes off first, then the rules of this topology go. If nothing reaches a host, run pve-firewall stop at its console.',
    level: 2,
  }
}

/** Written into our rules where somebody else had switched the firewall on: then it stays on. */
const WAS_ON = ' (it was on before)'
const saysWasOn = ({ comment }: RuleSpec): boolean => comment.endsWith(WAS_ON)

const OFF_WORDS = {
  wayBack: 'Plan to switch the firewall on again: the rules follow from the document.',
  level: 2 as const,
}

/**
 * Off, and the rules of this topology away. The datacenter's stays on, with what lets people in, where
 * another topology has rules there or where it was on before.
 */
function switchOff(seen: readonly Seen[], input: VmPlanInput): Omit<Draft, 'wayBack' | 'level'> {
  const owner = ownerOf(input.context)
  const draft: Omit<Draft, 'wayBack' | 'level'> = { steps: [], changes: [], losses: [], notes: [] }
  for (const [connection, firewall] of seen) {
    const own = firewall.rules.filter((rule) => isOwn(rule, owner))
    const others = firewall.rules.some((rule) => isAnyones(rule) && !isOwn(rule, owner))
    const wasOn = own.some(saysWasOn)
    const first: string[] = []
    if (own.length > 0 && (others || wasOn))
      draft.notes.push(
        `The firewall of ${connection} stays on, because ${wasOn ? 'it was on before' : 'another topology has it on'}; what lets people in to its hosts stays too.`,
      )
    else if (own.length > 0) {
      const args = { connection, owner, on: false, accepts: [], mustReach: [] }
      const why = { needs: [], reason: 'no policy is to be enforced' }
      const [step, change] = datacenterStep(input, args, firewall, why)
      draft.steps.push(step)
      draft.changes.push(change)
      draft.losses.push(
        `Nothing filters on ${connection} any more, rules that others wrote there among it.`,
      )
      first.push(step.id)
    }
    for (const { step, change, notes } of vmEntries([connection, firewall], input, first)) {
      draft.notes.push(...notes)
      if (step) draft.steps.push(step)
      if (change) draft.changes.push(change)
    }
  }
  return draft
}

/** What a Destroy of the whole topology takes along: its rules of the datacenter, and those of VMs that stay because they were taken over. */
export function removeFirewall(
  input: VmPlanInput,
): Pick<Draft, 'steps' | 'changes' | 'losses' | 'notes'> {
  const taken = (vms: ObservedFirewall['vms']) =>
    Object.fromEntries(
      Object.entries(vms).filter(([id]) => input.topology.vms?.[id]?.adopted === true),
    )
  const seen = Object.entries(input.observed.firewall ?? {}).flatMap(([connection, one]): Seen[] =>
    one.state === 'known' ? [[connection, { ...one.value, vms: taken(one.value.vms) }]] : [],
  )
  return switchOff(seen, input)
}

function datacenterStep(
  { topology, context }: VmPlanInput,
  args: StepArgs['firewall.datacenter'],
  seen: ObservedFirewall,
  { needs, reason }: { needs: readonly string[]; reason: string },
): [Step, ObjectChange] {
  const { connection, owner, on, accepts } = args
  const host = hostOf(topology, connection)
  const object = ['hosts', host]
  const step = makeStep(context, 'firewall.datacenter', args, {
    ...{ of: connection, object, effect: 'change', needs, reason },
    locks: [`firewall:${connection}`],
  })
  const own = seen.rules.filter((rule) => isOwn(rule, owner))
  const state = (is: boolean) => (is ? 'on' : 'off')
  const field = { field: `firewall of ${connection}`, cost: 'in-place' as const }
  return [
    step,
    {
      ...{ object, name: topology.hosts?.[host]?.name ?? host, effect: 'change', reason },
      fields: [
        ...(seen.enabled === on ? [] : [{ ...field, from: state(seen.enabled), to: state(on) }]),
        ...ruleChanges(own, accepts),
      ],
    },
  ]
}

/** Each VM of this topology on one Proxmox. With `first`, its rules are taken away after those steps. */
function vmEntries(
  [connection, firewall]: Seen,
  { topology, context, observed }: VmPlanInput,
  first: readonly string[] | null = null,
): Entry[] {
  const owner = ownerOf(context)
  const vms = resolveVms(topology)
  const on = holdsAt(topology, context.now)
  return vms.flatMap((vm): Entry[] => {
    const at = placeOf(topology, vm.host ?? '')
    const there = observed.vms[vm.id]
    const seen = firewall.vms[vm.id] ?? null
    if (at?.connection !== connection || there?.state !== 'known' || seen === null) return []
    const wanted =
      first === null ? wantVmFirewall(topology, vms, vm, { owner, seen }) : { rules: [], sets: [] }
    const entry: Entry = { vm, step: null, change: null, notes: openNics(vm, wanted.rules) }
    if (isAsWanted(wanted, seen, owner))
      return [{ ...entry, notes: [...entry.notes, ...rulesAbove(vm, seen, owner)] }]
    if (on(['vms', vm.id]))
      return [{ ...entry, notes: [`${vm.name} is left alone, and so are its firewall rules.`] }]
    const { vmid, node } = there.value
    const ref = refTo({ ...at, node }, { kind: 'vms', id: vm.id, vmid, name: vm.name }, context)
    const reason =
      wanted.rules.length === 0
        ? 'no policy denies it anything'
        : 'its rules are not those of the policies'
    const object = ['vms', vm.id]
    const step = makeStep(
      context,
      'firewall.vm',
      { ref, owner, ...wanted },
      { of: vm.id, object, effect: 'change', needs: first ?? [], reason },
    )
    const fields = changesOf(wanted, seen, owner)
    return [{ ...entry, step, change: { object, name: vm.name, effect: 'change', fields, reason } }]
  })
}

/** Rules bite where the NIC's own switch is on, and switching that re-plugs the NIC: a deploy does it. */
function openNics({ name, nics }: ResolvedVm, rules: readonly RuleSpec[]): string[] {
  const open = nics.filter(({ firewall }) => !firewall).map(({ slot }) => slot)
  if (rules.length === 0 || open.length === 0) return []
  return [
    `${name} is not filtered on ${open.join(', ')}: write firewall: true to its NIC and deploy, which plugs it in anew.`,
  ]
}

/** Proxmox puts a rule that somebody adds above ours, and the first that matches decides. */
function rulesAbove({ name }: ResolvedVm, { rules }: ObservedVmFirewall, owner: string): string[] {
  const above = rules.findIndex((rule) => isOwn(rule, owner))
  if (above < 1) return []
  return [
    `${name} has ${above} ${above === 1 ? 'rule' : 'rules'} of somebody else above those of the policies, which count first; move them down in Proxmox if they should not.`,
  ]
}

type Wanted = Pick<StepArgs['firewall.vm'], 'rules' | 'sets'>

/** Whether what is ours there is what is wanted, and filters if it should. */
export function isAsWanted(
  { rules, sets }: Wanted,
  seen: ObservedVmFirewall,
  owner: string,
): boolean {
  const own = seen.rules.filter((rule) => isOwn(rule, owner))
  if (rules.length > 0 && !seen.enabled) return false
  return sameRules(own, rules) && sameSets(ownSets(seen, owner), sets)
}

/** Entries of ours, by set; sets without any are left out. */
export const ownSets = ({ sets }: Pick<ObservedVmFirewall, 'sets'>, owner: string) =>
  sets
    .map(({ name, entries }) => ({ name, entries: entries.filter((one) => isOwn(one, owner)) }))
    .filter(({ entries }) => entries.length > 0)

const sameSets = (a: Wanted['sets'], b: Wanted['sets']): boolean =>
  JSON.stringify(setTexts(a)) === JSON.stringify(setTexts(b))

const setTexts = (sets: Wanted['sets']) =>
  sets.map((set) => `set ${set.name}: ${entryTexts(set).join(' ')}`).toSorted()

function changesOf(wanted: Wanted, seen: ObservedVmFirewall, owner: string): FieldChange[] {
  const own = seen.rules.filter((rule) => isOwn(rule, owner))
  const on =
    wanted.rules.length > 0 && !seen.enabled
      ? [{ field: 'firewall', from: 'off', to: 'on', cost: 'in-place' as const }]
      : []
  const [before, after] = [setTexts(ownSets(seen, owner)), setTexts(wanted.sets)]
  const sets = [
    ...before.filter((text) => !after.includes(text)).map((text) => ({ from: text, to: null })),
    ...after.filter((text) => !before.includes(text)).map((text) => ({ from: null, to: text })),
  ]
  return [
    ...on,
    ...ruleChanges(own, wanted.rules),
    ...sets.map((each) => ({ field: 'IP set', ...each, cost: 'in-place' as const })),
  ]
}

/** One line for each rule that goes or comes, with why it is there. */
export function ruleChanges(
  before: readonly RuleSpec[],
  after: readonly RuleSpec[],
): FieldChange[] {
  const key = (rule: RuleSpec) => JSON.stringify(rule)
  const line = (rule: RuleSpec) => `${ruleText(rule)} (${rule.comment.replace(/^\S+ ?/, '')})`
  const [was, is] = [new Set(before.map(key)), new Set(after.map(key))]
  const changes = [
    ...before.filter((rule) => !is.has(key(rule))).map((rule) => ({ from: line(rule), to: null })),
    ...after.filter((rule) => !was.has(key(rule))).map((rule) => ({ from: null, to: line(rule) })),
  ]
  const moved = changes.length === 0 && !sameRules(before, after)
  return [
    ...changes.map((each) => ({ field: 'rule', ...each, cost: 'in-place' as const })),
    ...(moved
      ? [{ field: 'rules', from: 'in another order', to: 'in order', cost: 'in-place' as const }]
      : []),
  ]
}

/** What is not reached any more once it is on. */
function lossesOf(
  seen: readonly Seen[],
  mustReach: StepArgs['firewall.datacenter']['mustReach'],
  { topology }: VmPlanInput,
): string[] {
  const who = mustReach.map(({ name, from }) => `${name} (${from})`).join(', ')
  return [
    ...seen
      .filter(([, { enabled }]) => !enabled)
      .map(
        ([connection]) =>
          `Every host of ${connection} drops what comes in, but for ${who} to ports 8006 and 22, for its own cluster and its local network to Proxmox's ports, and for rules that are there: NFS, monitoring or storage that a host serves to others is not reached.`,
      ),
    ...Object.entries(topology.policies ?? {})
      .filter(([, { action }]) => action === 'deny')
      .map(([id, policy]) => {
        const to = policy.vms ?? policy.to ?? (policy.internet ? ['the Internet'] : ['any network'])
        const ports = policy.ports?.length ? policy.ports.join(', ') : 'everything'
        return `Policy ${id}: ${(policy.from ?? ['any network']).join(', ')} to ${to.join(', ')} on ${ports}, but for narrower policies that allow it and what clusters need.`
      }),
  ]
}

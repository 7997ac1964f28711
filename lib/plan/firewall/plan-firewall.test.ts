import { describe, expect, test } from 'vitest'
import type { Policy, Topology } from '@/lib/topology/topology'
import { makePlan } from '../make-plan'
import type { Observed, ObservedFirewall, ObservedVmFirewall } from '../observed'
import type { Goal } from '../plan'
import type { StepArgs } from '../step'
import { CONTEXT, deployed, smallLab } from '../testing/small-lab'
import { isAnyones, isOwn, ruleText, sources } from './rule'
import { rangeCidrs } from './wanted-firewall'

const ON: Goal = { kind: 'firewall', on: true, admins: 'mgmt', from: '10.0.0.77' }
const OFF: Goal = { kind: 'firewall', on: false }
const OWNER = 'drawbridge:p1/small'

const DENY: Record<string, Policy> = {
  'no-iot': { action: 'deny', from: ['iot'], to: ['k8s'] },
  'iot-web': { action: 'allow', from: ['iot'], to: ['k8s'], vms: ['lb'], ports: ['tcp/443'] },
}

function topologyOf(change: Partial<Topology> = {}): Topology {
  const base = smallLab()
  Object.assign(base.hosts ?? {}, { pi: { role: 'panel', address: '10.0.0.5' } })
  return {
    ...base,
    networks: {
      ...base.networks,
      mgmt: { cidr: '10.0.0.0/24' },
      iot: { cidr: '10.66.0.0/24' },
    },
    policies: DENY,
    ...change,
  } as Topology
}

const CLUSTER = {
  ...{ kubernetes: '1.33', podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' },
  ...{ controlPlanes: ['m1'], workers: ['w1', 'w2'], loadBalancers: ['lb'] },
  endpoint: { name: 'k8s.lan', address: '10.2.0.5', floating: 'keepalived' as const },
}

const unfiltered = (): ObservedVmFirewall => ({
  ...{ enabled: false, policyIn: null, ipFilter: false, rules: [], sets: [] },
})

function world(topology: Topology, change: Partial<ObservedFirewall> = {}): Observed {
  const observed = deployed(topology)
  const vms = Object.fromEntries(Object.keys(topology.vms ?? {}).map((id) => [id, unfiltered()]))
  const value = { enabled: false, rules: [], vms, mayChange: true, ...change }
  observed.firewall = { lab: { state: 'known', value, at: 1000 } }
  return observed
}

const plan = (goal: Goal, topology: Topology, observed: Observed) =>
  makePlan(goal, topology, observed, CONTEXT)

function planned(goal: Goal, topology: Topology, observed: Observed) {
  const result = plan(goal, topology, observed)
  if (!result.ok) throw new Error(result.refusals.map(({ message }) => message).join('\n'))
  return result.plan
}

const rulesOf = (topology: Topology, vm: string) => {
  const step = planned(ON, topology, world(topology)).steps.find(
    ({ id }) => id === `firewall.vm:${vm}`,
  )
  return (step?.args as StepArgs['firewall.vm'] | undefined)?.rules.map(ruleText) ?? []
}

/** The world after a plan was carried out. */
function carriedOut(observed: Observed, steps: ReturnType<typeof planned>['steps']): Observed {
  const next = structuredClone(observed)
  const seen = next.firewall?.lab
  if (seen?.state !== 'known') return next
  for (const step of steps) {
    if (step.kind === 'firewall.vm') {
      const { ref, owner, rules, sets } = step.args
      const vm = seen.value.vms[ref.vm]!
      vm.rules = [...rules, ...vm.rules.filter((rule) => !isOwn(rule, owner))]
      vm.sets = structuredClone(sets)
      vm.enabled = rules.length > 0
      vm.policyIn ??= 'ACCEPT'
    }
    if (step.kind === 'firewall.datacenter') {
      const { accepts, on, owner } = step.args
      seen.value.enabled = on
      seen.value.rules = [...accepts, ...seen.value.rules.filter((rule) => !isOwn(rule, owner))]
    }
  }
  return next
}

describe('rules that follow from policies', () => {
  test('the narrower policy comes first, at the NICs of the machines that are reached', () => {
    expect(rulesOf(topologyOf(), 'lb')).toEqual([
      'in ACCEPT udp 68 from port 67',
      'in ACCEPT icmpv6',
      'in ACCEPT tcp 22 from 10.0.0.5',
      'in ACCEPT tcp 443 from 10.66.0.0/24 on net0',
      'in DROP everything from 10.66.0.0/24 on net0',
    ])
    expect(rulesOf(topologyOf(), 'box')).not.toContain(expect.stringContaining('443'))
  })

  test('a VM that nothing is denied is not filtered at all', () => {
    const policies = { web: { action: 'allow', to: ['k8s'], ports: ['tcp/443'] } } as const
    const topology = topologyOf({ policies: policies as unknown as Record<string, Policy> })
    expect(rulesOf(topology, 'box')).toEqual([])
  })

  test('what a cluster needs comes before what policies deny', () => {
    const topology = topologyOf({
      clusters: { k8s: { ...CLUSTER, addOns: { metallb: {} } } },
      policies: { none: { action: 'deny', to: ['k8s'] } },
    } as Partial<Topology>)
    const rules = rulesOf(topology, 'm1')
    const nodes = '10.2.0.11,10.2.0.31,10.2.0.32'
    expect(rules.at(-1)).toBe('in DROP everything on net0')
    expect(rules).toEqual(
      expect.arrayContaining([
        'in ACCEPT tcp 2379:2380 from 10.2.0.11',
        `in ACCEPT tcp 6443 from ${nodes},10.2.0.5`,
        `in ACCEPT tcp 10250 from ${nodes}`,
        `in ACCEPT udp 4789 from ${nodes}`,
        `in ACCEPT ipencap from ${nodes}`,
        `in ACCEPT tcp 5473 from ${nodes}`,
        `in ACCEPT tcp 7946 from ${nodes}`,
        `in ACCEPT udp 7946 from ${nodes}`,
      ]),
    )
    expect(rulesOf(topology, 'lb')).toContain('in ACCEPT vrrp from 10.2.0.5')
    expect(rulesOf(topology, 'w1').some((rule) => rule.includes('2379'))).toBe(false)
  })

  test('without encapsulation BGP and the addresses of pods are let through', () => {
    const cni = { kind: 'calico', encapsulation: 'none' } as const
    const rules = rulesOf(
      topologyOf({ clusters: { k8s: { ...CLUSTER, cni } } } as Partial<Topology>),
      'w1',
    )
    expect(rules).toContain('in ACCEPT tcp 179 from 10.2.0.11,10.2.0.31,10.2.0.32')
    expect(rules).toContain('in ACCEPT everything from 10.244.0.0/16')
    expect(rules.some((rule) => rule.includes('4789'))).toBe(false)
  })

  test('the Internet is denied at the machine that begins, and what is inside is not the Internet', () => {
    const topology = topologyOf({
      policies: { quiet: { action: 'deny', from: ['k8s'], internet: true } },
    })
    const { steps } = planned(ON, topology, world(topology))
    const args = steps[0]?.args as StepArgs['firewall.vm']
    expect(args.rules.map(ruleText).at(-1)).toBe(
      'out DROP everything to +drawbridge-internet on net0',
    )
    const cidrs = args.sets[0]?.entries.map(({ cidr, except }) => `${except ? '!' : ''}${cidr}`)
    expect(cidrs).toEqual(expect.arrayContaining(['0.0.0.0/1', '128.0.0.0/1', '!10.2.0.0/24']))
  })
})

describe('addresses that a VM announces for others', () => {
  const topology = topologyOf({
    clusters: { k8s: { ...CLUSTER, addOns: { metallb: { pool: 'lbs' } } } },
    pools: { lbs: { network: 'k8s', from: '10.2.0.200', to: '10.2.0.207', purpose: 'metallb' } },
  } as Partial<Topology>)
  const setsOf = (seen: Partial<ObservedVmFirewall>) => {
    const observed = world(topology)
    const firewall = observed.firewall?.lab
    if (firewall?.state === 'known') Object.assign(firewall.value.vms.w1!, seen)
    const step = planned(ON, topology, observed).steps.find(({ id }) => id === 'firewall.vm:w1')
    return (step?.args as StepArgs['firewall.vm'] | undefined)?.sets ?? []
  }

  test('are added where the VM is held to its own, and nowhere else', () => {
    expect(setsOf({})).toEqual([])
    expect(setsOf({ ipFilter: true })).toEqual([
      {
        name: 'ipfilter-net0',
        entries: ['10.2.0.31', '10.2.0.200/29'].map((cidr) => ({
          ...{ cidr, except: false, comment: OWNER },
        })),
      },
    ])
    const theirs = { cidr: '10.2.0.31', except: false, comment: '' }
    const [set] = setsOf({ sets: [{ name: 'ipfilter-net0', entries: [theirs] }] })
    expect(set?.entries.map(({ cidr }) => cidr)).toEqual(['10.2.0.200/29'])
  })

  test.each([
    ['10.2.0.200', '10.2.0.207', ['10.2.0.200/29']],
    ['10.2.0.5', '10.2.0.5', ['10.2.0.5']],
    ['10.2.0.5', '10.2.0.8', ['10.2.0.5', '10.2.0.6/31', '10.2.0.8']],
    ['10.2.0.9', '10.2.0.8', []],
  ])('%s to %s', (from, to, cidrs) => expect(rangeCidrs(from, to)).toEqual(cidrs))
})

describe('the plan', () => {
  test('switches on after the rules of VMs, tells what is lost, and asks at level 2', () => {
    const { steps, level, losses, changes, notes } = planned(ON, topologyOf(), world(topologyOf()))
    const last = steps.at(-1)
    expect([level, last?.kind]).toEqual([2, 'firewall.datacenter'])
    expect(last?.needs).toHaveLength(steps.length - 1)
    expect(losses.join('\n')).toMatch(/network mgmt \(10\.0\.0\.0\/24\).*\n.*Policy no-iot: iot/)
    const lb = changes.find(({ name }) => name === 'lb')
    expect(lb?.fields.map(({ to }) => to)).toContain(
      'in DROP everything from 10.66.0.0/24 on net0 (policy no-iot)',
    )
    expect(notes.join('\n')).toContain('lb is not filtered on net0: write firewall: true')
  })

  test('is empty the second time; a rule changed by hand is shown and put right', () => {
    const topology = topologyOf()
    const there = carriedOut(world(topology), planned(ON, topology, world(topology)).steps)
    expect(planned(ON, topology, there).steps).toEqual([])
    const seen = there.firewall?.lab
    if (seen?.state === 'known') {
      seen.value.vms.box!.rules.at(-1)!.enabled = false
      const { rules } = seen.value.vms.lb!
      rules.unshift({ ...rules[0]!, comment: 'mine' })
    }
    const { steps, changes, notes } = planned(ON, topology, there)
    expect(notes.join()).toContain('lb has 1 rule of somebody else above those of the policies')
    expect(steps.map(({ id }) => id)).toEqual(['firewall.vm:box'])
    expect(changes[0]?.fields[0]?.from).toContain('(off) (policy no-iot)')
  })

  test('off: the datacenter first, then ours, and nothing is left to do', () => {
    const topology = topologyOf()
    const there = carriedOut(world(topology), planned(ON, topology, world(topology)).steps)
    const off = planned(OFF, topology, there)
    expect(off.steps[0]?.id).toBe('firewall.datacenter:lab')
    expect(off.steps[1]?.needs).toEqual(['firewall.datacenter:lab'])
    expect(off.losses.join()).toContain('Nothing filters on lab any more')
    const gone = carriedOut(there, off.steps)
    expect(planned(OFF, topology, gone).steps).toEqual([])
    const destroy = planned({ kind: 'destroy', disks: [] }, topology, there)
    expect(destroy.steps.map(({ id }) => id)).toContain('firewall.datacenter:lab')
    expect(destroy.steps.some(({ kind }) => kind === 'firewall.vm')).toBe(false)
    // A VM that was taken over stays, and nothing of ours stays in it.
    topology.vms!.box!.adopted = true
    const rest = planned({ kind: 'destroy', disks: [] }, topology, there)
    expect(rest.steps.flatMap(({ id, kind }) => (kind === 'firewall.vm' ? id : []))).toEqual([
      'firewall.vm:box',
    ])
  })

  test('a firewall that was on before, or that another topology has on, stays on', () => {
    const topology = topologyOf()
    const on = world(topology, { enabled: true })
    const there = carriedOut(on, planned(ON, topology, on).steps)
    const off = planned(OFF, topology, there)
    expect(off.notes.join()).toContain('because it was on before')
    expect(off.steps.some(({ kind }) => kind === 'firewall.datacenter')).toBe(false)

    const shared = carriedOut(world(topology), planned(ON, topology, world(topology)).steps)
    const seen = shared.firewall?.lab
    if (seen?.state === 'known') {
      const other = { ...seen.value.rules[0]!, comment: 'drawbridge:p1/other keeps it' }
      seen.value.rules.push(other)
    }
    expect(planned(OFF, topology, shared).notes.join()).toContain('another topology has it on')
  })

  test.each<[string, Goal, (topology: Topology, observed: Observed) => void]>([
    ['plan.no-panel-address', ON, ({ hosts }) => void delete hosts?.pi],
    ['plan.no-admin-network', { ...ON, admins: 'nowhere' } as Goal, () => undefined],
    ['plan.no-session-address', { ...ON, from: 'unknown' } as Goal, () => undefined],
    ['plan.unknown-firewall', ON, (_, observed) => void delete observed.firewall],
    [
      'plan.missing-privilege',
      ON,
      (_, { firewall }) => {
        if (firewall?.lab?.state === 'known') firewall.lab.value.mayChange = false
      },
    ],
  ])('%s', (code, goal, change) => {
    const topology = topologyOf()
    const observed = world(topology)
    change(topology, observed)
    const result = plan(goal, topology, observed)
    expect(!result.ok && result.refusals.map((each) => each.code)).toEqual([code])
  })
})

test('a list of addresses fits into a rule, and comments tell whose a rule is', () => {
  const many = Array.from({ length: 60 }, (_, i) => `192.168.100.${i + 100}`)
  expect(sources(many).every((list) => list.length <= 512)).toBe(true)
  expect(sources(many).join(',').split(',')).toHaveLength(60)
  expect(isOwn({ comment: 'drawbridge:p1/small2 x' }, OWNER)).toBe(false)
  expect(isAnyones({ comment: 'somebody wrote drawbridge:p1/small x' })).toBe(false)
})

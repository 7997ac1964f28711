import { describe, expect, test } from 'vitest'
import type { Network, Topology } from '@/lib/topology/topology'
import { makePlan } from '../make-plan'
import type { Observed, ObservedInterface, ObservedNetwork, ObservedSdn } from '../observed'
import { CONTEXT, empty, smallLab } from '../testing/small-lab'
import { passes } from './plugs'

const interfaceOf = (
  name: string,
  type: string,
  rest: Partial<ObservedInterface> = {},
): ObservedInterface => ({
  ...{ name, type, active: true, ports: [], rawDevice: null, vlanAware: false },
  ...{ vids: null, mtu: null, marker: null, ...rest },
})

/** One host as PVE is installed: the card below a VLAN-aware bridge that carries its address, and one free. */
const network = (...more: ObservedInterface[]): ObservedNetwork => ({
  interfaces: [
    interfaceOf('enp5s0', 'eth'),
    interfaceOf('enp6s0', 'eth'),
    interfaceOf('vmbr0', 'bridge', { ports: ['enp5s0'], vlanAware: true, vids: '2-4094' }),
    ...more,
  ],
  staged: null,
  management: ['enp5s0', 'vmbr0'],
})

type Setup = {
  net?: Partial<Network>
  host?: object
  seen?: ObservedNetwork
  sdn?: ObservedSdn
  edit?: (observed: Observed) => void
}

function plan({ net = {}, host = {}, seen = network(), sdn, edit }: Setup) {
  const topology = smallLab()
  Object.assign(topology.networks!.k8s!, net)
  Object.assign(topology.hosts!.pve1!, { address: '10.0.0.10', ...host })
  const observed = empty(topology as Topology)
  const pve1 = observed.hosts.pve1
  if (pve1?.state === 'known') {
    pve1.value.network = seen
    pve1.value.bridges = seen.interfaces
      .filter(({ type }) => type === 'bridge')
      .map(({ name }) => name)
  }
  if (sdn) observed.sdn = { lab: { state: 'known', value: sdn, at: 1000 } }
  edit?.(observed)
  return makePlan({ kind: 'deploy' }, topology as Topology, observed, CONTEXT)
}

const codes = (result: ReturnType<typeof plan>) =>
  result.ok ? [] : [...new Set(result.refusals.map(({ code }) => code))]
const steps = (result: ReturnType<typeof plan>, kind: string) =>
  result.ok ? result.plan.steps.filter((step) => step.kind === kind) : []

describe('a tag on a bridge that is there', () => {
  test('changes nothing on the host, and the plan says so', () => {
    const result = plan({})
    expect(codes(result)).toEqual([])
    expect(steps(result, 'host.network')).toEqual([])
    expect(result.ok && result.plan.notes).toContain(
      'vmbr0 of pve1 stays as it is: a VLAN-aware bridge, it carries tag 20.',
    )
  })

  test.each<[string, Partial<Network>, Partial<ObservedInterface>]>([
    ['plan.no-bridge', { bridge: 'vmbr3' }, {}],
    ['plan.not-vlan-aware', {}, { vlanAware: false, vids: null }],
    ['plan.tag-outside-bridge', {}, { vids: '30-40 50' }],
  ])('%s: blocked, and the host is named', (code, net, change) => {
    const seen = network()
    Object.assign(seen.interfaces[2]!, change)
    const result = plan({ net, seen })
    expect(codes(result)).toEqual([code])
    expect(!result.ok && result.refusals[0]?.message).toContain('pve1')
  })

  test('a reader that is older than interfaces blocks nothing', () => {
    const result = plan({
      edit: (observed) => {
        if (observed.hosts.pve1?.state === 'known') delete observed.hosts.pve1.value.network
      },
    })
    expect(codes(result)).toEqual([])
  })

  test.each([
    [null, 7, true],
    ['2-4094', 20, true],
    ['10 20-30,40', 25, true],
    ['10 20-30,40', 40, true],
    ['10 20-30,40', 31, false],
  ])('%s passes %i: %s', (vids, tag, yes) => {
    expect(passes(vids, tag)).toBe(yes)
  })
})

const BRIDGE: Partial<Network> = { bridge: 'vmbr20', realise: 'bridge' }
const at = (nic: string | undefined, rest = {}) => ({
  bridges: { vmbr0: {}, vmbr20: { ...(nic ? { nic } : {}), ...rest } },
})
const MARKER = 'drawbridge:p1/small/networks/k8s'

describe('a bridge that is asked for', () => {
  test('on a card that is free: a VLAN interface and a bridge, before what is plugged in', () => {
    const result = plan({ net: BRIDGE, host: at('enp6s0') })
    const [step] = steps(result, 'host.network')
    expect(step?.args).toMatchObject({
      make: [
        { name: 'enp6s0.20', type: 'vlan', rawDevice: 'enp6s0', tag: 20, marker: MARKER },
        { name: 'vmbr20', type: 'bridge', ports: ['enp6s0.20'], vlanAware: false },
      ],
      management: ['10.0.0.10'],
    })
    const plugging = steps(result, 'vm.configure')
    expect(plugging.length).toBe(5)
    for (const each of plugging) expect(each.needs).toContain('host.network:pve1')
    expect(result.ok && result.plan.level).toBe(2)
    expect(result.ok && result.plan.wayBack).toContain('ifreload -a')
  })

  test('a tag beside the management address on the same card is allowed', () => {
    const result = plan({ net: BRIDGE, host: at('enp5s0') })
    expect(codes(result)).toEqual([])
    expect(result.ok && result.plan.notes).toContainEqual(
      expect.stringMatching(/takes tag 20 from vmbr0, which stands on the same port/),
    )
  })

  test('one that is VLAN aware keeps the tag on the NICs', () => {
    const result = plan({ net: BRIDGE, host: at('enp6s0', { vlanAware: true }) })
    expect(steps(result, 'host.network')[0]?.args).toMatchObject({
      make: [{ name: 'vmbr20', ports: ['enp6s0'], vlanAware: true }],
    })
    expect(steps(result, 'vm.configure')[0]?.args).toMatchObject({
      spec: { nics: [{ bridge: 'vmbr20', tag: 20 }] },
    })
  })

  test('as it is asked for nothing is planned; changed by hand it is put right', () => {
    const vlan = interfaceOf('enp6s0.20', 'vlan', { rawDevice: 'enp6s0', marker: MARKER })
    const bridge = { ports: ['enp6s0.20'], marker: MARKER }
    const asked = plan({
      net: BRIDGE,
      host: at('enp6s0'),
      seen: network(vlan, interfaceOf('vmbr20', 'bridge', bridge)),
    })
    expect(steps(asked, 'host.network')).toEqual([])
    const changed = plan({
      net: BRIDGE,
      host: at('enp6s0'),
      seen: network(vlan, interfaceOf('vmbr20', 'bridge', { ...bridge, ports: [] })),
    })
    expect(
      changed.ok && changed.plan.changes.find(({ object }) => object[0] === 'hosts'),
    ).toMatchObject({
      fields: [{ field: 'vmbr20 bridge-ports', from: 'none', to: 'enp6s0.20' }],
      diff: expect.stringContaining('-\tbridge-ports none\n+\tbridge-ports enp6s0.20'),
    })
  })

  test.each<[string, Partial<Network>, object, ObservedNetwork]>([
    ['plan.management-interface', { vlan: undefined }, at('enp5s0'), network()],
    ['plan.no-port', {}, at('enp9s0'), network()],
    ['plan.foreign-network-changes', {}, at('enp6s0'), { ...network(), staged: '+auto vmbr9' }],
    ['plan.missing-privilege', {}, at('enp6s0'), { ...network(), mayChange: false }],
    [
      'plan.port-taken',
      { vlan: undefined },
      at('enp6s0'),
      network(interfaceOf('vmbr1', 'bridge', { ports: ['enp6s0'] })),
    ],
    [
      'plan.interface-not-ours',
      { vlan: undefined },
      at('enp6s0'),
      network(interfaceOf('vmbr20', 'bridge')),
    ],
  ])('%s: refused, and nothing else is told', (code, net, host, seen) => {
    expect(codes(plan({ net: { ...BRIDGE, ...net }, host, seen }))).toEqual([code])
  })

  test('a hold on the network leaves its bridge alone, and VMs that need it say what is missing', () => {
    const topology = smallLab()
    Object.assign(topology.networks!.k8s!, BRIDGE)
    topology.holds = [
      { path: ['networks', 'k8s'], by: 'ada', reason: 'the switch is new' },
    ] as never
    const observed = empty(topology)
    if (observed.hosts.pve1?.state === 'known') observed.hosts.pve1.value.network = network()
    const result = makePlan({ kind: 'deploy' }, topology, observed, CONTEXT)
    expect(codes(result)).toEqual(['plan.no-bridge'])
  })
})

const NONE: ObservedSdn = { zones: [], vnets: [], nodes: { pve1: [] } }
const VLAN: Partial<Network> = { sdn: { zone: 'home', kind: 'vlan' } }
const zone = (rest = {}) => ({
  zone: 'home',
  kind: 'vlan',
  bridge: 'vmbr0',
  staged: false,
  ...rest,
})
const vnet = (rest = {}) => ({
  ...{ vnet: 'k8s', zone: 'home', tag: 20, marker: MARKER, withZone: true, staged: false },
  ...{ subnets: [], ...rest },
})

describe("a network of Proxmox's SDN", () => {
  test('its zone and its VNet are made in one step, and its members carry no tag', () => {
    const result = plan({ net: VLAN, sdn: NONE })
    expect(steps(result, 'sdn.network')[0]?.args).toMatchObject({
      zones: [{ zone: 'home', kind: 'vlan', bridge: 'vmbr0' }],
      vnets: [{ vnet: 'k8s', zone: 'home', tag: 20, withZone: true, subnet: null }],
    })
    expect(steps(result, 'vm.configure')[0]?.args).toMatchObject({
      spec: { nics: [{ bridge: 'k8s', tag: null }] },
    })
  })

  test('there on every node nothing is planned; missing on one it is applied again', () => {
    const there = { zones: [zone()], vnets: [vnet()] }
    expect(
      steps(plan({ net: VLAN, sdn: { ...there, nodes: { pve1: ['home'] } } }), 'sdn.network'),
    ).toEqual([])
    const [step] = steps(plan({ net: VLAN, sdn: { ...there, nodes: { pve1: [] } } }), 'sdn.network')
    expect(step?.reason).toBe('pve1 has not taken it over')
  })

  test.each<[string, Partial<Network>, ObservedSdn]>([
    ['plan.zone-differs', VLAN, { ...NONE, zones: [zone({ kind: 'simple' })] }],
    ['plan.zone-differs', VLAN, { ...NONE, zones: [zone({ bridge: 'vmbr9' })] }],
    ['plan.missing-privilege', VLAN, { ...NONE, mayChange: false }],
    ['plan.zone-by-hand', { sdn: { zone: 'home', kind: 'evpn' } }, NONE],
    [
      'plan.vnet-not-ours',
      VLAN,
      { ...NONE, zones: [zone()], vnets: [vnet({ marker: null, tag: 30 })] },
    ],
    [
      'plan.foreign-network-changes',
      VLAN,
      { ...NONE, zones: [zone({ zone: 'other', staged: true })] },
    ],
  ])('%s: refused', (code, net, sdn) => {
    expect(codes(plan({ net, sdn }))).toEqual([code])
  })

  test('one that could not be read is not taken for empty', () => {
    expect(codes(plan({ net: VLAN }))).toEqual(['plan.unknown-sdn'])
  })

  test("somebody else's VNet that is as asked is used and stays theirs", () => {
    const sdn = { zones: [zone()], vnets: [vnet({ marker: null })], nodes: { pve1: ['home'] } }
    const result = plan({ net: VLAN, sdn })
    expect(steps(result, 'sdn.network')).toEqual([])
    expect(result.ok && result.plan.notes).toContainEqual(expect.stringMatching(/used as it is/))
  })

  test('in a simple zone the nodes are the gateway, but where a router is drawn', () => {
    const simple = { sdn: { zone: 'home', kind: 'simple' as const } }
    expect(steps(plan({ net: simple, sdn: NONE }), 'sdn.network')[0]?.args).toMatchObject({
      vnets: [{ tag: null, subnet: { cidr: '10.2.0.0/24', gateway: '10.2.0.1' } }],
    })
    expect(
      steps(plan({ net: { ...simple, router: 'fritz' }, sdn: NONE }), 'sdn.network')[0]?.args,
    ).toMatchObject({ vnets: [{ subnet: null }] })
  })
})

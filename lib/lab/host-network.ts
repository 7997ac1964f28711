import type { HostNetwork, Section, Sections } from './cluster-state'
import type { LabHost } from './state'

/** The interfaces of a host; those of one that was saved before they were kept come from its bridges. */
export function networkOf(host: LabHost): HostNetwork {
  host.network ??= { current: fromBridges(host), staged: null }
  return host.network
}

function fromBridges(host: LabHost): Sections {
  const manual = { method: 'manual', method6: 'manual' }
  const cards = host.bridges
    .filter(({ ports }) => ports)
    .map(({ ports }) => [ports, { type: 'eth', exists: '1', active: '1', ...manual }])
  const bridges = host.bridges.map((bridge) => [
    bridge.name,
    {
      ...{ type: 'bridge', autostart: '1', ...manual },
      ...{ bridge_ports: bridge.ports, bridge_stp: 'off', bridge_fd: '0' },
      ...(bridge.vlanAware ? { bridge_vlan_aware: '1', bridge_vids: '2-4094' } : {}),
      ...(bridge.cidr
        ? { method: 'static', cidr: bridge.cidr, gateway: bridge.cidr.replace(/\.\d+\/\d+$/, '.1') }
        : {}),
    },
  ])
  return Object.fromEntries([...cards, ...bridges]) as Sections
}

/** What a change starts from: what is staged, else what is there. */
export const editedInterfaces = (host: LabHost): Sections => {
  const { current, staged } = networkOf(host)
  return staged ?? current
}

/** Keeps interfaces for the next reload. */
export function stageInterfaces(host: LabHost, interfaces: Sections): void {
  networkOf(host).staged = interfaces
}

/** What `ifreload -a` leaves: staged changes are there, and guests can be plugged into the bridges. */
export function reloadNetwork(host: LabHost): void {
  const network = networkOf(host)
  if (network.staged) network.current = network.staged
  network.staged = null
  host.bridges = Object.entries(network.current)
    .filter(([, { type }]) => type === 'bridge' || type === 'OVSBridge')
    .map(([name, section]) => ({
      name,
      ports: section.bridge_ports ?? section.ovs_ports ?? '',
      vlanAware: section.bridge_vlan_aware === '1' || section.type === 'OVSBridge',
      cidr: section.cidr ?? null,
    }))
}

const NUMERIC = ['autostart', 'bridge_vlan_aware', 'exists', 'active', 'mtu']

/** One interface as the API shows it. `index`: its place in the file. */
export function interfaceRow(host: LabHost, iface: string, index: number): Record<string, unknown> {
  const section = editedInterfaces(host)[iface] as Section
  const { cidr, comments, ...rest } = section
  const shown = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      NUMERIC.includes(key) && value !== '' ? Number(value) : value,
    ]),
  )
  const running = iface in networkOf(host).current && section.type !== 'eth'
  return {
    ...{ iface, priority: 3 + index, families: ['inet'], ...shown },
    ...(running ? { active: 1 } : {}),
    ...(cidr ? { cidr, address: cidr.split('/')[0], netmask: cidr.split('/')[1] } : {}),
    ...(comments ? { comments: `${comments.trimEnd()}\n` } : {}),
  }
}

/** The lines of `/etc/network/interfaces` that one interface has. */
function linesOf([iface, section]: [string, Section]): string[] {
  const option = (key: string, name: string) => (section[key] ? [`\t${name} ${section[key]}`] : [])
  const bridge = section.type === 'bridge'
  return [
    ...(section.autostart === '1' ? [`auto ${iface}`] : []),
    `iface ${iface} inet ${section.method ?? 'manual'}`,
    ...option('cidr', 'address'),
    ...option('gateway', 'gateway'),
    ...(bridge
      ? [`\tbridge-ports ${section.bridge_ports || 'none'}`, '\tbridge-stp off', '\tbridge-fd 0']
      : []),
    ...(section.bridge_vlan_aware === '1'
      ? ['\tbridge-vlan-aware yes', `\tbridge-vids ${section.bridge_vids ?? '2-4094'}`]
      : []),
    ...option('slaves', 'bond-slaves'),
    ...option('bond_mode', 'bond-mode'),
    ...option('vlan-raw-device', 'vlan-raw-device'),
    ...option('mtu', 'mtu'),
    ...(section.comments
      ? section.comments
          .trimEnd()
          .split('\n')
          .map((text) => `#${text}`)
      : []),
    '',
  ]
}

const fileOf = (interfaces: Sections): string[] => [
  'auto lo',
  'iface lo inet loopback',
  '',
  ...Object.entries(interfaces).flatMap(linesOf),
]

/** The unified diff of what is staged, as `changes` beside the list; null if nothing is. */
export function stagedChanges(host: LabHost): string | null {
  const { current, staged } = networkOf(host)
  if (!staged) return null
  const [before, after] = [fileOf(current), fileOf(staged)]
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  while (
    tail < Math.min(before.length, after.length) - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail += 1
  const from = Math.max(0, head - 3)
  const kept = (lines: string[], start: number, end: number) =>
    lines.slice(start, end).map((line) => ` ${line}`)
  const [goneEnd, newEnd] = [before.length - tail, after.length - tail]
  const hunk = [
    ...kept(before, from, head),
    ...before.slice(head, goneEnd).map((line) => `-${line}`),
    ...after.slice(head, newEnd).map((line) => `+${line}`),
    ...kept(before, goneEnd, goneEnd + 3),
  ]
  const count = (sign: string) => hunk.filter((line) => line[0] !== sign).length
  return [
    '--- /etc/network/interfaces',
    '+++ /etc/network/interfaces.new',
    `@@ -${from + 1},${count('+')} +${from + 1},${count('-')} @@`,
    ...hunk,
    '',
  ].join('\n')
}

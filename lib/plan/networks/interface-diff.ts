import type { ObservedInterface } from '../observed'
import type { HostInterface } from '../step'

/** One setting of an interface that is not as it is wanted, in Proxmox's words. */
export type SettingChange = { setting: string; from: string | null; to: string | null }

/**
 * What differs between an interface as it is and as it is wanted; empty when alike. Only what the
 * panel sets counts: an address that somebody gave it stays.
 */
export function diffInterface(
  seen: ObservedInterface,
  wanted: Omit<HostInterface, 'marker'>,
): SettingChange[] {
  const pairs: [string, string | null, string | null][] = [
    ['type', seen.type, wanted.type],
    ...(wanted.type === 'bridge'
      ? ([
          ['bridge-ports', portsText(seen.ports), portsText(wanted.ports)],
          ['bridge-vlan-aware', yesNo(seen.vlanAware), yesNo(wanted.vlanAware)],
        ] as [string, string, string][])
      : ([['vlan-raw-device', seen.rawDevice, wanted.rawDevice]] as [
          string,
          string | null,
          string | null,
        ][])),
    ...(wanted.mtu === null
      ? []
      : ([['mtu', seen.mtu === null ? null : String(seen.mtu), String(wanted.mtu)]] as [
          string,
          string | null,
          string | null,
        ][])),
  ]
  return pairs
    .filter(([, from, to]) => from !== to)
    .map(([setting, from, to]) => ({ setting, from, to }))
}

const portsText = (ports: readonly string[]): string => ports.toSorted().join(' ') || 'none'
const yesNo = (value: boolean): string => (value ? 'yes' : 'no')

/** The lines of `/etc/network/interfaces` that it gets, as Proxmox writes them (PVE/INotify.pm). */
export function interfaceLines(wanted: HostInterface): string[] {
  const { name, type, ports, vlanAware, rawDevice, mtu, marker } = wanted
  return [
    `auto ${name}`,
    `iface ${name} inet manual`,
    ...(type === 'bridge'
      ? [`\tbridge-ports ${portsText(ports)}`, '\tbridge-stp off', '\tbridge-fd 0']
      : []),
    ...(type === 'bridge' && vlanAware ? ['\tbridge-vlan-aware yes', '\tbridge-vids 2-4094'] : []),
    ...(type === 'vlan' ? [`\tvlan-raw-device ${rawDevice}`] : []),
    ...(mtu === null ? [] : [`\tmtu ${mtu}`]),
    `#${marker}`,
  ]
}

/** What becomes of one interface. */
export type InterfaceEntry =
  | { what: 'new'; wanted: HostInterface }
  | { what: 'changed'; wanted: HostInterface; settings: readonly SettingChange[] }
  | { what: 'gone'; name: string }

/**
 * The difference of a host's `/etc/network/interfaces` that a person would see staged in Proxmox:
 * whole stanzas for what comes or goes, single options for what changes.
 */
export const interfacesDiff = (entries: readonly InterfaceEntry[]): string =>
  ['--- /etc/network/interfaces', '+++ /etc/network/interfaces.new', ...entries.flatMap(entryLines)]
    .join('\n')
    .trimEnd()

function entryLines(entry: InterfaceEntry): string[] {
  if (entry.what === 'new') return [...interfaceLines(entry.wanted).map((line) => `+${line}`), ' ']
  if (entry.what === 'gone') return [`-auto ${entry.name}`, `-iface ${entry.name} inet manual`, ' ']
  const settings = entry.settings.flatMap(({ setting, from, to }) => [
    ...(from === null ? [] : [`-\t${setting} ${from}`]),
    ...(to === null ? [] : [`+\t${setting} ${to}`]),
  ])
  return [` iface ${entry.wanted.name} inet manual`, ...settings, ' ']
}

/** What a person runs on the host where the panel must not: the same change, step by step. */
export function interfaceCommands(
  node: string,
  entries: readonly { wanted: HostInterface; exists: boolean }[],
): string[] {
  const one = ({ wanted, exists }: { wanted: HostInterface; exists: boolean }): string => {
    const { name, type, ports, vlanAware, rawDevice, mtu, marker } = wanted
    const options = [
      `--type ${type}`,
      '--autostart 1',
      ...(type === 'bridge'
        ? [`--bridge_ports '${ports.join(' ')}'`, ...(vlanAware ? ['--bridge_vlan_aware 1'] : [])]
        : [`--vlan-raw-device ${rawDevice}`]),
      ...(mtu === null ? [] : [`--mtu ${mtu}`]),
      `--comments '${marker}'`,
    ].join(' ')
    return exists
      ? `pvesh set /nodes/${node}/network/${name} ${options}`
      : `pvesh create /nodes/${node}/network --iface ${name} ${options}`
  }
  return [...entries.map(one), `pvesh set /nodes/${node}/network`]
}

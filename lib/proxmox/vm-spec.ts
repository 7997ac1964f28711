import type { NicSpec, PciSpec, VmSpec } from '@/lib/plan/observed'
import { type Drive, drivesOf, existingDrive } from './drive'
import { formatProperties, isOn, parseProperties } from './property-string'

/** A configuration's keys and values as PVE keeps them, without its digest. */
export type ConfigValues = Record<string, string>

/**
 * What every VM of ours has and the document does not name, because PVE's own API defaults break
 * cloud images: lsi instead of virtio, no serial port (a panic after a disk was resized).
 */
export const FIXED: ConfigValues = {
  ostype: 'l26',
  scsihw: 'virtio-scsi-single',
  serial0: 'socket',
}

/** Keys that follow from a spec. Where a spec leaves one out it must not be in the configuration. */
const OPTIONAL_KEYS = ['startup', 'tags']
/** Those that a document can name; another one reads as virtio without a MAC, and is nobody's then. */
const NIC_MODELS = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'vmxnet3'] as const
const NIC_KEY = /^net\d+$/
const PCI_KEY = /^hostpci\d+$/

/**
 * A VM's configuration but its disks, which are allocated, grown and moved, never just written.
 * Every key is written out: what PVE assumes for an absent one differs between its API and its UI.
 */
export function toConfig(spec: VmSpec): ConfigValues {
  return {
    ...FIXED,
    name: spec.name,
    cores: String(spec.cpus),
    sockets: '1',
    memory: String(spec.memoryMib),
    balloon: String(spec.balloonMib),
    cpu: spec.cpuType,
    machine: spec.machine === 'i440fx' ? 'pc' : spec.machine,
    bios: spec.bios,
    agent: spec.agent ? '1,fstrim_cloned_disks=1' : '0',
    onboot: spec.onBoot ? '1' : '0',
    protection: spec.protection ? '1' : '0',
    ...startupOf(spec),
    ...(spec.tags.length > 0 ? { tags: spec.tags.join(';') } : {}),
    ...(spec.disks[0] ? { boot: `order=${spec.disks[0].slot}` } : {}),
    ...Object.fromEntries(spec.nics.map((nic) => [nic.slot, formatNic(nic)])),
    ...Object.fromEntries(
      (spec.pci ?? []).flatMap((each) =>
        each.mapping === null ? [] : [[each.slot, formatPci(each)]],
      ),
    ),
  }
}

/** {@link toConfig} with its disks, as if each had the volume that `volumeOf` names. */
export function toFullConfig(spec: VmSpec, volumeOf: (slot: string) => string): ConfigValues {
  return {
    ...toConfig(spec),
    ...Object.fromEntries(
      spec.disks.map((disk) => [disk.slot, existingDrive(disk, volumeOf(disk.slot))]),
    ),
  }
}

/** The spec that a configuration amounts to, with PVE's own defaults for what is absent. */
export function fromConfig(values: Readonly<ConfigValues>): VmSpec {
  const memory = parseProperties(values.memory ?? '512')
  const memoryMib = Number(memory.get('') ?? memory.get('current') ?? 512)
  const startup = parseProperties(values.startup ?? '')
  const agent = parseProperties(values.agent ?? '0')
  const cpu = values.cpu ?? 'kvm64'
  const machine = values.machine ?? 'pc'
  return {
    name: values.name ?? '',
    cpus: Number(values.cores ?? 1) * Number(values.sockets ?? 1),
    memoryMib,
    balloonMib: values.balloon === undefined ? memoryMib : Number(values.balloon),
    cpuType: cpu.replace(/^cputype=/, ''),
    machine: machine === 'pc' ? 'i440fx' : machine.replace(/^type=/, ''),
    bios: values.bios === 'ovmf' ? 'ovmf' : 'seabios',
    agent: isOn(agent.get('') ?? agent.get('enabled')),
    onBoot: isOn(values.onboot),
    startOrder: numberOrNull(startup.get('order') ?? startup.get('')),
    startDelayS: numberOrNull(startup.get('up')),
    protection: isOn(values.protection),
    tags: (values.tags ?? '')
      .split(/[;, ]+/)
      .filter(Boolean)
      .toSorted(),
    nics: nicsOf(values),
    disks: drivesOf(values).map(withoutVolume),
    ...pciOf(values),
  }
}

/** Keys of a configuration that hold a field of a spec; NICs and devices are their own key. */
const KEYS_OF: Readonly<Record<string, readonly string[]>> = {
  cpus: ['cores', 'sockets'],
  memoryMib: ['memory'],
  balloonMib: ['balloon'],
  cpuType: ['cpu'],
  onBoot: ['onboot'],
  startOrder: ['startup'],
  startDelayS: ['startup'],
}

/**
 * What to set and what to remove so that a configuration becomes the wanted one; disks apart. With
 * `only`, fields of the spec such as `memoryMib` and `net0`, no other key is written, and what a NIC
 * or start order says beside what a spec holds (`queues`, `down`) stays.
 */
export function configChanges(
  current: Readonly<ConfigValues>,
  spec: VmSpec,
  only?: readonly string[],
): { set: ConfigValues; remove: string[] } {
  const keys = only && new Set(only.flatMap((field) => KEYS_OF[field] ?? [field]))
  const wanted = Object.entries(toConfig(spec))
    .filter(([key]) => !keys || keys.has(key))
    .map(([key, value]) => [key, keys ? keepingRest(key, current[key], value) : value] as const)
  const names = new Set(wanted.map(([key]) => key))
  const set = wanted.filter(([key, value]) => !sameValue(current[key], value))
  const remove = Object.keys(current).filter(
    (key) =>
      (OPTIONAL_KEYS.includes(key) || NIC_KEY.test(key) || isMapped(key, current[key])) &&
      (!keys || keys.has(key)) &&
      !names.has(key),
  )
  return { set: Object.fromEntries(set), remove }
}

/** Parts of a line that a spec holds; others are somebody else's. */
const HELD_PARTS: readonly [RegExp, readonly string[]][] = [
  [NIC_KEY, [...NIC_MODELS, 'model', 'macaddr', 'bridge', 'firewall', 'mtu', 'tag']],
  [/^startup$/, ['', 'order', 'up']],
]

function keepingRest(key: string, current: string | undefined, wanted: string): string {
  const held = HELD_PARTS.find(([pattern]) => pattern.test(key))?.[1]
  if (!held || current === undefined) return wanted
  const rest = [...parseProperties(current)].filter(([part]) => !held.includes(part))
  return [wanted, formatProperties(rest)].filter(Boolean).join(',')
}

/** The order of properties and the case of MACs do not count. */
function sameValue(current: string | undefined, wanted: string): boolean {
  return current !== undefined && canonical(current) === canonical(wanted)
}

const canonical = (value: string) => value.toLowerCase().split(',').toSorted().join(',')

function startupOf({ startOrder, startDelayS }: VmSpec): ConfigValues {
  const startup = formatProperties([
    ['order', startOrder],
    ['up', startDelayS],
  ])
  return startup ? { startup } : {}
}

const numberOrNull = (value: string | undefined) => (value === undefined ? null : Number(value))

const formatNic = (nic: NicSpec): string =>
  formatProperties([
    [nic.model, nic.mac],
    ['bridge', nic.bridge],
    ['firewall', nic.firewall ? 1 : null],
    ['mtu', nic.mtu],
    ['tag', nic.tag],
  ])

function nicsOf(values: Readonly<ConfigValues>): NicSpec[] {
  return Object.keys(values)
    .filter((key) => NIC_KEY.test(key))
    .toSorted((a, b) => Number(a.slice(3)) - Number(b.slice(3)))
    .map((slot) => parseNic(slot, values[slot] ?? ''))
}

/** A token may pass a device by its mapping alone (PVE 8 pve-api: `only root can set 'hostpci0' config for non-mapped devices`). */
const formatPci = ({ mapping, pcie }: PciSpec): string =>
  formatProperties([
    ['mapping', mapping],
    ['pcie', pcie ? 1 : null],
  ])

const isMapped = (key: string, value = ''): boolean =>
  PCI_KEY.test(key) && parseProperties(value).has('mapping')

/** What is passed through, in the order of the slots; nothing at all where there is none. */
function pciOf(values: Readonly<ConfigValues>): Pick<VmSpec, 'pci'> {
  const pci = Object.keys(values)
    .filter((key) => PCI_KEY.test(key))
    .toSorted((a, b) => Number(a.slice(7)) - Number(b.slice(7)))
    .map((slot): PciSpec => {
      const parts = parseProperties(values[slot] ?? '')
      return { slot, mapping: parts.get('mapping') ?? null, pcie: isOn(parts.get('pcie')) }
    })
  return pci.length === 0 ? {} : { pci }
}

/** `virtio=BC:24:11:00:00:01,...` or, as PVE also accepts it, `model=virtio,macaddr=...`. */
function parseNic(slot: string, line: string): NicSpec {
  const parts = parseProperties(line)
  const named = parts.get('model')
  const model = NIC_MODELS.find((each) => each === named || parts.has(each)) ?? 'virtio'
  return {
    slot,
    model,
    mac: (parts.get('macaddr') ?? parts.get(model) ?? '').toUpperCase(),
    bridge: parts.get('bridge') ?? '',
    tag: numberOrNull(parts.get('tag')),
    firewall: isOn(parts.get('firewall')),
    mtu: numberOrNull(parts.get('mtu')),
  }
}

const withoutVolume = ({ volume: _volume, ...disk }: Drive) => disk

/** The machine's own identity, kept over every change; null where PVE wrote none. */
export const uuidOf = (values: Readonly<ConfigValues>): string | null =>
  parseProperties(values.smbios1 ?? '').get('uuid') ?? null

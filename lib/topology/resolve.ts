import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import {
  DISK_DEFAULTS,
  defaultStorage,
  disksOf,
  NIC_DEFAULTS,
  PROTECTED,
  START_ORDER,
  VM_DEFAULTS,
} from './defaults'
import { parseCidr } from './ipv4'
import { plugOf } from './plug'
import type { Disk, Host, Network, Nic, PoolPurpose, Topology, Vm, VmRole } from './topology'

/** A VM with everything decided: size, defaults and networks looked up. Null where the document leaves it open. */
export type ResolvedVm = {
  id: string
  name: string
  role: VmRole
  host: string | null
  vmid: number | null
  template: string | null
  cpus: number
  memoryMib: number
  /** 0 = off. */
  balloonMib: number
  cpuType: string
  machine: string
  bios: 'seabios' | 'ovmf'
  agent: boolean
  onBoot: boolean
  startOrder: number | null
  startDelayS: number | null
  protection: boolean
  /** Sorted. */
  tags: string[]
  nics: ResolvedNic[]
  disks: ResolvedDisk[]
  /** Mappings of the host's GPUs and devices that are passed through; those without one are left out. */
  pci: { slot: string; mapping: string }[]
}

export type ResolvedNic = {
  id: string
  /** `net0` ... in the document's order. */
  slot: string
  network: string
  bridge: string
  vlan: number | null
  address: string | null
  /** Prefix length of the network. */
  prefix: number
  /** Only the first NIC with a gateway carries the default route. */
  gateway: string | null
  dns: string[]
  domain: string | null
  mac: string | null
  mtu: number | null
  model: NonNullable<Nic['model']>
  firewall: boolean
}

export type ResolvedDisk = {
  id: string
  /** `scsi0` ... in the document's order. */
  slot: string
  kind: Disk['kind']
  /** Names a data disk for life, at most 20 characters; null on a system disk. */
  serial: string | null
  sizeGib: number
  storage: string
  use: 'nfs' | 'longhorn' | 'plain' | null
  mount: string | null
  discard: boolean
  ssd: boolean
  iothread: boolean
}

/** The pool purpose that an address of a VM of this role comes from, on the network it stands in. */
export const POOL_OF_ROLE: Record<VmRole, PoolPurpose> = {
  'control-plane': 'control-planes',
  worker: 'workers',
  'load-balancer': 'load-balancers',
  nfs: 'storage',
  plain: 'vms',
}

/**
 * Null if there is no such VM, or if the document leaves open what has no default: its vCPUs, memory
 * or system disk size, or a network that does not exist. The rules name each of these as a blocker.
 */
export function resolveVm(topology: Topology, id: string): ResolvedVm | null {
  const vm = topology.vms?.[id]
  if (!vm) return null
  const size = vm.size === undefined ? undefined : topology.sizes?.[vm.size]
  const cpus = vm.cpus ?? size?.cpus
  const memoryMib = vm.memoryMib ?? size?.memoryMib
  const host = vm.host === undefined ? undefined : topology.hosts?.[vm.host]
  const nics = resolveNics(topology, vm, host)
  const disks = resolveDisks(id, vm, host, size?.diskGib)
  if (cpus === undefined || memoryMib === undefined || !nics || !disks) return null
  return {
    id,
    name: vm.name ?? id,
    role: vm.role,
    host: vm.host ?? null,
    vmid: vm.vmid ?? null,
    template: vm.template ?? null,
    cpus,
    memoryMib,
    balloonMib: vm.balloonMib ?? VM_DEFAULTS.balloonMib,
    cpuType: vm.cpuType ?? VM_DEFAULTS.cpuType,
    machine: vm.machine ?? VM_DEFAULTS.machine,
    bios: vm.bios ?? VM_DEFAULTS.bios,
    agent: vm.agent ?? VM_DEFAULTS.agent,
    onBoot: vm.onBoot ?? VM_DEFAULTS.onBoot,
    startOrder: vm.startOrder ?? START_ORDER[vm.role],
    startDelayS: vm.startDelayS ?? null,
    protection: vm.protection ?? PROTECTED[vm.role],
    tags: [...new Set(vm.tags ?? [])].sort(),
    nics,
    disks,
    pci: resolvePci(vm, host),
  }
}

/** Proxmox lets nobody but root pass a device that no mapping names; a rule says so. */
function resolvePci(vm: Vm, host: Host | undefined): ResolvedVm['pci'] {
  const mappings = [
    ...(vm.gpus ?? []).map((id) => host?.gpus?.[id]?.mapping),
    ...(vm.devices ?? []).map((id) => {
      const device = host?.devices?.[id]
      return device?.kind === 'usb' ? undefined : device?.mapping
    }),
  ]
  return [...new Set(mappings)]
    .filter((mapping) => mapping !== undefined)
    .map((mapping, n) => ({ slot: `hostpci${n}`, mapping }))
}

/** Every VM that can be resolved, in the document's order. */
export function resolveVms(topology: Topology): ResolvedVm[] {
  return Object.keys(topology.vms ?? {}).flatMap((id) => resolveVm(topology, id) ?? [])
}

function resolveNics(topology: Topology, vm: Vm, host: Host | undefined): ResolvedNic[] | null {
  const nics: ResolvedNic[] = []
  let routed = false
  for (const [id, nic] of Object.entries(vm.nics ?? {})) {
    const network: Network | undefined = topology.networks?.[nic.network]
    const block = network ? parseCidr(network.cidr) : null
    if (!network || !block) return null
    const gateway: string | null = routed ? null : (network.gateway ?? null)
    routed ||= gateway !== null
    nics.push({
      id,
      slot: `net${nics.length}`,
      network: nic.network,
      ...plugOf(nic.network, network, host),
      address: nic.address ?? null,
      prefix: block.prefix,
      gateway,
      dns: network.dns ?? [],
      domain: network.domain ?? null,
      mac: nic.mac ?? null,
      mtu: nic.mtu ?? network.mtu ?? null,
      model: nic.model ?? NIC_DEFAULTS.model,
      firewall: nic.firewall ?? NIC_DEFAULTS.firewall,
    })
  }
  return nics
}

function resolveDisks(
  vmId: string,
  vm: Vm,
  host: Host | undefined,
  systemGib: number | undefined,
): ResolvedDisk[] | null {
  const disks: ResolvedDisk[] = []
  for (const [id, disk] of disksOf(vm)) {
    const sizeGib = disk.sizeGib ?? (disk.kind === 'system' ? systemGib : undefined)
    if (sizeGib === undefined) return null
    disks.push({
      id,
      slot: disk.slot ?? `scsi${disks.length}`,
      kind: disk.kind,
      serial: disk.kind === 'data' && disk.slot === undefined ? diskSerial(vmId, id) : null,
      sizeGib,
      storage: disk.storage ?? defaultStorage(host),
      use: disk.use ?? null,
      mount: disk.mount ?? null,
      discard: disk.discard ?? DISK_DEFAULTS.discard,
      ssd: disk.ssd ?? DISK_DEFAULTS.ssd,
      iothread: disk.iothread ?? DISK_DEFAULTS.iothread,
    })
  }
  return disks
}

/**
 * Serial of a data disk: `db` and 16 hexadecimal digits, the same for life because ids never
 * change. QEMU cuts serials at 20 characters.
 */
export const diskSerial = (vmId: string, diskId: string): string =>
  `db${bytesToHex(sha256(utf8ToBytes(`${vmId}/${diskId}`))).slice(0, 16)}`

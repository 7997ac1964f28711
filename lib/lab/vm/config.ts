import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { LabError } from '../api/answer'
import type { LabState, Vm, VmConfig } from '../state'
import { isNumericOption } from './options'

/** The guest of that kind on that node, or PVE's error (AbstractConfig.pm:57). */
export function getVm(
  state: LabState,
  node: string,
  vmid: number,
  kind: 'qemu' | 'lxc' = 'qemu',
): Vm {
  const vm = state.vms[vmid]
  if (!vm || vm.node !== node || vm.kind !== kind)
    throw new LabError(
      `Configuration file 'nodes/${node}/${kind === 'qemu' ? 'qemu-server' : 'lxc'}/${vmid}.conf' does not exist`,
    )
  return vm
}

/** Throws `VM is locked (clone)` and the like (AbstractConfig.pm:337). */
export function assertUnlocked(vm: Vm): void {
  if (vm.config.lock) throw new LabError(`VM is locked (${vm.config.lock})`)
}

/** Configuration with what waits for a restart, as GET config without `current` shows it. */
export function wantedConfig(vm: Vm): VmConfig {
  const config = { ...vm.config }
  for (const [key, value] of Object.entries(vm.pending)) {
    if (value === null) delete config[key]
    else config[key] = value
  }
  return config
}

const section = (config: VmConfig): string =>
  Object.keys(config)
    .sort()
    .map((key) => `${key}: ${config[key]}\n`)
    .join('')

/** SHA-1 over the configuration file's text, pending section and snapshots included. */
export function configDigest(vm: Vm): string {
  const pending = Object.entries(vm.pending)
    .map(([key, value]) => `${key}: ${value ?? '!delete'}\n`)
    .sort()
    .join('')
  const snapshots = Object.entries(vm.snapshots)
    .map(([name, snapshot]) => `[${name}]\n${section(snapshot.config)}`)
    .join('')
  return bytesToHex(sha1(utf8ToBytes(`${section(vm.config)}[PENDING]\n${pending}${snapshots}`)))
}

/** Throws unless the caller's digest is the present one. */
export function assertDigest(vm: Vm, digest: string | undefined): void {
  if (digest && digest !== configDigest(vm))
    throw new LabError('checksum mismatch (file change by other user?)')
}

const typed = (key: string, value: string): string | number =>
  isNumericOption(key) && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value

/** Values as the API sends them: numbers for integers and booleans, passwords hidden. */
export function typedConfig(config: VmConfig): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      key === 'cipassword' ? '**********' : typed(key, value),
    ]),
  )
}

/** `GET pending`: every key with its present value, and what comes with the next start. */
export function pendingList(vm: Vm): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [{ key: 'digest', value: configDigest(vm) }]
  for (const [key, value] of Object.entries(vm.config)) {
    const row: Record<string, unknown> = { key, value: typed(key, value) }
    const pending = vm.pending[key]
    if (pending === null) row.delete = 1
    else if (pending !== undefined) row.pending = typed(key, pending)
    rows.push(row)
  }
  for (const [key, value] of Object.entries(vm.pending))
    if (value !== null && !(key in vm.config)) rows.push({ key, pending: typed(key, value) })
  return rows
}

/** What PVE does at each start: pending values become the configuration. */
export function applyPending(vm: Vm): void {
  vm.config = wantedConfig(vm)
  vm.pending = {}
}

/** A whole number of an option, with PVE's default where it is not set. */
export function numberOption(config: VmConfig, key: string, fallback: number): number {
  const value = config[key]?.replace(/^current=/, '')
  return value === undefined ? fallback : Number(value)
}

export const memoryMib = (config: VmConfig): number => numberOption(config, 'memory', 512)
export const cpuCount = (config: VmConfig): number =>
  numberOption(
    config,
    'vcpus',
    numberOption(config, 'cores', 1) * numberOption(config, 'sockets', 1),
  )

/** Whether `agent` switches the guest agent's channel on: `1`, `enabled=1,...`, `1,fstrim...`. */
export const agentEnabled = (config: VmConfig): boolean =>
  /^(enabled=)?1(,|$)/.test(config.agent ?? '')

import { invalid, LabError } from '../api/answer'
import { randomMac } from '../random'
import type { Lab, Vm } from '../state'
import { applyPending, assertDigest, assertUnlocked, wantedConfig } from './config'
import { DRIVE_SLOT, isCdrom, isCloudInit, parseDrive, UNUSED_SLOT } from './drive'
import { formatNet, parseNet } from './net'
import { isOption, waitsForRestart } from './options'
import { removeVolume } from './storage'
import { checkDrive, placeDrive } from './volume-of-drive'

/** Parameters of PUT config that are no options. */
const CONTROLS = new Set([
  'node',
  'vmid',
  'digest',
  'delete',
  'revert',
  'skiplock',
  'force',
  'background_delay',
  'import-working-storage',
])

const words = (text: string | undefined): string[] => (text ?? '').split(/[,; \n]+/).filter(Boolean)

/** Throws for what PVE refuses before it changes anything. */
export function checkUpdate(lab: Lab, vm: Vm, params: Record<string, string>, user: string): void {
  if (params.skiplock && user !== 'root@pam')
    throw invalid({ skiplock: 'Only root may use this option.' })
  for (const key of [...words(params.delete), ...words(params.revert)])
    if (!isOption(key)) throw invalid({ delete: `unknown option '${key}'` })
  for (const key of words(params.delete))
    if (key in params)
      throw invalid({ delete: `Cannot use '-${key}' and '-delete ${key}' at the same time.` })
  checkRootOnly(params, user)
  if (params.sshkeys && !/^(ssh-|ecdsa-|sk-)/.test(decodeURIComponent(params.sshkeys).trim()))
    throw new LabError('SSH public key validation error')
  assertDigest(vm, params.digest)
  if (!params.skiplock) assertUnlocked(vm)
  for (const [key, value] of Object.entries(params))
    if (DRIVE_SLOT.test(key))
      checkDrive(lab, vm, parseDrive(value) as NonNullable<ReturnType<typeof parseDrive>>)
}

/** A root@pam token is not root@pam (API2/Qemu.pm:829, 848, 879, 991). */
export function checkRootOnly(params: Record<string, string>, user: string): void {
  if (user === 'root@pam') return
  for (const [key, value] of Object.entries(params)) {
    if (key === 'args' || key === 'hookscript')
      throw new LabError(`only root can set '${key}' config`)
    if (/^hostpci\d+$/.test(key) && !/(^|,)mapping=/.test(value))
      throw new LabError(`only root can set '${key}' config for non-mapped devices`)
    if (/^serial\d+$/.test(key) && value !== 'socket')
      throw new LabError(`only root can modify '${key}' config for real devices`)
    if (/^usb\d+$/.test(key) && !/^(spice|mapping=)/.test(value))
      throw new LabError(`only root can modify '${key}' config for real devices`)
  }
}

/** Applies a checked update: options at once, or pending where a running machine needs a restart. */
export function updateConfig(lab: Lab, vm: Vm, params: Record<string, string>): void {
  for (const key of words(params.revert)) delete vm.pending[key]
  for (const key of words(params.delete)) deleteOption(lab, vm, key)
  for (const [key, value] of Object.entries(params)) {
    if (CONTROLS.has(key)) continue
    if (key === 'cdrom') setDrive(lab, vm, 'ide2', `${value},media=cdrom`)
    else if (DRIVE_SLOT.test(key)) setDrive(lab, vm, key, value)
    else {
      const stored = toStored(lab, key, value)
      assertCardStays(vm, key, stored)
      setOption(vm, key, stored)
    }
  }
  // A stopped machine takes over what waited for its next start (vmconfig_apply_pending).
  if (!vm.running) applyPending(vm)
}

/** A value as PVE's file keeps it: new MACs, newlines of descriptions as they came. */
export function toStored(lab: Lab, key: string, value: string): string {
  if (/^net\d+$/.test(key)) {
    const net = parseNet(value)
    if (net) return formatNet({ ...net, mac: net.mac ?? randomMac(lab.state) })
  }
  if (key === 'description' && value !== '' && !value.endsWith('\n')) return value
  if (key === 'tags') return [...new Set(words(value.toLowerCase()))].sort().join(';')
  return value
}

/** Another model or MAC is another card: the old one has to be unplugged (Qemu.pm vmconfig_update_net). */
function assertCardStays(vm: Vm, key: string, value: string): void {
  if (!/^net\d+$/.test(key)) return
  const [before, after] = [parseNet(vm.active?.[key] ?? ''), parseNet(value)]
  if (before && after && (before.model !== after.model || before.mac !== after.mac))
    assertUnpluggable(vm, key, value)
}

function setOption(vm: Vm, key: string, value: string): void {
  if (!vm.running || !waitsForRestart(key)) {
    vm.config[key] = value
    delete vm.pending[key]
    if (vm.active) vm.active[key] = value
  } else if (vm.config[key] === value) delete vm.pending[key]
  else vm.pending[key] = value
}

function deleteOption(lab: Lab, vm: Vm, key: string): void {
  if (DRIVE_SLOT.test(key) || UNUSED_SLOT.test(key)) {
    deleteDrive(lab, vm, key)
    return
  }
  if (/^net\d+$/.test(key)) assertUnpluggable(vm, key, null)
  if (!(key in wantedConfig(vm))) {
    delete vm.pending[key]
    return
  }
  if (vm.running && waitsForRestart(key)) vm.pending[key] = null
  else {
    delete vm.config[key]
    delete vm.pending[key]
    if (vm.active) delete vm.active[key]
  }
}

function deleteDrive(lab: Lab, vm: Vm, slot: string): void {
  const text = wantedConfig(vm)[slot]
  if (text === undefined) return
  const drive = parseDrive(text)
  if (!drive) return
  if (UNUSED_SLOT.test(slot)) {
    if (vm.config.protection === '1')
      throw new LabError(`can't remove unused disk '${drive.file}' - protection mode enabled`)
    removeVolume(lab.state, vm.node, drive.file)
    delete vm.config[slot]
    return
  }
  if (vm.config.protection === '1' && !isCdrom(drive))
    throw new LabError(`can't remove drive '${slot}' - protection mode enabled`)
  if (vm.running && waitsForRestart(slot)) {
    vm.pending[slot] = null
    return
  }
  assertUnpluggable(vm, slot, null)
  dropDrive(lab, vm, slot)
}

/** How long a guest is given to let a device go. */
const UNPLUG_MS = 6600

/**
 * Hot-unplugging needs the guest's cooperation (recorded: 400 hotplug problem). The wish is written
 * before it is tried: it stays, and comes true at the next start.
 */
function assertUnpluggable(vm: Vm, slot: string, wish: string | null): void {
  if (!vm.running || !vm.active?.[slot] || vm.guest?.phase === 'up') return
  vm.pending[slot] = wish
  throw new LabError(
    'Parameter verification failed.',
    400,
    { [slot]: `hotplug problem - error on hot-unplugging device '${slot}'\n` },
    UNPLUG_MS,
  )
}

/** Takes a drive out of the configuration. A disk's volume stays as `unusedN`. */
export function dropDrive(lab: Lab, vm: Vm, slot: string): void {
  const drive = parseDrive(vm.config[slot] ?? '')
  delete vm.config[slot]
  delete vm.pending[slot]
  if (vm.active) delete vm.active[slot]
  if (!drive) return
  if (isCloudInit(drive)) removeVolume(lab.state, vm.node, drive.file)
  else if (!isCdrom(drive)) keepUnused(vm, drive.file)
}

function keepUnused(vm: Vm, volid: string): void {
  for (let n = 0; n < 256; n += 1)
    if (!(`unused${n}` in vm.config)) {
      vm.config[`unused${n}`] = volid
      return
    }
}

function setDrive(lab: Lab, vm: Vm, slot: string, text: string): void {
  const drive = parseDrive(text)
  if (!drive) return
  const before = parseDrive(wantedConfig(vm)[slot] ?? '')
  const value = placeDrive(lab, vm, slot, drive)
  const placed = parseDrive(value)
  forgetUnused(vm, placed?.file ?? '')
  const mediaChange = before !== null && isCdrom(before) && isCdrom(drive)
  if (vm.running && waitsForRestart(slot) && !mediaChange) {
    vm.pending[slot] = value
    return
  }
  if (before && placed && before.file !== placed.file && !mediaChange) {
    assertUnpluggable(vm, slot, value)
    dropDrive(lab, vm, slot)
  }
  vm.config[slot] = value
  delete vm.pending[slot]
  if (vm.active) vm.active[slot] = value
}

function forgetUnused(vm: Vm, volid: string): void {
  for (const [key, value] of Object.entries(vm.config))
    if (UNUSED_SLOT.test(key) && value === volid) delete vm.config[key]
}

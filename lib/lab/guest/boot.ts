import { DURATIONS } from '../durations'
import { faultsOf } from '../faults'
import { randomInt, randomUuid } from '../random'
import type { Lab, Vm, VmConfig } from '../state'
import { agentEnabled } from '../vm/config'
import { isCdrom, isCloudInit } from '../vm/drive'
import { findVolume } from '../vm/storage'
import { disksOf, drivesOf } from '../vm/volume-of-drive'
import { parseSeed, type Seed } from './cloud-config'
import { beginFirstStage, finishCloudInit } from './cloud-init'
import { rootDisk } from './filesystem'
import type { CloudInitRun, Guest, GuestPhase } from './guest'
import { mountAll } from './mounts'
import { installPackages } from './packages'
import { oneCommand, startBootCommands, startProcess } from './process/start'
import { pveCloudInit } from './pve-cloud-init'
import { beginShutdown, endProcesses } from './stop'
import { startUnits } from './units'

/** A virtual duration give or take a tenth, so that eight machines do not march in step. */
const about = (lab: Lab, ms: number): number =>
  Math.round((ms * randomInt(lab.state, 90, 110)) / 100)

/** QEMU has started or was reset: firmware first, what follows comes by itself. */
export function bootGuest(lab: Lab, vm: Vm): void {
  endProcesses(lab, vm)
  const guest: Guest = {
    phase: 'firmware',
    due: lab.now.at + about(lab, DURATIONS.firmware),
    bootId: randomUuid(lab.state),
    bootAt: lab.now.at,
    volume: bootVolume(lab, vm),
    ssh: false,
    agent: false,
    units: {},
    mounts: [],
    processes: [],
    agentJobs: [],
    console: [],
    cloudInit: null,
  }
  vm.guest = guest
}

/** The first disk of the boot order that exists, else the first disk. */
function bootVolume(lab: Lab, vm: Vm): string | null {
  const config = vm.active ?? vm.config
  const order = /order=([\w;]+)/.exec(config.boot ?? '')?.[1]?.split(';') ?? []
  const disks = disksOf(config)
  const ordered = order.flatMap((slot) => disks.filter((disk) => disk.slot === slot))
  const found = [...ordered, ...disks].find(({ drive }) =>
    findVolume(lab.state, vm.node, drive.file),
  )
  return found?.drive.file ?? null
}

/** What follows each phase that ends by itself. */
const PHASE_ENDS: Partial<Record<GuestPhase, (lab: Lab, vm: Vm, guest: Guest) => void>> = {
  firmware: leaveFirmware,
  kernel: leaveKernel,
  network: leaveNetwork,
  config: leaveConfig,
  rebooting: bootGuest,
}

/** Takes a guest one phase further. Called when its `due` has come. */
export function advanceGuest(lab: Lab, vm: Vm): void {
  const guest = vm.guest
  if (!guest) return
  guest.due = null
  PHASE_ENDS[guest.phase]?.(lab, vm, guest)
}

function leaveFirmware(lab: Lab, vm: Vm, guest: Guest): void {
  const volume = guest.volume ? findVolume(lab.state, vm.node, guest.volume) : null
  const os = volume?.disk?.os
  if (!volume || !os) {
    guest.phase = 'no-boot'
    guest.console.push(
      'Booting from Hard Disk...',
      'Boot failed: not a bootable disk',
      'No bootable device.',
    )
    return
  }
  const config = vm.active ?? vm.config
  if (volume.bytes > os.imageBytes && !hasSerial(lab, vm, config)) {
    // bugzilla.proxmox.com 1639, 1770, 1886: the initramfs grows the disk and writes to ttyS0.
    guest.phase = 'panic'
    guest.console.push(
      `[    1.204518] EXT4-fs (sda1): resizing filesystem`,
      `[    1.387210] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100`,
      `[    1.387911] ---[ end Kernel panic - not syncing: Attempted to kill init! ]---`,
    )
    return
  }
  guest.phase = 'kernel'
  guest.console.push(`[    0.000000] Linux version ${os.kernel}`)
  guest.due = lab.now.at + about(lab, DURATIONS.kernel)
}

const hasSerial = ({ state }: Lab, vm: Vm, config: VmConfig): boolean =>
  'serial0' in config && !concerned(faultsOf(state, 'serial-lost'), vm)

/** Whether a fault is about every VM, or about this one. */
const concerned = (faults: readonly { vmid?: number }[], vm: Vm): boolean =>
  faults.some(({ vmid }) => vmid === undefined || vmid === vm.vmid)

/** The seed of an attached image: the panel's own ISO, or the one that PVE makes at each start. */
export function attachedSeed(lab: Lab, vm: Vm): Seed | null {
  const config = vm.active ?? vm.config
  for (const { drive } of drivesOf(config)) {
    if (isCloudInit(drive)) {
      const made = pveCloudInit(vm.vmid, config)
      return parseSeed({
        // The seed of PVE depends on the resolver of its host; the panel's own does not (traps T2).
        'meta-data': concerned(faultsOf(lab.state, 'other-instance'), vm)
          ? made.meta.replace(/\n$/, '-resolver\n')
          : made.meta,
        'user-data': made.user,
        'network-config': made.network,
      })
    }
    const files = isCdrom(drive) ? findVolume(lab.state, vm.node, drive.file)?.files : null
    const seed = files ? parseSeed(files) : null
    if (seed) return seed
  }
  return null
}

function leaveKernel(lab: Lab, vm: Vm, guest: Guest): void {
  const firstBoot = beginFirstStage(lab, vm, guest, attachedSeed(lab, vm))
  guest.phase = 'network'
  const extra = firstBoot ? DURATIONS.firstBootExtra : 0
  guest.due = lab.now.at + about(lab, DURATIONS.network + extra)
}

function leaveNetwork(lab: Lab, vm: Vm, guest: Guest): void {
  const os = rootDisk(lab, vm).os
  guest.ssh = true
  guest.agent = agentAnswers(lab, vm, guest)
  guest.console.push(...mountAll(lab, vm))
  startUnits(lab, vm, guest)
  guest.console.push('', `${os?.hostname} login: `)
  guest.phase = 'config'
  const packages = guest.cloudInit?.packages.filter((name) => !(name in (os?.packages ?? {}))) ?? []
  const installing =
    packages.length > 0 ? DURATIONS.aptUpdate + packages.length * DURATIONS.aptPackage : 0
  guest.due =
    lab.now.at +
    about(lab, (guest.cloudInit?.firstBoot ? DURATIONS.configStage : 2000) + installing)
}

/** Packages first, then runcmd and power_state's condition, looked at again until they are over. */
function leaveConfig(lab: Lab, vm: Vm, guest: Guest): void {
  const run = guest.cloudInit
  if (run && run.packages.length > 0) {
    installPackages(lab, vm, run.packages)
    run.packages = []
    guest.agent = agentAnswers(lab, vm, guest)
  }
  if (run && (run.process || nextCommands(lab, vm, run))) {
    guest.due = lab.now.at + 500
    if (guest.processes.some((process) => process.id === run.process)) return
    const ended = guest.agentJobs.find((job) => job.id === run.process)
    if (ended && ended.lastCode !== 0) run.power = null
    guest.agentJobs = guest.agentJobs.filter((job) => job !== ended)
    run.process = null
    return
  }
  const power = finishCloudInit(lab, vm, guest)
  guest.phase = 'up'
  guest.agent = agentAnswers(lab, vm, guest)
  if (power) beginShutdown(lab, vm, power === 'poweroff' ? 'off' : 'reboot')
}

/** Starts what comes next of the commands that first boot brings. False when there are none left. */
function nextCommands(lab: Lab, vm: Vm, run: CloudInitRun): boolean {
  if (run.runcmd.length > 0) {
    run.process = startBootCommands(lab, vm, run.runcmd)
    run.runcmd = []
    return true
  }
  if (!run.power || !run.powerCondition) return false
  run.process = startProcess(lab, vm, {
    list: oneCommand(run.powerCondition),
    user: 'root',
    sink: { kind: 'kept', out: '', err: '' },
  })
  run.powerCondition = null
  const process = vm.guest?.processes.at(-1)
  if (process) vm.guest?.agentJobs.push(process)
  return true
}

/** The agent answers only if it was baked or installed, and if PVE gave it its channel. */
function agentAnswers(lab: Lab, vm: Vm, guest: Guest): boolean {
  const os = rootDisk(lab, vm).os
  const blocked = concerned(faultsOf(lab.state, 'agent-never-up'), vm)
  const config = vm.active ?? vm.config
  return guest.ssh && !blocked && agentEnabled(config) && 'qemu-guest-agent' in (os?.packages ?? {})
}

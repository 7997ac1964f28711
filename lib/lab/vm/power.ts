import { LabError } from '../api/answer'
import { mappingsOf } from '../cluster-state'
import { bootGuest } from '../guest/boot'
import { beginShutdown, obeysAcpi } from '../guest/stop'
import { bridgesOn } from '../host-sdn'
import { isLost } from '../lost-disks'
import { whyNotMapped } from '../mapping'
import type { Lab, Vm } from '../state'
import type { Acts } from '../tasks/acts'
import { act, sleep } from '../tasks/task'
import { assertUnlocked, cpuCount, memoryMib } from './config'
import { parseNet } from './net'
import { switchOff, switchOn } from './power-state'
import { disksOf } from './volume-of-drive'

function existing(lab: Lab, vmid: number, node: string): Vm {
  const vm = lab.state.vms[vmid]
  if (vm?.node !== node)
    throw new LabError(`Configuration file 'nodes/${node}/qemu-server/${vmid}.conf' does not exist`)
  return vm
}

/** Passed-through devices have to be there, mapped ones as they were mapped (PVE::QemuServer::PCI). */
function assertDevices(lab: Lab, vm: Vm): void {
  for (const [key, value] of Object.entries(vm.config)) {
    if (!/^hostpci\d+$/.test(key)) continue
    const mapping = /(?:^|,)mapping=([^,]+)/.exec(value)?.[1]
    if (mapping !== undefined) {
      const section = mappingsOf(lab.state).pci[mapping]
      if (!section) throw new LabError(`PCI device mapping not found for '${mapping}'`)
      const fault = whyNotMapped(lab, section, vm.node)
      if (fault !== null)
        throw new LabError(`PCI device mapping invalid (hardware probably changed): ${fault}`)
      continue
    }
    const id = value.split(',')[0]?.replace(/^host=/, '') ?? ''
    const full = /^\w{4}:/.test(id) ? id : `0000:${id}`
    const host = lab.state.hosts[vm.node]
    if (!host?.pci.some((device) => device.id.startsWith(full)))
      throw new LabError(`no PCI device found for '${id}'`)
  }
}

/** Disks whose storage is gone are not found (Storage.pm activate_volumes). */
function assertDisks(lab: Lab, vm: Vm): void {
  for (const { drive } of disksOf(vm.config)) {
    const [storage = '', name = ''] = drive.file.split(':')
    if (isLost(lab.state, storage, vm.node))
      throw new LabError(`no such logical volume pve/${name}`)
  }
}

/** What QEMU and its network script refuse at start (recorded 8.4). */
function assertStartable(lab: Lab, vm: Vm, log: string[]): void {
  const host = lab.state.hosts[vm.node]
  if (!host) return
  const cpus = cpuCount(vm.config)
  if (cpus > host.cpuThreads)
    throw new LabError(`MAX ${host.cpuThreads} vcpus allowed per VM on this node`)
  const running = Object.values(lab.state.vms).filter(
    (other) => other.running && other.node === vm.node,
  )
  const used = running.reduce((sum, other) => sum + memoryMib(other.active ?? other.config), 0)
  if (used + memoryMib(vm.config) + host.ownMemoryMib > host.memoryMib * 1.5) {
    log.push(`kvm: cannot set up guest memory 'pc.ram': Cannot allocate memory`)
    throw new LabError('start failed: QEMU exited with code 1')
  }
  assertDevices(lab, vm)
  assertDisks(lab, vm)
  for (const [key, value] of Object.entries(vm.config)) {
    const bridge = /^net\d+$/.test(key) ? parseNet(value)?.options.bridge : undefined
    if (!bridge || bridgesOn(lab.state, vm.node).includes(bridge)) continue
    log.push(`bridge '${bridge}' does not exist`)
    throw new LabError('start failed: QEMU exited with code 1')
  }
}

export const powerActs: Acts<
  | 'vm.start'
  | 'vm.started'
  | 'vm.stop'
  | 'vm.powerdown'
  | 'vm.await-off'
  | 'vm.reset'
  | 'vm.pause'
  | 'host.start-guest'
> = {
  'vm.start'(lab, task, { vmid, skipLock }) {
    const vm = existing(lab, vmid, task.node)
    if (!skipLock) assertUnlocked(vm)
    if (vm.config.template === '1') throw new LabError("you can't start a vm if it's a template")
    if (vm.running) throw new LabError(`VM ${vmid} already running`)
    if (
      Object.values(vm.config).some((value) => /cloudinit/.test(value) && /media=cdrom/.test(value))
    )
      task.log.push('generating cloud-init ISO')
    assertStartable(lab, vm, task.log)
  },

  'vm.started'(lab, task, { vmid }) {
    switchOn(lab, existing(lab, vmid, task.node))
  },

  'vm.stop'(lab, task, { vmid }) {
    const vm = existing(lab, vmid, task.node)
    if (vm.running) switchOff(lab, vm)
  },

  'vm.powerdown'(lab, task, { vmid, limitMs, force, thenStart }) {
    const vm = existing(lab, vmid, task.node)
    if (!vm.running) return
    if (obeysAcpi(vm)) beginShutdown(lab, vm, 'off')
    const next = { vmid, deadline: lab.now.at + limitMs, force, thenStart }
    task.run?.stages.unshift(act('vm.await-off', next))
  },

  /** Looks each second whether the guest is off; QEMU ends when it is. */
  'vm.await-off'(lab, task, args) {
    const vm = existing(lab, args.vmid, task.node)
    if (!vm.running) {
      if (args.thenStart)
        task.run?.stages.unshift(sleep(1500), act('vm.started', { vmid: args.vmid }))
      return
    }
    if (lab.now.at < args.deadline) {
      task.run?.stages.unshift(sleep(1000), act('vm.await-off', args))
      return
    }
    if (!args.force) throw new LabError('VM quit/powerdown failed - got timeout')
    task.log.push('VM still running - terminating now with SIGTERM')
    switchOff(lab, vm)
  },

  'vm.reset'(lab, task, { vmid }) {
    const vm = existing(lab, vmid, task.node)
    delete vm.ioError
    bootGuest(lab, vm)
  },

  /** Its start is a task of its own, which the lab begins after this turn of tasks. */
  'host.start-guest'(lab, _task, { vmid }) {
    lab.state.starting = [...(lab.state.starting ?? []), vmid]
  },

  'vm.pause'(lab, task, { vmid, paused }) {
    const vm = existing(lab, vmid, task.node)
    vm.paused = paused
    if (!paused) delete vm.ioError
  },
}

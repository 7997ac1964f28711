import { LabError } from '../api/answer'
import { bootGuest } from '../guest/boot'
import { beginShutdown, obeysAcpi } from '../guest/stop'
import { bridgesOn } from '../host-sdn'
import type { Lab, Vm } from '../state'
import type { Acts } from '../tasks/acts'
import { act, sleep } from '../tasks/task'
import { assertUnlocked, cpuCount, memoryMib } from './config'
import { parseNet } from './net'
import { switchOff, switchOn } from './power-state'

function existing(lab: Lab, vmid: number): Vm {
  const vm = lab.state.vms[vmid]
  if (!vm)
    throw new LabError(`Configuration file 'nodes/pve1/qemu-server/${vmid}.conf' does not exist`)
  return vm
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
  for (const [key, value] of Object.entries(vm.config)) {
    const bridge = /^net\d+$/.test(key) ? parseNet(value)?.options.bridge : undefined
    if (!bridge || bridgesOn(lab.state, vm.node).includes(bridge)) continue
    log.push(`bridge '${bridge}' does not exist`)
    throw new LabError('start failed: QEMU exited with code 1')
  }
}

export const powerActs: Acts<
  'vm.start' | 'vm.started' | 'vm.stop' | 'vm.powerdown' | 'vm.await-off' | 'vm.reset' | 'vm.pause'
> = {
  'vm.start'(lab, task, { vmid, skipLock }) {
    const vm = existing(lab, vmid)
    if (!skipLock) assertUnlocked(vm)
    if (vm.config.template === '1') throw new LabError("you can't start a vm if it's a template")
    if (vm.running) throw new LabError(`VM ${vmid} already running`)
    if (
      Object.values(vm.config).some((value) => /cloudinit/.test(value) && /media=cdrom/.test(value))
    )
      task.log.push('generating cloud-init ISO')
    assertStartable(lab, vm, task.log)
  },

  'vm.started'(lab, _task, { vmid }) {
    switchOn(lab, existing(lab, vmid))
  },

  'vm.stop'(lab, _task, { vmid }) {
    const vm = existing(lab, vmid)
    if (vm.running) switchOff(lab, vm)
  },

  'vm.powerdown'(lab, task, { vmid, limitMs, force, thenStart }) {
    const vm = existing(lab, vmid)
    if (!vm.running) return
    if (obeysAcpi(vm)) beginShutdown(lab, vm, 'off')
    const next = { vmid, deadline: lab.now.at + limitMs, force, thenStart }
    task.run?.stages.unshift(act('vm.await-off', next))
  },

  /** Looks each second whether the guest is off; QEMU ends when it is. */
  'vm.await-off'(lab, task, args) {
    const vm = existing(lab, args.vmid)
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

  'vm.reset'(lab, _task, { vmid }) {
    const vm = existing(lab, vmid)
    bootGuest(lab, vm)
  },

  'vm.pause'(lab, _task, { vmid, paused }) {
    existing(lab, vmid).paused = paused
  },
}

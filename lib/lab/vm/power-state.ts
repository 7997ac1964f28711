import { bootGuest } from '../guest/boot'
import { dropGuest } from '../guest/stop'
import type { Lab, Vm } from '../state'
import { applyPending } from './config'

/** What `qm start` leaves behind: pending values applied, QEMU running, the guest booting. */
export function switchOn(lab: Lab, vm: Vm): void {
  applyPending(vm)
  vm.running = true
  vm.paused = false
  delete vm.ioError
  vm.active = { ...vm.config }
  vm.startedAt = lab.now.at
  vm.startedWall = lab.now.wall
  lab.state.serial += 1
  vm.pid = 20_000 + lab.state.serial
  bootGuest(lab, vm)
}

/** The plug pulled, or QEMU ended because the guest powered off. */
export function switchOff(lab: Lab, vm: Vm): void {
  dropGuest(lab, vm)
  vm.running = false
  vm.paused = false
  delete vm.ioError
  vm.active = null
  vm.stoppedAt = lab.now.at
  vm.pid = 0
}

import { DURATIONS } from '../durations'
import type { Lab, Vm } from '../state'

/** Ends everything in a guest at once: power-off, reset, kill. */
export function dropGuest(lab: Lab, vm: Vm): void {
  endProcesses(lab, vm)
  vm.guest = null
}

/** Whether a running system is there to hear the power button. */
export const obeysAcpi = (vm: Vm): boolean =>
  vm.guest !== null && ['network', 'config', 'up'].includes(vm.guest.phase)

/** The guest begins to go down, to stay off or to come up again; its connections drop. */
export function beginShutdown(lab: Lab, vm: Vm, then: 'off' | 'reboot'): void {
  const guest = vm.guest
  if (!guest || guest.phase === 'stopping' || guest.phase === 'rebooting') return
  endProcesses(lab, vm)
  guest.phase = then === 'off' ? 'stopping' : 'rebooting'
  guest.ssh = false
  guest.agent = false
  guest.due = lab.now.at + DURATIONS.shutdown
}

/** Whoever waits for a process gets what ssh reports for a dropped connection. */
export function endProcesses(lab: Lab, vm: Vm): void {
  for (const process of vm.guest?.processes ?? [])
    if (process.sink.kind === 'channel')
      lab.effects.push({ type: 'exit', process: process.id, code: 255 })
  if (vm.guest) vm.guest.processes = []
}

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

/** Ends one process, or all of them. Whoever waits gets what ssh reports for a dropped connection. */
export function endProcesses(lab: Lab, vm: Vm, id?: string): void {
  const guest = vm.guest
  if (!guest) return
  const ended = guest.processes.filter((process) => id === undefined || process.id === id)
  for (const process of ended)
    if (process.sink.kind === 'channel')
      lab.effects.push({ type: 'exit', process: process.id, code: 255 })
  guest.processes = guest.processes.filter((process) => !ended.includes(process))
}

import { readText } from '../../guest/filesystem'
import { oneCommand, startProcess } from '../../guest/process/start'
import { endProcesses } from '../../guest/stop'
import { addUnit } from '../../guest/units'
import type { Lab, Vm } from '../../state'
import { writeRoot } from '../write-root'
import { journalPath } from './journal'

/** Units that k3s' own installer and the panel make. */
export const UNITS = ['k3s', 'k3s-agent'] as const

/** Ends what runs as the unit and runs its ExecStart; it is up when k3s says so. */
export function startUnit(lab: Lab, vm: Vm, name: string): void {
  const before = vm.guest?.units[name]?.process
  if (before) endProcesses(lab, vm, before)
  const text = readText(lab, vm, `/etc/systemd/system/${name}.service`) ?? ''
  const words = /^ExecStart=(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? []
  if (readText(lab, vm, journalPath(name)) === null) writeRoot(lab, vm, journalPath(name), '')
  const process = startProcess(lab, vm, {
    list: oneCommand(words),
    user: 'root',
    sink: { kind: 'file', path: journalPath(name) },
    unit: name,
  })
  // A unit of Type=notify is up when it says so itself.
  addUnit(lab, vm, name, /^Type=notify$/m.test(text) ? 'activating' : 'active', process)
}

/** At boot: what is enabled. */
export function startEnabled(lab: Lab, vm: Vm): void {
  for (const name of UNITS) if (vm.guest?.units[name]) startUnit(lab, vm, name)
}

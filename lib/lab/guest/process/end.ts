import type { Lab, Vm } from '../../state'
import type { Process } from '../guest'

/** A process is over: its unit gets the result, its channel the code. */
export function endProcess(lab: Lab, vm: Vm, process: Process): void {
  const guest = vm.guest
  if (!guest) return
  guest.processes = guest.processes.filter((other) => other !== process)
  if (process.sink.kind === 'channel')
    lab.effects.push({ type: 'exit', process: process.id, code: process.lastCode })
  const unit = process.unit ? guest.units[process.unit] : undefined
  if (!process.unit || !unit) return
  const good = process.lastCode === 0
  unit.exitStatus = process.lastCode
  unit.result = good ? 'success' : 'exit-code'
  unit.process = null
  if (good && unit.remain) {
    unit.sub = 'exited'
    return
  }
  unit.active = good ? 'inactive' : 'failed'
  unit.sub = good ? 'dead' : 'failed'
  // Transient units that ended well are unloaded at once; failed ones with --collect too.
  if (unit.transient && (good || unit.collect)) delete guest.units[process.unit]
}

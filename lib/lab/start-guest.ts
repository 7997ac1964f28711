import { DURATIONS } from './durations'
import type { Lab, Vm } from './state'
import { startTask } from './tasks/start-task'
import { act, sleep } from './tasks/task'

/** A start that nobody asked for by the API: at boot of its host, or by the HA manager. */
export function startByItself(lab: Lab, vm: Vm): void {
  const { vmid, node } = vm
  const container = vm.kind === 'lxc'
  startTask(lab, {
    ...{ node, type: container ? 'vzstart' : 'qmstart', id: String(vmid), user: 'root@pam' },
    stages: container
      ? [sleep(DURATIONS.start), act('container.power', { vmid, on: 'start' })]
      : [
          act('vm.start', { vmid, skipLock: true }),
          sleep(DURATIONS.start),
          act('vm.started', { vmid }),
        ],
  })
}

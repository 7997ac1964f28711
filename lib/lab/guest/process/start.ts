import type { Lab, Vm } from '../../state'
import type { Process } from '../guest'
import type { ListItem } from '../shell/ast'

export type NewProcess = {
  list: ListItem[]
  user: string
  sink: Process['sink']
  stdin?: string
  unit?: string
}

/** Queues a command line in a running guest; it begins with the next turn of the clock. Returns its id. */
export function startProcess(
  lab: Lab,
  vm: Vm,
  { list, user, sink, stdin, unit }: NewProcess,
): string {
  lab.state.serial += 1
  lab.state.record.commands += 1
  const id = String(600 + lab.state.serial)
  vm.guest?.processes.push({
    id,
    user,
    frames: [{ list, index: 0, stage: 0, piped: stdin ?? '', user }],
    script: null,
    due: lab.now.at,
    sink,
    stdin: stdin ?? '',
    lastCode: 0,
    unit: unit ?? null,
    startedAt: lab.now.at,
  })
  return id
}

/** A single command from its words. */
export const oneCommand = (words: string[]): ListItem[] => [
  { op: ';', pipeline: [{ words, redirects: [], assignments: {} }] },
]

/** First-boot commands of a seed, one after the other whatever their result. */
export function startBootCommands(lab: Lab, vm: Vm, commands: string[][]): string {
  return startProcess(lab, vm, {
    list: commands.flatMap(oneCommand),
    user: 'root',
    sink: { kind: 'file', path: '/var/log/cloud-init-output.log' },
  })
}

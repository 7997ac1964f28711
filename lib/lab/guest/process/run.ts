import { LabError } from '../../api/answer'
import { wallSeconds } from '../../clock'
import { faultsOf, spendFault } from '../../faults'
import type { Lab, Vm } from '../../state'
import { COMMANDS, CONDITIONS, EFFECTS } from '../commands'
import { rootDisk } from '../filesystem'
import type { Process } from '../guest'
import type { SimpleCommand } from '../shell/ast'
import { parseCommandLine, ShellSyntaxError } from '../shell/parse'
import { failed, type RunningScript, type Script, type ScriptStep } from '../shell/script'
import { endProcess } from './end'
import { emit, openRedirects, readInput } from './output'
import { unwrap } from './unwrap'

/** Works a process off until it has to wait or is over. */
export function runProcess(lab: Lab, vm: Vm, process: Process): void {
  for (let turns = 0; turns < 10_000; turns += 1) {
    if (!vm.guest?.processes.includes(process)) return
    if (process.script) {
      if (!runScript(lab, vm, process, process.script)) return
      finishCommand(process, process.script)
      process.script = null
      continue
    }
    const command = nextCommand(process)
    if (!command) {
      endProcess(lab, vm, process)
      return
    }
    begin(lab, vm, process, command)
  }
  throw new Error(`process ${process.id} of VM ${vm.vmid} does not come to an end`)
}

/** The command whose turn it is; finished frames are left behind with their code. */
function nextCommand(process: Process): SimpleCommand | null {
  for (;;) {
    const frame = process.frames.at(-1)
    if (!frame) return null
    const item = frame.list[frame.index]
    if (!item) {
      process.frames.pop()
      const outer = process.frames.at(-1)
      if (outer) advanceStage(process, '')
      continue
    }
    const skip =
      frame.stage === 0 &&
      frame.index > 0 &&
      ((item.op === '&&' && process.lastCode !== 0) || (item.op === '||' && process.lastCode === 0))
    if (!skip) return item.pipeline[frame.stage] ?? null
    frame.index += 1
  }
}

/** The pipeline's next command, or the list's next item. */
function advanceStage(process: Process, captured: string): void {
  const frame = process.frames.at(-1)
  const item = frame?.list[frame.index]
  if (!frame || !item) return
  if (frame.stage + 1 < item.pipeline.length) {
    frame.stage += 1
    frame.piped = captured
  } else {
    frame.stage = 0
    frame.index += 1
    frame.piped = ''
  }
}

function finishCommand(process: Process, script: RunningScript): void {
  process.lastCode = script.code
  advanceStage(process, script.captured)
}

/** Starts a command: wrappers such as sudo and sh -c first, then the table. */
function begin(lab: Lab, vm: Vm, process: Process, command: SimpleCommand): void {
  const frame = process.frames.at(-1)
  if (!frame) return
  const opened = openRedirects(lab, vm, command, frame.user)
  if (opened) {
    process.script = { ...failed(opened), captured: '' }
    return
  }
  if (command.words.length === 0) {
    process.script = { steps: [], code: 0, captured: '' }
    return
  }
  const inner = unwrap(command.words, frame.user, rootDisk(lab, vm).os)
  if (inner.kind === 'list') {
    try {
      const list = parseCommandLine(inner.text)
      process.frames.push({ list, index: 0, stage: 0, piped: frame.piped, user: inner.user })
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error
      process.script = { ...failed(error.message, 2), captured: '' }
    }
    return
  }
  const script =
    inner.kind === 'failed'
      ? failed(inner.message, inner.code)
      : callCommand(
          lab,
          vm,
          process,
          inner.words,
          inner.user,
          readInput(lab, vm, command, frame.piped),
        )
  process.script = { steps: [...script.steps], code: script.code, captured: '' }
}

function callCommand(
  lab: Lab,
  vm: Vm,
  process: Process,
  words: string[],
  user: string,
  stdin: string,
): Script {
  const [name = '', ...args] = words
  const os = rootDisk(lab, vm).os
  if (!os || !vm.guest) return failed('no system')
  const fault = faultsOf(lab.state, 'command-fails').find(
    (candidate) =>
      `${words.join(' ')} `.startsWith(`${candidate.command} `) &&
      (candidate.vmid === undefined || candidate.vmid === vm.vmid),
  )
  const refused = failed(fault?.message ?? `${name}: error while executing`, fault?.code ?? 1)
  if (fault) spendFault(lab.state, fault)
  if (fault && fault.after === undefined) return refused
  const base = name.replace(/^\/(usr\/)?(local\/)?s?bin\//, '')
  const command = COMMANDS[base]
  if (!command) return failed(`bash: line 1: ${name}: command not found`, 127)
  try {
    const script = command({
      lab,
      vm,
      guest: vm.guest,
      os,
      process,
      name: base,
      args,
      user,
      stdin,
      mtime: wallSeconds(lab.now),
    })
    const done = script.steps.slice(0, fault?.after).map((step) => slowed(lab, words, step))
    return fault
      ? { steps: [...done, ...refused.steps], code: refused.code }
      : { ...script, steps: done }
  } catch (error) {
    if (error instanceof LabError) return failed(error.message)
    throw error
  }
}

/** A step of a command that takes longer by a `slow` fault with its first words as task. */
function slowed({ state }: Lab, words: readonly string[], step: ScriptStep): ScriptStep {
  if (!('afterMs' in step)) return step
  const factor = faultsOf(state, 'slow')
    .filter(({ task }) => task !== undefined && `${words.join(' ')} `.startsWith(`${task} `))
    .reduce((product, fault) => product * fault.factor, 1)
  return factor === 1 ? step : { ...step, afterMs: step.afterMs * factor }
}

/** True when the script is over. */
function runScript(lab: Lab, vm: Vm, process: Process, script: RunningScript): boolean {
  for (;;) {
    const step = script.steps[0]
    if (!step) return true
    if ('afterMs' in step && step.afterMs > 0) {
      process.due = lab.now.at + step.afterMs
      step.afterMs = 0
      return false
    }
    if (step.do === 'wait') {
      if (!waitIsOver(lab, vm, process, script, step)) return false
      continue
    }
    script.steps.shift()
    if (step.do === 'write') emit(lab, vm, process, script, step.stream, step.text)
    else if (step.do === 'exit') {
      script.code = step.code
      script.steps = []
    } else {
      const result = EFFECTS[step.effect]?.(lab, vm, process, step.args)
      if (result?.err) emit(lab, vm, process, script, 'err', result.err)
      if (result && result.code !== 0) {
        script.code = result.code
        script.steps = []
      }
      if (!vm.guest?.processes.includes(process)) return false
    }
  }
}

function waitIsOver(
  lab: Lab,
  vm: Vm,
  process: Process,
  script: RunningScript,
  step: Extract<ScriptStep, { do: 'wait' }>,
): boolean {
  const result = CONDITIONS[step.condition]?.(lab, vm, process, step.args) ?? null
  const since = step.since ?? lab.now.at
  step.since = since
  if (!result && lab.now.at - since < step.limitMs) {
    process.due = lab.now.at + step.everyMs
    return false
  }
  script.steps.shift()
  const outcome = result ?? { code: 124 }
  if (outcome.out) emit(lab, vm, process, script, 'out', outcome.out)
  if (outcome.err) emit(lab, vm, process, script, 'err', outcome.err)
  if (outcome.code !== 0) {
    script.code = outcome.code
    script.steps = []
  }
  return true
}

import { wallSeconds } from '../../clock'
import type { Lab, Vm } from '../../state'
import { findNode, normalizePath, parentPath, readText, writeText } from '../filesystem'
import type { Process } from '../guest'
import { mayRead, mayWrite } from '../permissions'
import type { SimpleCommand } from '../shell/ast'
import type { RunningScript } from '../shell/script'

/** Creates or empties the files that output goes to. Returns bash's complaint, or null. */
export function openRedirects(
  lab: Lab,
  vm: Vm,
  command: SimpleCommand,
  user: string,
): string | null {
  for (const redirect of command.redirects) {
    if (redirect.to === '&1' || redirect.to.startsWith('/dev/')) continue
    const path = normalizePath(redirect.to, homeOf(user))
    if (redirect.fd === 0) {
      if (readText(lab, vm, path) === null)
        return `bash: line 1: ${redirect.to}: No such file or directory`
      if (!mayRead(lab, vm, path, user)) return `bash: line 1: ${redirect.to}: Permission denied`
      continue
    }
    const folder = findNode(lab, vm, parentPath(path))
    if (folder?.kind !== 'dir') return `bash: line 1: ${redirect.to}: No such file or directory`
    if (!mayWrite(lab, vm, path, user)) return `bash: line 1: ${redirect.to}: Permission denied`
    const append = 'append' in redirect && redirect.append
    const isNew = findNode(lab, vm, path) === null
    writeText(lab, vm, path, '', {
      append,
      mtime: wallSeconds(lab.now),
      ...(isNew ? { owner: user } : {}),
    })
  }
  return null
}

export const homeOf = (user: string): string => (user === 'root' ? '/root' : `/home/${user}`)

/** Standard input of a command: a file by `<`, else what the pipe or the channel brought. */
export function readInput(lab: Lab, vm: Vm, command: SimpleCommand, piped: string): string {
  const redirect = command.redirects.find((candidate) => candidate.fd === 0)
  if (!redirect) return piped
  return readText(lab, vm, normalizePath(redirect.to)) ?? ''
}

/** Sends output where the command's redirections, its pipe and the process's sink say. */
export function emit(
  lab: Lab,
  vm: Vm,
  process: Process,
  script: RunningScript,
  stream: 'out' | 'err',
  text: string,
): void {
  const frame = process.frames.at(-1)
  const pipeline = frame?.list[frame.index]?.pipeline
  const command = pipeline?.[frame?.stage ?? 0]
  const merged = command?.redirects.some((redirect) => redirect.to === '&1') ?? false
  const fd = stream === 'out' || merged ? 1 : 2
  const target = command?.redirects
    .filter((redirect) => redirect.fd === fd && redirect.to !== '&1')
    .at(-1)
  if (target) {
    if (target.to === '/dev/null') return
    if (target.to === '/dev/stderr' || target.to === '/dev/stdout') {
      toSink(lab, vm, process, target.to === '/dev/stderr' ? 'err' : 'out', text)
      return
    }
    const path = normalizePath(target.to, homeOf(frame?.user ?? 'root'))
    writeText(lab, vm, path, text, { append: true, mtime: wallSeconds(lab.now) })
    return
  }
  const piped = fd === 1 && frame && pipeline && frame.stage + 1 < pipeline.length
  if (piped) script.captured += text
  else toSink(lab, vm, process, stream, text)
}

function toSink(lab: Lab, vm: Vm, process: Process, stream: 'out' | 'err', text: string): void {
  const sink = process.sink
  if (sink.kind === 'channel')
    lab.effects.push({ type: 'output', process: process.id, stream, data: text })
  else if (sink.kind === 'file')
    writeText(lab, vm, sink.path, text, { append: true, mtime: wallSeconds(lab.now) })
  else sink[stream] += text
}

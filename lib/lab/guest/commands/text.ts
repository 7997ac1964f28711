import type { Command, CommandContext, CommandFamily } from '../command'
import { findNode, normalizePath, readText, writeText } from '../filesystem'
import { mayRead, mayWrite } from '../permissions'
import { homeOf } from '../process/output'
import { done, failed } from '../shell/script'
import { virtualFile } from '../virtual-files'

/** Splits options from operands: `-n 5 file` with `n` taking a value. `--` ends options. */
export function readOptions(
  args: string[],
  withValue = '',
): { flags: Map<string, string>; operands: string[] } {
  const flags = new Map<string, string>()
  const operands: string[] = []
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string
    if (arg === '--') {
      operands.push(...args.slice(at + 1))
      break
    }
    const long = /^--([\w-]+)(?:=(.*))?$/s.exec(arg)
    if (long) {
      flags.set(long[1] as string, long[2] ?? '')
      continue
    }
    if (!/^-\w/.test(arg)) {
      operands.push(arg)
      continue
    }
    for (let letter = 1; letter < arg.length; letter += 1) {
      const flag = arg[letter] as string
      if (!withValue.includes(flag)) {
        flags.set(flag, '')
        continue
      }
      const rest = arg.slice(letter + 1)
      if (!rest) at += 1
      flags.set(flag, rest || (args[at] ?? ''))
      break
    }
  }
  return { flags, operands }
}

export const pathOf = (context: CommandContext, path: string): string =>
  normalizePath(path, homeOf(context.process.user))

/** Text of a file for a command, or the complaint that it prints. */
export function readFor(
  context: CommandContext,
  path: string,
): { text: string } | { error: string } {
  const { lab, vm, name, user } = context
  if (path === '-' || path === '/dev/stdin') return { text: context.stdin }
  const full = pathOf(context, path)
  const virtual = virtualFile(lab, vm, full)
  if (virtual !== null) return { text: virtual }
  const node = findNode(lab, vm, full)
  if (!node) return { error: `${name}: ${path}: No such file or directory` }
  if (node.kind === 'dir') return { error: `${name}: ${path}: Is a directory` }
  if (!mayRead(lab, vm, full, user)) return { error: `${name}: ${path}: Permission denied` }
  return { text: readText(lab, vm, full) ?? '' }
}

const cat: Command = (context) => {
  const { operands } = readOptions(context.args)
  let out = ''
  let err = ''
  for (const path of operands.length > 0 ? operands : ['-']) {
    const read = readFor(context, path)
    if ('error' in read) err += `${read.error}\n`
    else out += read.text
  }
  return done(out, err ? 1 : 0, err)
}

const tee: Command = (context) => {
  const { lab, vm, user, mtime, stdin } = context
  const { flags, operands } = readOptions(context.args)
  let err = ''
  for (const path of operands) {
    const full = pathOf(context, path)
    if (full.startsWith('/dev/')) continue
    const folder = findNode(lab, vm, full.slice(0, full.lastIndexOf('/')) || '/')
    if (folder?.kind !== 'dir') err += `tee: ${path}: No such file or directory\n`
    else if (!mayWrite(lab, vm, full, user)) err += `tee: ${path}: Permission denied\n`
    else {
      const isNew = findNode(lab, vm, full) === null
      writeText(lab, vm, full, stdin, {
        append: flags.has('a'),
        mtime,
        ...(isNew ? { owner: user } : {}),
      })
    }
  }
  return done(stdin, err ? 1 : 0, err)
}

/** `tail -c +N` (bytes from the Nth on, one-based), `-n N`, `-n +N`. */
const tail: Command = (context) => {
  const { flags, operands } = readOptions(
    context.args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1')),
    'cn',
  )
  const read = readFor(context, operands[0] ?? '-')
  if ('error' in read)
    return failed(`tail: cannot open '${operands[0]}' for reading: No such file or directory`)
  const bytes = flags.get('c')
  if (bytes !== undefined) {
    const data = new TextEncoder().encode(read.text)
    const part = bytes.startsWith('+')
      ? data.slice(Math.max(0, Number(bytes) - 1))
      : data.slice(-Number(bytes))
    return done(new TextDecoder().decode(part))
  }
  const count = flags.get('n') ?? '10'
  const lines = read.text.replace(/\n$/, '').split('\n')
  const part = count.startsWith('+') ? lines.slice(Number(count) - 1) : lines.slice(-Number(count))
  return done(part.length > 0 && read.text ? `${part.join('\n')}\n` : '')
}

const head: Command = (context) => {
  const { flags, operands } = readOptions(
    context.args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1')),
    'cn',
  )
  const read = readFor(context, operands[0] ?? '-')
  if ('error' in read) return failed(read.error)
  if (flags.has('c')) return done(read.text.slice(0, Number(flags.get('c'))))
  const lines = read.text.split('\n').slice(0, Number(flags.get('n') ?? 10))
  return done(read.text ? `${lines.join('\n').replace(/\n$/, '')}\n` : '')
}

const grep: Command = (context) => {
  const { flags, operands } = readOptions(context.args, 'em')
  const source = flags.get('e') ?? operands.shift() ?? ''
  const escaped = flags.has('F') ? source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : source
  const body = flags.has('w')
    ? `\\b(?:${escaped})\\b`
    : flags.has('x')
      ? `^(?:${escaped})$`
      : escaped
  const pattern = new RegExp(body, flags.has('i') ? 'i' : '')
  const reads = (operands.length > 0 ? operands : ['-']).map((path) => readFor(context, path))
  const errors = reads
    .flatMap((read) => ('error' in read && !flags.has('s') ? [`${read.error}\n`] : []))
    .join('')
  const lines = reads
    .flatMap((read) => ('text' in read ? read.text.replace(/\n$/, '').split('\n') : []))
    .filter((line) => pattern.test(line) !== flags.has('v'))
  const code = lines.length > 0 ? 0 : errors ? 2 : 1
  if (flags.has('q')) return done('', code, errors)
  if (flags.has('c')) return done(`${lines.length}\n`, code, errors)
  return done(lines.map((line) => `${line}\n`).join(''), code, errors)
}

const wc: Command = (context) => {
  const { flags, operands } = readOptions(context.args)
  const read = readFor(context, operands[0] ?? '-')
  if ('error' in read) return failed(read.error)
  const lines = read.text.split('\n').length - 1
  const tail = operands[0] ? ` ${operands[0]}` : ''
  if (flags.has('l')) return done(`${lines}${tail}\n`)
  const bytes = new TextEncoder().encode(read.text).length
  if (flags.has('c')) return done(`${bytes}${tail}\n`)
  return done(`${lines} ${read.text.split(/\s+/).filter(Boolean).length} ${bytes}${tail}\n`)
}

/** `%s`, `%d`, `%%`, `\n`, `\t` and `\\`; the format is used again while arguments are left. */
const printf: Command = ({ args }) => {
  const [format = '', ...values] = args
  const rest = [...values]
  let out = ''
  do {
    const before = rest.length
    out += format.replace(/%[sd%]|\\[nt\\]/g, (mark) =>
      mark === '%%'
        ? '%'
        : mark === '\\n'
          ? '\n'
          : mark === '\\t'
            ? '\t'
            : mark === '\\\\'
              ? '\\'
              : (rest.shift() ?? ''),
    )
    if (rest.length === before) break
  } while (rest.length > 0)
  return done(out)
}

/** Text commands. */
export const textCommands: CommandFamily = {
  commands: {
    true: () => done(),
    ':': () => done(),
    false: () => done('', 1),
    echo: ({ args }) => done(args[0] === '-n' ? args.slice(1).join(' ') : `${args.join(' ')}\n`),
    printf,
    cat,
    tee,
    tail,
    head,
    grep,
    wc,
  },
}

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { randomHex } from '../../random'
import type { Command, CommandContext, CommandFamily } from '../command'
import type { FileNode } from '../disk'
import {
  baseName,
  expandGlob,
  findNode,
  listNames,
  makeFolders,
  moveTree,
  normalizePath,
  parentPath,
  putNode,
  readText,
  removeTree,
  writeText,
} from '../filesystem'
import { mayChangeFolderOf, mayRead, mayWrite } from '../permissions'
import { done, failed } from '../shell/script'
import { isVirtualFolder, virtualFile } from '../virtual-files'
import { pathOf, readFor, readOptions } from './text'

const nodeAt = (context: CommandContext, path: string, follow = true): FileNode | null =>
  findNode(context.lab, context.vm, pathOf(context, path), follow)

const globbed = (context: CommandContext, paths: string[]): string[] =>
  paths.flatMap((path) => expandGlob(context.lab, context.vm, path))

/** An octal mode, or null for symbolic ones, which scripts of the panel do not use. */
const octal = (text: string | undefined): number | null =>
  text && /^[0-7]{3,4}$/.test(text) ? Number.parseInt(text, 8) : null

/** `test`: -e -f -d -s -r -w -x -L -n -z, =, !=, -eq -ne -gt -lt, and a leading `!`. */
const test: Command = (context) => {
  const args = context.name === '[' ? context.args.slice(0, -1) : [...context.args]
  const negate = args[0] === '!'
  if (negate) args.shift()
  return done('', holds(context, args) !== negate ? 0 : 1)
}

function holds(context: CommandContext, args: string[]): boolean {
  const [a = '', b = '', c = ''] = args
  if (args.length === 1) return a !== ''
  if (args.length === 3) {
    const compare: Record<string, boolean> = {
      '=': a === c,
      '==': a === c,
      '!=': a !== c,
      '-eq': Number(a) === Number(c),
      '-ne': Number(a) !== Number(c),
      '-gt': Number(a) > Number(c),
      '-ge': Number(a) >= Number(c),
      '-lt': Number(a) < Number(c),
      '-le': Number(a) <= Number(c),
    }
    return compare[b] ?? false
  }
  if (a === '-n' || a === '-z') return (b !== '') === (a === '-n')
  const { lab, vm } = context
  const virtual = virtualFile(lab, vm, pathOf(context, b))
  const folder = isVirtualFolder(lab, vm, pathOf(context, b))
  const node = nodeAt(context, b, a !== '-L' && a !== '-h')
  switch (a) {
    case '-e':
      return node !== null || virtual !== null || folder
    case '-f':
      return node?.kind === 'file' || node?.kind === 'binary' || virtual !== null
    case '-d':
      return node?.kind === 'dir' || folder
    case '-L':
    case '-h':
      return node?.kind === 'link'
    case '-s':
      return (readText(lab, vm, pathOf(context, b)) ?? virtual ?? '') !== ''
    case '-x':
      return (
        node?.kind === 'dir' || (node !== null && node.kind !== 'link' && (node.mode & 0o111) !== 0)
      )
    case '-r':
      return node !== null && mayRead(context.lab, context.vm, pathOf(context, b), context.user)
    case '-w':
      return node !== null && mayWrite(context.lab, context.vm, pathOf(context, b), context.user)
    case '-b':
      return /^\/dev\/(sd[a-z]|disk\/)/.test(b)
    default:
      return false
  }
}

const sizeOf = (context: CommandContext, path: string): number =>
  utf8ToBytes(readText(context.lab, context.vm, pathOf(context, path)) ?? '').length

/** `stat -c FORMAT` with %a %s %U %G %n %F %Y, `-f -c %T` for file systems. */
const stat: Command = (context) => {
  const { flags, operands } = readOptions(context.args, 'c')
  const format = flags.get('c') ?? flags.get('format') ?? flags.get('printf') ?? '%n'
  const path = operands[0] ?? ''
  if (flags.has('f')) return done(`${path === '/sys/fs/cgroup' ? 'cgroup2fs' : 'ext2/ext3'}\n`)
  const node = nodeAt(context, path, flags.has('L'))
  if (!node) return failed(`stat: cannot statx '${path}': No such file or directory`)
  const kinds = {
    file: 'regular file',
    binary: 'regular file',
    dir: 'directory',
    link: 'symbolic link',
  }
  const values: Record<string, string> = {
    a: (node.kind === 'link' ? 0o777 : node.mode).toString(8),
    s: String(sizeOf(context, path)),
    U: node.owner,
    G: node.owner,
    u: node.owner === 'root' ? '0' : '1000',
    g: node.owner === 'root' ? '0' : '1000',
    n: path,
    F: kinds[node.kind],
    Y: String(node.mtime),
  }
  return done(`${format.replace(/%([a-zA-Z])/g, (mark, key) => values[key] ?? mark)}\n`)
}

const modeText = (node: FileNode): string => {
  const mode = node.kind === 'link' ? 0o777 : node.mode
  const bits = 'rwxrwxrwx'.split('').map((bit, index) => (mode & (1 << (8 - index)) ? bit : '-'))
  return `${node.kind === 'dir' ? 'd' : node.kind === 'link' ? 'l' : '-'}${bits.join('')}`
}

const ls: Command = (context) => {
  const { lab, vm } = context
  const { flags, operands } = readOptions(context.args)
  let out = ''
  let err = ''
  const line = (path: string, name: string) => {
    const node = findNode(lab, vm, path, false)
    if (!node || !flags.has('l')) return `${name}\n`
    return `${modeText(node)} 1 ${node.owner} ${node.owner} ${sizeOf(context, path)} ${name}\n`
  }
  for (const path of globbed(context, operands.length > 0 ? operands : ['.'])) {
    const full = pathOf(context, path)
    const node = findNode(lab, vm, full)
    if (!node) err += `ls: cannot access '${path}': No such file or directory\n`
    else if (node.kind !== 'dir' || flags.has('d')) out += line(full, path)
    else
      for (const name of listNames(lab, vm, full))
        if (flags.has('a') || flags.has('A') || !name.startsWith('.'))
          out += line(normalizePath(name, full), name)
  }
  return done(out, err ? 2 : 0, err)
}

const mkdir: Command = (context) => {
  const { lab, vm, user, mtime } = context
  const { flags, operands } = readOptions(context.args, 'm')
  let err = ''
  for (const path of operands) {
    const full = pathOf(context, path)
    const mode = octal(flags.get('m')) ?? 0o755
    if (findNode(lab, vm, full)) {
      if (!flags.has('p')) err += `mkdir: cannot create directory '${path}': File exists\n`
    } else if (!flags.has('p') && !findNode(lab, vm, parentPath(full)))
      err += `mkdir: cannot create directory '${path}': No such file or directory\n`
    else if (!mayMakeBelow(context, full))
      err += `mkdir: cannot create directory '${path}': Permission denied\n`
    else makeFolders(lab, vm, full, { mode, owner: user, mtime })
  }
  return done('', err ? 1 : 0, err)
}

/** Whether the nearest existing folder above lets the user make something in it. */
function mayMakeBelow(context: CommandContext, path: string): boolean {
  let at = path
  while (at !== '/' && !findNode(context.lab, context.vm, parentPath(at))) at = parentPath(at)
  return mayChangeFolderOf(context.lab, context.vm, at, context.user)
}

const rm: Command = (context) => {
  const { lab, vm, user } = context
  const { flags, operands } = readOptions(context.args)
  let err = ''
  for (const path of globbed(context, operands)) {
    const full = pathOf(context, path)
    const node = findNode(lab, vm, full, false)
    if (!node) {
      if (!flags.has('f')) err += `rm: cannot remove '${path}': No such file or directory\n`
    } else if (node.kind === 'dir' && !flags.has('r') && !flags.has('R'))
      err += `rm: cannot remove '${path}': Is a directory\n`
    else if (!mayChangeFolderOf(lab, vm, full, user))
      err += `rm: cannot remove '${path}': Permission denied\n`
    else removeTree(lab, vm, full)
  }
  return done('', err ? 1 : 0, err)
}

/** Where something lands: in the folder that the target names, or at the target itself. */
function landing(context: CommandContext, source: string, target: string): string {
  const full = pathOf(context, target)
  const intoFolder = findNode(context.lab, context.vm, full)?.kind === 'dir'
  return intoFolder ? normalizePath(baseName(source), full) : full
}

const mv: Command = (context) => {
  const { lab, vm, user } = context
  const { operands } = readOptions(context.args)
  const target = operands.pop() ?? ''
  for (const path of globbed(context, operands)) {
    const from = pathOf(context, path)
    const to = landing(context, from, target)
    if (!findNode(lab, vm, from, false))
      return failed(`mv: cannot stat '${path}': No such file or directory`)
    if (findNode(lab, vm, parentPath(to))?.kind !== 'dir')
      return failed(`mv: cannot move '${path}' to '${target}': No such file or directory`)
    if (!mayChangeFolderOf(lab, vm, from, user) || !mayChangeFolderOf(lab, vm, to, user))
      return failed(`mv: cannot move '${path}' to '${target}': Permission denied`)
    if (from !== to) moveTree(lab, vm, from, to)
  }
  return done()
}

const cp: Command = (context) => {
  const { lab, vm, user, mtime } = context
  const { flags, operands } = readOptions(context.args)
  const target = operands.pop() ?? ''
  for (const path of globbed(context, operands)) {
    const from = pathOf(context, path)
    const node = findNode(lab, vm, from)
    const to = landing(context, from, target)
    if (!node) return failed(`cp: cannot stat '${path}': No such file or directory`)
    if (node.kind === 'dir' || node.kind === 'link')
      return failed(`cp: -r not specified; omitting directory '${path}'`)
    if (!mayRead(lab, vm, from, user))
      return failed(`cp: cannot open '${path}' for reading: Permission denied`)
    if (!mayWrite(lab, vm, to, user))
      return failed(`cp: cannot create regular file '${target}': Permission denied`)
    const kept = flags.has('p') || flags.has('a')
    putNode(lab, vm, to, {
      ...node,
      owner: kept ? node.owner : user,
      mtime: kept ? node.mtime : mtime,
    })
  }
  return done()
}

/** `install [-D] [-d] [-m MODE] [-o OWNER] [-g GROUP] SOURCE... TARGET`; /dev/stdin is a source too. */
const install: Command = (context) => {
  const { lab, vm, user, mtime } = context
  const { flags, operands } = readOptions(context.args, 'mogt')
  const mode = octal(flags.get('m') || flags.get('mode')) ?? 0o755
  const owner = flags.get('o') || flags.get('owner') || user
  if (owner !== user && user !== 'root')
    return failed(`install: cannot change ownership: Operation not permitted`)
  if (flags.has('d')) {
    for (const path of operands) makeFolders(lab, vm, pathOf(context, path), { mode, owner, mtime })
    return done()
  }
  const target = flags.get('t') ?? operands.pop() ?? ''
  for (const path of operands) {
    const node = path === '/dev/stdin' ? null : nodeAt(context, path)
    const read = readFor(context, path)
    if ('error' in read) return failed(`install: cannot stat '${path}': No such file or directory`)
    const to = landing(context, path, target)
    if (flags.has('D')) makeFolders(lab, vm, parentPath(to), { mode: 0o755, owner: user, mtime })
    if (findNode(lab, vm, parentPath(to))?.kind !== 'dir')
      return failed(`install: cannot create regular file '${target}': No such file or directory`)
    if (!mayWrite(lab, vm, to, user))
      return failed(`install: cannot create regular file '${target}': Permission denied`)
    if (node?.kind === 'binary') putNode(lab, vm, to, { ...node, mode, owner, mtime })
    else {
      removeTree(lab, vm, to)
      writeText(lab, vm, to, read.text, { mode, owner, mtime })
    }
  }
  return done()
}

/** Changes mode or owner of paths, below folders too with -R. */
const changeEach =
  (apply: (node: Exclude<FileNode, { kind: 'link' }>, wish: string) => FileNode): Command =>
  (context) => {
    const { lab, vm, user } = context
    const { flags, operands } = readOptions(context.args)
    const wish = operands.shift() ?? ''
    for (const path of globbed(context, operands)) {
      const full = pathOf(context, path)
      const node = findNode(lab, vm, full)
      if (!node || node.kind === 'link')
        return failed(`${context.name}: cannot access '${path}': No such file or directory`)
      if (user !== 'root' && (node.owner !== user || context.name === 'chown'))
        return failed(`${context.name}: changing '${path}': Operation not permitted`)
      putNode(lab, vm, full, apply(node, wish))
      if (flags.has('R') && node.kind === 'dir')
        for (const name of listNames(lab, vm, full)) {
          const below = normalizePath(name, full)
          const child = findNode(lab, vm, below)
          if (child && child.kind !== 'link') putNode(lab, vm, below, apply(child, wish))
        }
    }
    return done()
  }

const chmod = changeEach((node, wish) => {
  const mode = octal(wish)
  if (mode !== null) return { ...node, mode }
  return { ...node, mode: /\+x/.test(wish) ? node.mode | 0o111 : node.mode }
})

const chown = changeEach((node, wish) => ({ ...node, owner: wish.split(':')[0] || node.owner }))

const ln: Command = (context) => {
  const { flags, operands } = readOptions(context.args)
  const [target = '', path = ''] = operands
  const full = pathOf(context, path)
  if (!flags.has('s')) return failed(`ln: hard links are not simulated`)
  if (findNode(context.lab, context.vm, full, false) && !flags.has('f'))
    return failed(`ln: failed to create symbolic link '${path}': File exists`)
  putNode(context.lab, context.vm, full, {
    kind: 'link',
    target,
    owner: context.user,
    mtime: context.mtime,
  })
  return done()
}

const readlink: Command = (context) => {
  const { flags, operands } = readOptions(context.args)
  const path = operands[0] ?? ''
  const node = nodeAt(context, path, false)
  if (node?.kind === 'link')
    return done(
      `${flags.has('f') ? normalizePath(node.target, parentPath(pathOf(context, path))) : node.target}\n`,
    )
  return flags.has('f') || flags.has('e') ? done(`${pathOf(context, path)}\n`) : done('', 1)
}

const touch: Command = (context) => {
  for (const path of context.args.filter((arg) => !arg.startsWith('-'))) {
    const full = pathOf(context, path)
    if (!mayWrite(context.lab, context.vm, full, context.user))
      return failed(`touch: cannot touch '${path}': Permission denied`)
    writeText(context.lab, context.vm, full, '', {
      append: true,
      mtime: context.mtime,
      owner: context.user,
    })
  }
  return done()
}

const truncate: Command = (context) => {
  const { flags, operands } = readOptions(context.args, 's')
  for (const path of operands) {
    const full = pathOf(context, path)
    const text = readText(context.lab, context.vm, full) ?? ''
    writeText(context.lab, context.vm, full, text.slice(0, Number(flags.get('s') ?? 0)), {
      mtime: context.mtime,
    })
  }
  return done()
}

const sha256sum: Command = (context) => {
  const { operands } = readOptions(context.args)
  let out = ''
  for (const path of operands.length > 0 ? operands : ['-']) {
    const read = readFor(context, path)
    if ('error' in read) return failed(read.error)
    out += `${bytesToHex(sha256(utf8ToBytes(read.text)))}  ${path}\n`
  }
  return done(out)
}

const mktemp: Command = (context) => {
  const { lab, vm, user, mtime } = context
  const { flags, operands } = readOptions(context.args)
  const path = (operands[0] ?? '/tmp/tmp.XXXXXXXXXX').replace(/X+$/, (marks) =>
    randomHex(lab.state, marks.length),
  )
  if (flags.has('d')) makeFolders(lab, vm, path, { mode: 0o700, owner: user, mtime })
  else writeText(lab, vm, path, '', { mode: 0o600, owner: user, mtime })
  return done(`${path}\n`)
}

/** Commands on files and folders, with the rights of the user who runs them. */
export const fileCommands: CommandFamily = {
  commands: {
    test,
    '[': test,
    stat,
    ls,
    mkdir,
    rm,
    mv,
    cp,
    install,
    chmod,
    chown,
    ln,
    readlink,
    touch,
    truncate,
    sha256sum,
    mktemp,
  },
}

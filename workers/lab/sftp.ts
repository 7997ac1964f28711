import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2'
import type { FileNode } from '@/lib/lab/guest/disk'
import {
  baseName,
  findNode,
  listNames,
  moveTree,
  normalizePath,
  parentPath,
  putNode,
  removeTree,
} from '@/lib/lab/guest/filesystem'
import { mayChangeFolderOf, mayRead, mayWrite } from '@/lib/lab/guest/permissions'
import type { Lab, Vm } from '@/lib/lab/state'
import type { Engine } from './engine'

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp

type Handle =
  | { kind: 'file'; path: string; data: Buffer; dirty: boolean; mode: number }
  | { kind: 'folder'; path: string; told: boolean }

/** The SFTP subsystem of a guest (version 3), with the rights of the user who signed in. */
export function serveSftp(
  engine: Engine,
  life: { vmid: number },
  user: string,
  sftp: SFTPWrapper,
): void {
  const handles = new Map<number, Handle>()
  let next = 0
  const open = (handle: Handle): Buffer => {
    next += 1
    handles.set(next, handle)
    const id = Buffer.alloc(4)
    id.writeUInt32BE(next)
    return id
  }
  const find = (id: Buffer): Handle | undefined => handles.get(id.readUInt32BE())
  const home = `/home/${user}`
  /** Runs on the guest's files; a guest that is gone fails the request. */
  const act = (request: number, work: (lab: Lab, vm: Vm) => number): void =>
    engine.change((lab) => {
      const vm = lab.state.vms[life.vmid]
      sftp.status(request, vm?.guest ? work(lab, vm) : STATUS_CODE.NO_CONNECTION)
    })

  sftp.on('REALPATH', (request, path) => {
    const full = normalizePath(path, home)
    sftp.name(request, [
      {
        filename: full,
        longname: full,
        attrs: attributesOf({ kind: 'dir', mode: 0o755, owner: user, mtime: 0 }),
      },
    ])
  })
  sftp.on('OPEN', (request, path, flags, attrs) => {
    engine.change((lab) => {
      const opened = openFile(lab, lab.state.vms[life.vmid], normalizePath(path, home), {
        flags,
        user,
        mode: attrs.mode,
      })
      if (typeof opened === 'number') sftp.status(request, opened)
      else sftp.handle(request, open(opened))
    })
  })
  sftp.on('READ', (request, id, offset, length) => {
    const handle = find(id)
    if (handle?.kind !== 'file') return sftp.status(request, STATUS_CODE.FAILURE)
    const part = handle.data.subarray(offset, offset + length)
    if (part.length === 0) sftp.status(request, STATUS_CODE.EOF)
    else sftp.data(request, part)
  })
  sftp.on('WRITE', (request, id, offset, data) => {
    const handle = find(id)
    if (handle?.kind !== 'file') return sftp.status(request, STATUS_CODE.FAILURE)
    handle.data = splice(handle.data, offset, data)
    handle.dirty = true
    sftp.status(request, STATUS_CODE.OK)
  })
  sftp.on('CLOSE', (request, id) => {
    const handle = find(id)
    handles.delete(id.readUInt32BE())
    act(request, (lab, vm) => {
      if (handle?.kind === 'file' && handle.dirty) store(lab, vm, handle, user)
      return STATUS_CODE.OK
    })
  })
  const stat = (follow: boolean) => (request: number, path: string) => {
    engine.change((lab) => {
      const vm = lab.state.vms[life.vmid]
      const node = vm?.guest ? findNode(lab, vm, normalizePath(path, home), follow) : null
      if (node) sftp.attrs(request, attributesOf(node))
      else sftp.status(request, STATUS_CODE.NO_SUCH_FILE)
    })
  }
  sftp.on('STAT', stat(true))
  sftp.on('LSTAT', stat(false))
  sftp.on('FSTAT', (request, id) => {
    const handle = find(id)
    if (handle?.kind !== 'file') return sftp.status(request, STATUS_CODE.FAILURE)
    sftp.attrs(request, {
      mode: 0o100000 | handle.mode,
      size: handle.data.length,
      uid: 1000,
      gid: 1000,
      atime: 0,
      mtime: 0,
    })
  })
  sftp.on('FSETSTAT', (request, id, attrs) => {
    const handle = find(id)
    if (handle?.kind === 'file' && attrs.mode !== undefined) handle.mode = attrs.mode & 0o7777
    sftp.status(request, STATUS_CODE.OK)
  })
  sftp.on('SETSTAT', (request, path, attrs) =>
    act(request, (lab, vm) =>
      changeMode(lab, vm, normalizePath(path, home), { user, mode: attrs.mode }),
    ),
  )
  sftp.on('REMOVE', (request, path) =>
    act(request, (lab, vm) =>
      change(lab, vm, normalizePath(path, home), user, (full) => removeTree(lab, vm, full)),
    ),
  )
  sftp.on('RMDIR', (request, path) =>
    act(request, (lab, vm) =>
      change(lab, vm, normalizePath(path, home), user, (full) => removeTree(lab, vm, full)),
    ),
  )
  sftp.on('MKDIR', (request, path, attrs) =>
    act(request, (lab, vm) => {
      const full = normalizePath(path, home)
      if (findNode(lab, vm, parentPath(full))?.kind !== 'dir') return STATUS_CODE.NO_SUCH_FILE
      if (findNode(lab, vm, full)) return STATUS_CODE.FAILURE
      if (!mayChangeFolderOf(lab, vm, full, user)) return STATUS_CODE.PERMISSION_DENIED
      putNode(lab, vm, full, {
        kind: 'dir',
        mode: (attrs.mode ?? 0o755) & 0o7777,
        owner: user,
        mtime: seconds(lab),
      })
      return STATUS_CODE.OK
    }),
  )
  sftp.on('RENAME', (request, from, to) =>
    act(request, (lab, vm) => {
      const target = normalizePath(to, home)
      // Version 3 refuses to rename over a file; OpenSSH has an extension for it.
      if (findNode(lab, vm, target)) return STATUS_CODE.FAILURE
      if (!mayChangeFolderOf(lab, vm, target, user)) return STATUS_CODE.PERMISSION_DENIED
      return change(lab, vm, normalizePath(from, home), user, (full) =>
        moveTree(lab, vm, full, target),
      )
    }),
  )
  sftp.on('OPENDIR', (request, path) => {
    engine.change((lab) => {
      const vm = lab.state.vms[life.vmid]
      const full = normalizePath(path, home)
      const node = vm?.guest ? findNode(lab, vm, full) : null
      if (node?.kind === 'dir')
        sftp.handle(request, open({ kind: 'folder', path: full, told: false }))
      else sftp.status(request, STATUS_CODE.NO_SUCH_FILE)
    })
  })
  sftp.on('READDIR', (request, id) => {
    const handle = find(id)
    if (handle?.kind !== 'folder') return sftp.status(request, STATUS_CODE.FAILURE)
    if (handle.told) return sftp.status(request, STATUS_CODE.EOF)
    handle.told = true
    engine.change((lab) =>
      sftp.name(request, entriesOf(lab, lab.state.vms[life.vmid] as Vm, handle.path)),
    )
  })
}

const seconds = (lab: Lab): number => Math.floor(lab.now.wall / 1000)

function openFile(
  lab: Lab,
  vm: Vm | undefined,
  path: string,
  { flags, user, mode }: { flags: number; user: string; mode: number | undefined },
): Handle | number {
  if (!vm?.guest) return STATUS_CODE.NO_CONNECTION
  const node = findNode(lab, vm, path)
  const writes = (flags & OPEN_MODE.WRITE) !== 0
  if (node?.kind === 'dir') return STATUS_CODE.FAILURE
  if (!node && !(flags & OPEN_MODE.CREAT)) return STATUS_CODE.NO_SUCH_FILE
  if (!node && findNode(lab, vm, parentPath(path))?.kind !== 'dir') return STATUS_CODE.NO_SUCH_FILE
  if (writes ? !mayWrite(lab, vm, path, user) : !mayRead(lab, vm, path, user))
    return STATUS_CODE.PERMISSION_DENIED
  const empty = !node || (flags & OPEN_MODE.TRUNC) !== 0
  return {
    kind: 'file',
    path,
    data: empty ? Buffer.alloc(0) : bytesOf(node),
    dirty: !node || empty,
    mode: node && node.kind !== 'link' ? node.mode : (mode ?? 0o644) & 0o7777,
  }
}

const bytesOf = (node: FileNode): Buffer =>
  node.kind === 'file'
    ? Buffer.from(node.text, 'utf8')
    : node.kind === 'binary'
      ? Buffer.from(node.base64, 'base64')
      : Buffer.alloc(0)

function splice(data: Buffer, offset: number, part: Buffer): Buffer {
  const grown =
    data.length >= offset + part.length
      ? data
      : Buffer.concat([data, Buffer.alloc(offset + part.length - data.length)])
  part.copy(grown, offset)
  return grown
}

/** Text that is UTF-8 is kept as text, anything else as base64. */
function store(lab: Lab, vm: Vm, handle: Extract<Handle, { kind: 'file' }>, user: string): void {
  const before = findNode(lab, vm, handle.path)
  const owner = before?.owner ?? user
  const rest = { mode: handle.mode, owner, mtime: seconds(lab) }
  const text = handle.data.toString('utf8')
  const isText = Buffer.from(text, 'utf8').equals(handle.data)
  putNode(
    lab,
    vm,
    handle.path,
    isText
      ? { kind: 'file', text, ...rest }
      : { kind: 'binary', base64: handle.data.toString('base64'), ...rest },
  )
}

function change(
  lab: Lab,
  vm: Vm,
  path: string,
  user: string,
  work: (path: string) => void,
): number {
  if (!findNode(lab, vm, path, false)) return STATUS_CODE.NO_SUCH_FILE
  if (!mayChangeFolderOf(lab, vm, path, user)) return STATUS_CODE.PERMISSION_DENIED
  work(path)
  return STATUS_CODE.OK
}

function changeMode(
  lab: Lab,
  vm: Vm,
  path: string,
  { user, mode }: { user: string; mode: number | undefined },
): number {
  const node = findNode(lab, vm, path)
  if (!node || node.kind === 'link') return STATUS_CODE.NO_SUCH_FILE
  if (user !== 'root' && node.owner !== user) return STATUS_CODE.PERMISSION_DENIED
  if (mode !== undefined) putNode(lab, vm, path, { ...node, mode: mode & 0o7777 })
  return STATUS_CODE.OK
}

function attributesOf(node: FileNode): Attributes {
  const type = node.kind === 'dir' ? 0o040000 : node.kind === 'link' ? 0o120000 : 0o100000
  const mode = node.kind === 'link' ? 0o777 : node.mode
  const owner = node.owner === 'root' ? 0 : 1000
  return {
    mode: type | mode,
    size: bytesOf(node).length,
    uid: owner,
    gid: owner,
    atime: node.mtime,
    mtime: node.mtime,
  }
}

function entriesOf(lab: Lab, vm: Vm, path: string): FileEntry[] {
  return listNames(lab, vm, path).flatMap((name) => {
    const node = findNode(lab, vm, normalizePath(name, path), false)
    return node
      ? [{ filename: baseName(name) || name, longname: name, attrs: attributesOf(node) }]
      : []
  })
}

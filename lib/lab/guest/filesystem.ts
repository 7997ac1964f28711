import { LabError } from '../api/answer'
import type { Lab, Vm } from '../state'
import { findVolume } from '../vm/storage'
import type { Disk, FileNode } from './disk'

/** A path inside a guest, resolved to the disk that holds it and the key there. */
type Place = { disk: Disk; key: string }

/** Collapses `//`, `.` and `..`; absolute, no trailing slash but for the root itself. */
export function normalizePath(path: string, cwd = '/'): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

export const parentPath = (path: string): string =>
  normalizePath(path.slice(0, path.lastIndexOf('/')) || '/')
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The system disk of a running guest. */
export function rootDisk(lab: Pick<Lab, 'state'>, vm: Vm): Disk {
  const disk = vm.guest?.volume ? findVolume(lab.state, vm.node, vm.guest.volume)?.disk : null
  if (!disk) throw new LabError(`VM ${vm.vmid} has no system disk`)
  return disk
}

function locate(lab: Pick<Lab, 'state'>, vm: Vm, path: string): Place {
  const mounts = [...(vm.guest?.mounts ?? [])].sort((a, b) => b.path.length - a.path.length)
  for (const mount of mounts) {
    if (path !== mount.path && !path.startsWith(`${mount.path}/`)) continue
    const disk = findVolume(lab.state, vm.node, mount.volume)?.disk
    if (disk) return { disk, key: path.slice(mount.path.length) || '/' }
  }
  return { disk: rootDisk(lab, vm), key: path }
}

/** Folders that every system has. */
const ALWAYS = new Set([
  '/',
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/etc/apt',
  '/etc/apt/sources.list.d',
  '/etc/cloud',
  '/etc/default',
  '/etc/modules-load.d',
  '/etc/netplan',
  '/etc/ssh',
  '/etc/sysctl.d',
  '/etc/systemd',
  '/etc/systemd/system',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/srv',
  '/sys',
  '/tmp',
  '/usr',
  '/usr/local',
  '/usr/local/bin',
  '/var',
  '/var/lib',
  '/var/lib/cloud',
  '/var/log',
  '/var/tmp',
])

/** The node at a path, links followed; null if there is none. Nodes implied by deeper paths are folders. */
export function findNode(
  lab: Pick<Lab, 'state'>,
  vm: Vm,
  path: string,
  follow = true,
  depth = 0,
): FileNode | null {
  const { disk, key } = locate(lab, vm, path)
  const node = disk.files[key]
  if (node?.kind === 'link' && follow && depth < 8)
    return findNode(lab, vm, normalizePath(node.target, parentPath(path)), true, depth + 1)
  if (node) return node
  const implied =
    key === '/' ||
    ALWAYS.has(path) ||
    Object.keys(disk.files).some((other) => other.startsWith(`${key}/`)) ||
    (vm.guest?.mounts ?? []).some((mount) => mount.path.startsWith(`${path}/`))
  return implied
    ? {
        kind: 'dir',
        mode: path === '/tmp' || path === '/var/tmp' ? 0o1777 : 0o755,
        owner: 'root',
        mtime: 0,
      }
    : null
}

/** Text of a file; null if there is none or it is a folder. Binary content comes back as Latin-1. */
export function readText(lab: Pick<Lab, 'state'>, vm: Vm, path: string): string | null {
  const node = findNode(lab, vm, path)
  if (node?.kind === 'file') return node.text
  return node?.kind === 'binary' ? atob(node.base64) : null
}

export type WriteOptions = { mode?: number; owner?: string; append?: boolean; mtime: number }

/** Writes a file; an existing one keeps mode and owner unless told otherwise. Its folder must exist. */
export function writeText(
  lab: Pick<Lab, 'state'>,
  vm: Vm,
  path: string,
  text: string,
  options: WriteOptions,
): void {
  const target = followLink(lab, vm, path)
  const before = findNode(lab, vm, target)
  const { disk, key } = locate(lab, vm, target)
  const mode = options.mode ?? (before && before.kind !== 'link' ? before.mode : 0o644)
  const owner = options.owner ?? before?.owner ?? 'root'
  const kept = options.append && before?.kind === 'file' ? before.text : ''
  disk.files[key] = { kind: 'file', text: kept + text, mode, owner, mtime: options.mtime }
}

/** Puts a node as it is: folders, links, binary files. */
export function putNode(lab: Pick<Lab, 'state'>, vm: Vm, path: string, node: FileNode): void {
  const { disk, key } = locate(lab, vm, path)
  disk.files[key] = node
}

function followLink(lab: Pick<Lab, 'state'>, vm: Vm, path: string): string {
  const node = findNode(lab, vm, path, false)
  return node?.kind === 'link' ? normalizePath(node.target, parentPath(path)) : path
}

/** Makes a folder and those above it. */
export function makeFolders(
  lab: Pick<Lab, 'state'>,
  vm: Vm,
  path: string,
  node: { mode: number; owner: string; mtime: number },
): void {
  if (path === '/') return
  makeFolders(lab, vm, parentPath(path), { ...node, mode: 0o755 })
  if (!findNode(lab, vm, path)) putNode(lab, vm, path, { kind: 'dir', ...node })
}

/** Removes a node and everything below it. */
export function removeTree(lab: Pick<Lab, 'state'>, vm: Vm, path: string): void {
  const { disk, key } = locate(lab, vm, path)
  for (const other of Object.keys(disk.files))
    if (other === key || other.startsWith(`${key}/`)) delete disk.files[other]
}

/** Moves a node with everything below it, over whatever was there. */
export function moveTree(lab: Pick<Lab, 'state'>, vm: Vm, from: string, to: string): void {
  const source = locate(lab, vm, from)
  const target = locate(lab, vm, to)
  const moved = Object.entries(source.disk.files).filter(
    ([key]) => key === source.key || key.startsWith(`${source.key}/`),
  )
  removeTree(lab, vm, to)
  for (const [key, node] of moved) {
    delete source.disk.files[key]
    target.disk.files[target.key + key.slice(source.key.length)] = node
  }
}

/** Names in a folder, sorted. */
export function listNames(lab: Pick<Lab, 'state'>, vm: Vm, path: string): string[] {
  const { disk, key } = locate(lab, vm, path)
  const prefix = key === '/' ? '/' : `${key}/`
  const names = new Set<string>()
  for (const other of Object.keys(disk.files))
    if (other.startsWith(prefix) && other !== prefix)
      names.add(other.slice(prefix.length).split('/')[0] as string)
  const here = path === '/' ? '/' : `${path}/`
  for (const folder of [...ALWAYS, ...(vm.guest?.mounts ?? []).map((mount) => mount.path)])
    if (folder.startsWith(here) && folder !== here && folder !== '/')
      names.add(folder.slice(here.length).split('/')[0] as string)
  names.delete('')
  return [...names].sort()
}

/** Paths that match a pattern with `*` in its last part; the pattern itself if none does. */
export function expandGlob(lab: Pick<Lab, 'state'>, vm: Vm, pattern: string): string[] {
  if (!pattern.includes('*')) return [pattern]
  const folder = parentPath(normalizePath(pattern))
  const name = new RegExp(
    `^${baseName(pattern)
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')}$`,
  )
  const found = listNames(lab, vm, folder).filter(
    (candidate) => name.test(candidate) && !candidate.startsWith('.'),
  )
  return found.length > 0 ? found.map((match) => normalizePath(match, folder)) : [pattern]
}

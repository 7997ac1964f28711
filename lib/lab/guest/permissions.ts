import type { Lab, Vm } from '../state'
import { findNode, normalizePath, parentPath } from './filesystem'

/** Whether a user may read a file: root always, owners and the world by mode bits. */
export function mayRead(lab: Pick<Lab, 'state'>, vm: Vm, path: string, user: string): boolean {
  if (user === 'root') return true
  const node = findNode(lab, vm, normalizePath(path))
  if (!node || node.kind === 'link') return true
  return (node.mode & (node.owner === user ? 0o400 : 0o004)) !== 0
}

/** Whether a user may create or change a file: by the file's mode, or its folder's for a new one. */
export function mayWrite(lab: Pick<Lab, 'state'>, vm: Vm, path: string, user: string): boolean {
  if (user === 'root') return true
  const at = normalizePath(path)
  const node = findNode(lab, vm, at) ?? findNode(lab, vm, parentPath(at))
  if (!node || node.kind === 'link') return false
  return (node.mode & (node.owner === user ? 0o200 : 0o002)) !== 0
}

/** Whether a user may add to, rename in or remove from a path's folder. */
export function mayChangeFolderOf(
  lab: Pick<Lab, 'state'>,
  vm: Vm,
  path: string,
  user: string,
): boolean {
  if (user === 'root') return true
  const folder = findNode(lab, vm, parentPath(normalizePath(path)))
  if (folder?.kind !== 'dir') return false
  return (folder.mode & (folder.owner === user ? 0o200 : 0o002)) !== 0
}

import { findNode, readText } from '../../guest/filesystem'
import type { Lab, Vm } from '../../state'
import { releaseOf } from './release'

const PROGRAM = '/usr/local/bin/k3s'

/** The release of k3s in its place on a guest; null if there is none that could run. */
export function installedRelease(lab: Lab, vm: Vm): string | null {
  const node = findNode(lab, vm, PROGRAM)
  if (node === null || node.kind === 'link' || node.kind === 'dir' || (node.mode & 0o111) === 0)
    return null
  return releaseOf(readText(lab, vm, PROGRAM) ?? '', 'x86_64')
}

import { wallSeconds } from '../clock'
import { makeFolders, writeText } from '../guest/filesystem'
import type { Lab, Vm } from '../state'

/** Writes a file of root's, with the folders above it. */
export function writeRoot(lab: Lab, vm: Vm, path: string, text: string, mode = 0o600): void {
  const mtime = wallSeconds(lab.now)
  makeFolders(lab, vm, path.slice(0, path.lastIndexOf('/')), { mode: 0o755, owner: 'root', mtime })
  writeText(lab, vm, path, text, { mode, owner: 'root', mtime })
}

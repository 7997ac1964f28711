import type { LabState, Vm } from '../state'
import { readText, writeText } from './filesystem'

const PATH = '/etc/ssh/ssh_host_ed25519_key'

/** Private host key of a running guest (OpenSSH or PEM text), null until it has one. */
export const hostKey = (state: LabState, vm: Vm): string | null => {
  const text = readText({ state }, vm, PATH)
  return text?.trim() ? text : null
}

/** Keeps a host key that was generated outside, as sshd-keygen does on a fresh system. */
export function keepHostKey(
  state: LabState,
  vm: Vm,
  key: { privateText: string; publicText: string },
  mtime: number,
): void {
  writeText({ state }, vm, PATH, key.privateText, { mode: 0o600, owner: 'root', mtime })
  writeText({ state }, vm, `${PATH}.pub`, key.publicText, { mode: 0o644, owner: 'root', mtime })
}

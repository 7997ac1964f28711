import type { Lab, Vm } from '../state'
import { findDevice } from './block-devices'
import { readText } from './filesystem'

export type FstabEntry = { source: string; path: string; fs: string; options: string }

/** Lines of /etc/fstab that name a place in the tree. */
export function readFstab(lab: Pick<Lab, 'state'>, vm: Vm): FstabEntry[] {
  return (readText(lab, vm, '/etc/fstab') ?? '').split('\n').flatMap((line) => {
    const [source = '', path = '', fs = 'auto', options = 'defaults'] = line
      .replace(/#.*/, '')
      .trim()
      .split(/\s+/)
    return path.startsWith('/') && path !== '/' ? [{ source, path, fs, options }] : []
  })
}

/** Mounts a device. Returns mount's complaint, or null. */
export function mountDevice(lab: Pick<Lab, 'state'>, vm: Vm, entry: FstabEntry): string | null {
  const device = findDevice(lab, vm, entry.source)
  if (!device) return `mount: ${entry.path}: can't find ${entry.source}.`
  if (!device.disk.fs)
    return `mount: ${entry.path}: wrong fs type, bad option, bad superblock on ${device.path}, missing codepage or helper program, or other error.`
  if (vm.guest?.mounts.some((mount) => mount.path === entry.path))
    return `mount: ${entry.path}: ${device.path} already mounted on ${entry.path}.`
  vm.guest?.mounts.push({
    source: device.path,
    path: entry.path,
    volume: device.volume,
    fs: device.disk.fs.type,
    options: entry.options === 'defaults' ? 'rw,relatime' : entry.options,
  })
  return null
}

/** What systemd does at boot with /etc/fstab; what cannot be mounted is left out. */
export function mountAll(lab: Pick<Lab, 'state'>, vm: Vm): string[] {
  return readFstab(lab, vm)
    .filter((entry) => !vm.guest?.mounts.some((mount) => mount.path === entry.path))
    .flatMap((entry) => mountDevice(lab, vm, entry) ?? [])
}

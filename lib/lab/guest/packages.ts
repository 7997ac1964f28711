import { wallSeconds } from '../clock'
import type { Lab, Vm } from '../state'
import { findVolume } from '../vm/storage'
import { findNode, makeFolders, rootDisk, writeText } from './filesystem'
import { addUnit } from './units'

/** What a package brings beside itself: a unit, files, a version other than the common one. */
export type PackageFacts = {
  version?: Record<string, string>
  units?: string[]
  needs?: string[]
  files?: { path: string; text: string; mode?: number }[]
  mib?: number
}

/** Facts of packages that steps rely on. The Kubernetes part of the lab adds its own. */
export const PACKAGES: Record<string, PackageFacts> = {
  'qemu-guest-agent': {
    version: { ubuntu: '1:6.2+dfsg-2ubuntu6.27', debian: '1:7.2+dfsg-7' },
    units: ['qemu-guest-agent'],
    mib: 4,
  },
  haproxy: {
    version: { ubuntu: '2.4.29-0ubuntu0.22.04.1', debian: '2.6.12-1' },
    units: ['haproxy'],
    mib: 12,
  },
  'nfs-kernel-server': { units: ['nfs-server'], needs: ['nfs-common'], mib: 6 },
  'nfs-common': { mib: 4 },
  'open-iscsi': { units: ['iscsid'], mib: 6 },
  containerd: {
    version: { ubuntu: '2.2.1-0ubuntu1~22.04.2', debian: '1.6.20~ds1-1' },
    units: ['containerd'],
    needs: ['runc'],
    mib: 130,
  },
  runc: { mib: 12 },
}

/** Packages of pkgs.k8s.io have this revision; `1.29.14-*` asks for whichever there is. */
export const resolveVersion = (wanted: string): string => wanted.replace(/\*$/, '1.1')

/** Installs by name, needs first. Known ones bring their units and files. Names that are there already are skipped. */
export function installPackages(lab: Lab, vm: Vm, names: readonly string[]): void {
  const os = rootDisk(lab, vm).os
  if (!os) return
  for (const given of names) {
    const [name = given, wanted] = given.split('=')
    if (name in os.packages && !wanted) continue
    const facts = PACKAGES[name] ?? {}
    installPackages(lab, vm, facts.needs ?? [])
    os.packages[name] =
      (wanted === undefined ? undefined : resolveVersion(wanted)) ??
      facts.version?.[os.distro] ??
      '1.0-1'
    for (const unit of facts.units ?? []) {
      if (!os.enabled.includes(unit)) os.enabled.push(unit)
      addUnit(lab, vm, unit, 'active')
    }
    for (const file of facts.files ?? []) {
      const mtime = wallSeconds(lab.now)
      makeFolders(lab, vm, file.path.slice(0, file.path.lastIndexOf('/')), {
        mode: 0o755,
        owner: 'root',
        mtime,
      })
      if (!findNode(lab, vm, file.path))
        writeText(lab, vm, file.path, file.text, { mode: file.mode ?? 0o644, owner: 'root', mtime })
    }
    growDisk(lab, vm, facts.mib ?? 8)
  }
}

function growDisk(lab: Lab, vm: Vm, mib: number): void {
  const volume = vm.guest?.volume ? findVolume(lab.state, vm.node, vm.guest.volume) : null
  if (volume) volume.usedBytes = Math.min(volume.bytes, volume.usedBytes + mib * 2 ** 20)
}

import type { Lab, Vm } from '../state'
import { findVolume } from '../vm/storage'
import { disksOf } from '../vm/volume-of-drive'

/** Written by the simulated kubeadm; which cluster a system disk belongs to lives and dies with it. */
export const MEMBERSHIP_PATH = '/var/lib/kubelet/drawbridge-lab.json'

export type Membership = { cluster: string; node: string; controlPlane: boolean }

/** What a VM's system disk says it is a member of, running or not; null if of nothing. */
export function membershipOf(lab: Pick<Lab, 'state'>, vm: Vm): Membership | null {
  for (const { drive } of disksOf(vm.config)) {
    const disk = findVolume(lab.state, vm.node, drive.file)?.disk
    const file = disk?.os ? disk.files[MEMBERSHIP_PATH] : undefined
    if (file?.kind === 'file') return JSON.parse(file.text) as Membership
  }
  return null
}

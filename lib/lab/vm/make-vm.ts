import type { Lab, Vm, VmConfig } from '../state'

/** A stopped guest with nothing but its configuration. */
export function addVm(
  lab: Pick<Lab, 'state'>,
  vm: { vmid: number; node: string; kind?: 'qemu' | 'lxc'; config: VmConfig },
): Vm {
  const made: Vm = {
    vmid: vm.vmid,
    node: vm.node,
    kind: vm.kind ?? 'qemu',
    config: vm.config,
    pending: {},
    active: null,
    running: false,
    paused: false,
    startedAt: 0,
    startedWall: 0,
    pid: 0,
    snapshots: {},
    parentSnapshot: null,
    guest: null,
    building: null,
    load: null,
  }
  lab.state.vms[vm.vmid] = made
  return made
}

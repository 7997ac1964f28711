import type { Lab, Vm } from '../state'
import { rootDisk } from './filesystem'
import type { Guest, Unit } from './guest'

/** Name without `.service`; other suffixes stay. */
export const unitName = (name: string): string => name.replace(/\.service$/, '')

/** Run when a guest's units have come up at boot; the Kubernetes part of the lab adds its own. */
export const BOOT_HOOKS: ((lab: Lab, vm: Vm) => void)[] = []

/** Run when a unit was started or reloaded by hand, by its name. */
export const UNIT_HOOKS: Record<string, (lab: Lab, vm: Vm) => void> = {
  'systemd-timesyncd': setClock,
}

/** The time service sets the clock when it starts, unless the fault says that it cannot. */
function setClock({ state }: Lab, { vmid }: Vm): void {
  state.faults = state.faults.filter(
    (fault) =>
      fault.kind !== 'clock-skew' ||
      fault.stubborn === true ||
      (fault.vmid !== undefined && fault.vmid !== vmid),
  )
}

/** Lets whoever cares know that a unit was started, restarted or reloaded. */
export const runUnitHook = (lab: Lab, vm: Vm, name: string): void => UNIT_HOOKS[name]?.(lab, vm)

const SUB_STATES: Record<Unit['active'], string> = {
  active: 'running',
  activating: 'start',
  deactivating: 'stop-sigterm',
  failed: 'failed',
  inactive: 'dead',
}

/** Adds or replaces a unit of a running guest. */
export function addUnit(
  lab: Lab,
  vm: Vm,
  name: string,
  active: Unit['active'],
  process: string | null = null,
): Unit {
  const os = rootDisk(lab, vm).os
  const unit: Unit = {
    active,
    sub: SUB_STATES[active],
    result: active === 'failed' ? 'exit-code' : 'success',
    exitStatus: active === 'failed' ? 1 : 0,
    process,
    enabled: os?.enabled.includes(name) ?? false,
    since: lab.now.at,
    transient: false,
    collect: false,
    remain: false,
  }
  if (vm.guest) vm.guest.units[name] = unit
  return unit
}

/** What the system starts at boot: every enabled unit, and mounts of /etc/fstab. */
export function startUnits(lab: Lab, vm: Vm, guest: Guest): void {
  for (const name of rootDisk(lab, vm).os?.enabled ?? [])
    if (!guest.units[name]) addUnit(lab, vm, name, 'active')
  for (const hook of BOOT_HOOKS) hook(lab, vm)
}

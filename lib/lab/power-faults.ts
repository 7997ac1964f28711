import type { Lab, Vm } from './state'
import { abortTask } from './tasks/run'
import { startTask } from './tasks/start-task'
import { act, log, type Stage, sleep } from './tasks/task'
import { switchOff } from './vm/power-state'

/** What a host needs from power to pve-guests.service. Virtual. */
const HOST_BOOT_MS = 45_000

/** Everything that runs on a host is gone at once; what is on its disks stays. */
export function losePower(lab: Lab, node: string): void {
  for (const task of lab.state.tasks) if (task.run && task.node === node) abortTask(lab, task)
  for (const vm of Object.values(lab.state.vms))
    if (vm.node === node && vm.running) switchOff(lab, vm)
}

/** A host boots: guests with `onboot` start one after the other, each `startup` delay kept (pve-guests). */
export function coldStart(lab: Lab, node: string): void {
  const host = lab.state.hosts[node]
  if (!host) return
  host.bootedWall = lab.now.wall
  const starting = Object.values(lab.state.vms)
    .filter((vm) => vm.node === node && vm.config.onboot === '1' && vm.config.template !== '1')
    .sort(inStartOrder)
  const stages = starting.flatMap((vm): Stage[] => [
    log(`Starting ${vm.kind === 'lxc' ? 'CT' : 'VM'} ${vm.vmid}`),
    act('host.start-guest', { vmid: vm.vmid }),
    sleep(Math.max(1, startup(vm, 'up') ?? 0) * 1000),
  ])
  startTask(lab, {
    ...{ node, type: 'startall', id: '', user: 'root@pam' },
    stages: [sleep(HOST_BOOT_MS), ...stages],
  })
}

/** `order=1,up=30,down=60`; null where it does not say. */
const startup = (vm: Vm, key: 'order' | 'up'): number | null => {
  const found = new RegExp(`(?:^|,)${key}=(\\d+)`).exec(vm.config.startup ?? '')?.[1]
  return found === undefined ? null : Number(found)
}

/** Those with an order first, in it; then the others; each by VMID (PVE/API2/Nodes.pm get_start_stop_list). */
const inStartOrder = (a: Vm, b: Vm): number =>
  (startup(a, 'order') ?? Number.MAX_SAFE_INTEGER) -
    (startup(b, 'order') ?? Number.MAX_SAFE_INTEGER) || a.vmid - b.vmid

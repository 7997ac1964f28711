import { haOf } from '../cluster-state'
import { onBrokenStorage, standsStill } from '../standstill'
import type { Lab, LabHost, Vm } from '../state'
import { agentEnabled, cpuCount, memoryMib, numberOption, wantedConfig } from './config'
import { parseSize } from './drive'
import { disksOf } from './volume-of-drive'

const MIB = 2 ** 20

/** Seconds since QEMU started, real ones as every time in an answer. */
export const uptimeS = (lab: Lab, vm: Vm): number =>
  vm.running ? Math.max(1, Math.floor((lab.now.wall - vm.startedWall) / 1000)) : 0

/** 0 to 1 of its vCPUs: busy while booting, then a little that moves with time. */
export function cpuLoad(lab: Lab, vm: Vm): number {
  if (!vm.running || standsStill(vm)) return 0
  if (vm.load) return vm.load.cpu
  const wave = (Math.sin(lab.now.at / 47_000 + vm.vmid) + 1) / 2
  const busy = vm.guest?.phase === 'up' ? 0.015 + 0.05 * wave : 0.65
  return Math.min(1, busy + (vm.guest && vm.guest.processes.length > 0 ? 0.25 : 0))
}

/** Bytes in use as the balloon driver tells. */
export function memoryUsed(lab: Lab, vm: Vm): number {
  if (!vm.running) return 0
  if (vm.load) return vm.load.memoryMib * MIB
  const total = memoryMib(vm.active ?? vm.config)
  const share =
    vm.guest?.phase === 'up' ? 0.28 + 0.05 * Math.sin(lab.now.at / 91_000 + vm.vmid) : 0.12
  return Math.round(total * share) * MIB
}

/** Whether a full pool or a lost disk has frozen it (traps T8). */
export const frozen = (lab: Lab, vm: Vm): boolean =>
  vm.running && (vm.ioError === true || onBrokenStorage(lab.state, vm))

/** The figures that lists, cluster/resources and status/current share. */
export function vmFigures(lab: Lab, vm: Vm) {
  const config = vm.active ?? wantedConfig(vm)
  const first = disksOf(config)[0]
  const rootfs = /size=(\w+)/.exec(config.rootfs ?? '')?.[1]
  const diskText = first?.drive.options.size ?? rootfs ?? '0'
  const used = memoryUsed(lab, vm)
  return {
    vmid: vm.vmid,
    name: config.name ?? config.hostname ?? `VM ${vm.vmid}`,
    status: vm.running ? 'running' : 'stopped',
    cpus: cpuCount(config),
    cpu: cpuLoad(lab, vm),
    mem: used,
    maxmem: memoryMib(config) * MIB,
    disk: 0,
    maxdisk: parseSize(diskText) ?? 0,
    uptime: uptimeS(lab, vm),
    netin: vm.running ? Math.floor((lab.now.at - vm.startedAt) * 3.1) : 0,
    netout: vm.running ? Math.floor((lab.now.at - vm.startedAt) * 1.7) : 0,
    ...(vm.pid && vm.running ? { pid: vm.pid } : {}),
    ...(config.serial0 ? { serial: 1 } : {}),
    ...(config.tags ? { tags: config.tags } : {}),
    ...(config.template === '1' ? { template: 1 } : {}),
    ...(vm.config.lock ? { lock: vm.config.lock } : {}),
  }
}

/** What the HA manager knows of a guest. */
function haOfGuest(lab: Lab, vm: Vm): Record<string, unknown> {
  const resource = haOf(lab.state).resources[`${vm.kind === 'qemu' ? 'vm' : 'ct'}:${vm.vmid}`]
  if (!resource) return { managed: 0 }
  return { managed: 1, group: resource.group ?? null, state: resource.running ?? null }
}

/** Bytes by tap device. */
function cardFigures(lab: Lab, vm: Vm): Record<string, { netin: number; netout: number }> {
  const { netin, netout } = vmFigures(lab, vm)
  const cards = Object.keys(vm.active ?? vm.config).filter((key) => /^net\d+$/.test(key))
  return Object.fromEntries(
    cards.map((key, index) => [
      `tap${vm.vmid}i${key.slice(3)}`,
      index === 0 ? { netin, netout } : { netin, netout: 0 },
    ]),
  )
}

/** `status/current`: always with `ha`, the rest only when set (recorded). */
export function vmStatus(lab: Lab, vm: Vm): Record<string, unknown> {
  const config = vm.active ?? wantedConfig(vm)
  const qmp = !vm.running
    ? 'stopped'
    : frozen(lab, vm)
      ? 'io-error'
      : vm.paused
        ? 'paused'
        : 'running'
  const own = lab.state.hosts[vm.node]?.foreignQemu
  return {
    ...vmFigures(lab, vm),
    ha: haOfGuest(lab, vm),
    qmpstatus: qmp,
    ...(agentEnabled(config) ? { agent: 1 } : {}),
    ...(config.vga ? { clipboard: null } : {}),
    ...(vm.running ? { nics: cardFigures(lab, vm) } : {}),
    ...(vm.running && own === undefined
      ? {
          'running-machine': config.machine ?? 'pc-i440fx-10.0+pve0',
          'running-qemu': '10.0.2',
          diskread: 0,
          diskwrite: 0,
        }
      : {}),
    ...(numberOption(config, 'balloon', 0) > 0
      ? { balloon: numberOption(config, 'balloon', 0) * MIB }
      : {}),
  }
}

/** Memory, CPU and uptime of a whole host. */
export function hostFigures(lab: Lab, host: LabHost) {
  const vms = Object.values(lab.state.vms).filter((vm) => vm.node === host.node && vm.running)
  const memory = vms.reduce((sum, vm) => sum + memoryUsed(lab, vm), host.ownMemoryMib * MIB)
  const busy = vms.reduce(
    (sum, vm) => sum + cpuLoad(lab, vm) * cpuCount(vm.active ?? vm.config),
    0.3,
  )
  return {
    memory,
    cpu: Math.min(1, busy / host.cpuThreads),
    uptime: Math.floor((lab.now.wall - host.bootedWall) / 1000),
  }
}

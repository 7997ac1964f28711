import { haOf } from './cluster-state'
import { losePower } from './power-faults'
import { isDown, quorate } from './quorum'
import { startByItself } from './start-guest'
import type { Lab, LabState, Vm } from './state'
import { localDisks } from './vm/migrate'

/** The watchdog of a lost host after 60 s, and as long again until the manager has its lock (ha-manager). */
const FENCE_MS = 120_000

const isStarted = (state: LabState, vm: Vm): boolean =>
  haOf(state).resources[`${vm.kind === 'qemu' ? 'vm' : 'ct'}:${vm.vmid}`]?.state === 'started'

const guestsOn = (state: LabState, node: string): Vm[] =>
  Object.values(state.vms).filter((vm) => vm.node === node)

/** Hosts that the others miss and that run something of HA: those have a watchdog, no others (traps T27). */
const missed = (state: LabState): string[] =>
  Object.keys(state.hosts).length < 2 || !quorate(state)
    ? []
    : Object.keys(state.hosts).filter(
        (node) => isDown(state, node) && guestsOn(state, node).some((vm) => isStarted(state, vm)),
      )

/** Virtual instant of the next fencing, null while no host is missed. */
export const nextFencing = (state: LabState): number | null =>
  Object.values(state.missed ?? {}).reduce<number | null>(
    (next, due) => (next === null || due < next ? due : next),
    null,
  )

/** Begins and ends waiting for hosts; fences those whose time has come. Called at each turn of the lab. */
export function watchHosts(lab: Lab): void {
  const { state, now } = lab
  const nodes = missed(state)
  const before = state.missed ?? {}
  if (nodes.length === 0 && state.missed === undefined) return
  state.missed = Object.fromEntries(nodes.map((node) => [node, before[node] ?? now.at + FENCE_MS]))
  for (const [node, due] of Object.entries(state.missed)) if (due <= now.at) fence(lab, node)
  if (nodes.length === 0) delete state.missed
}

/** The host resets itself; guests of HA whose disks others see start there, the rest stays down. */
function fence(lab: Lab, node: string): void {
  const { state } = lab
  delete state.missed?.[node]
  losePower(lab, node)
  state.fenced = [...new Set([...(state.fenced ?? []), node])]
  for (const vm of guestsOn(state, node)) {
    if (!isStarted(state, vm)) continue
    const resource = haOf(state).resources[`${vm.kind === 'qemu' ? 'vm' : 'ct'}:${vm.vmid}`]
    const target = placeFor(lab, vm)
    if (resource) resource.running = target === null ? 'error' : 'started'
    if (target === null) continue
    vm.node = target
    startByItself(lab, vm)
  }
}

/** The host with the fewest running guests; null for disks or devices that no other has. */
function placeFor(lab: Lab, vm: Vm): string | null {
  const bound = Object.keys(vm.config).some((key) => key.startsWith('hostpci'))
  if (bound || localDisks(lab, vm).length > 0) return null
  const running = (node: string) => guestsOn(lab.state, node).filter((each) => each.running).length
  const up = Object.keys(lab.state.hosts).filter((node) => !isDown(lab.state, node))
  return up.sort((a, b) => running(a) - running(b))[0] ?? null
}

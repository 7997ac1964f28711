import { defaultStorage, disksOf, HOST_DEFAULTS } from '../defaults'
import { removeObject } from '../edits/remove-object'
import { formatQuantity } from '../parse-quantity'
import type { Vm, VmRole } from '../topology'
import { type FittedHost, type Fitting, hostOf, put } from './fitting'

/** Least memory that a machine of each role works with. kubeadm refuses a control plane below 1,700 MiB. */
const LEAST_MIB: Record<VmRole, number> = {
  'control-plane': 2048,
  worker: 2048,
  'load-balancer': 512,
  nfs: 1024,
  plain: 512,
}
/** A cloud image grows to 3.5 GiB with Kubernetes' images beside it; a data disk below is no use. */
const LEAST_GIB = { system: 16, data: 8 } as const
const STEP_MIB = 256

/** Makes sizes small enough for the machines, then takes VMs away that a cluster can do without. */
export function fitRoom(fitting: Fitting): void {
  // Each round makes something smaller or takes a VM away, so that it ends.
  const rounds = 4 * Object.keys(fitting.topology.vms ?? {}).length + 8
  for (let round = 0; round < rounds; round++) {
    const tight = fitting.hosts.find(
      (host) => missingMib(fitting, host) > 0 || missingGib(fitting, host) !== null,
    )
    if (!tight) break
    if (shrinkMemory(fitting, tight) || shrinkDisks(fitting, tight)) continue
    if (!takeOneAway(fitting, tight)) break
  }
  for (const host of fitting.hosts) {
    fitThreads(fitting, host)
    tellMissing(fitting, host)
  }
}

const vmsOn = ({ topology }: Fitting, host: string): [string, Vm][] =>
  Object.entries(topology.vms ?? {}).filter(([, vm]) => vm.host === host)

const memoryOf = ({ topology }: Fitting, vm: Vm): number =>
  vm.memoryMib ?? topology.sizes?.[vm.size ?? '']?.memoryMib ?? 0

/** Running guests of others, and what Proxmox keeps. */
function kept(fitting: Fitting, { id, facts }: FittedHost): number {
  const strangers = facts.guests
    .filter(({ ours, running }) => !ours && running)
    .reduce((sum, guest) => sum + guest.memoryMib, 0)
  return (
    strangers + (hostOf(fitting.topology, id).reserveMemoryMib ?? HOST_DEFAULTS.reserveMemoryMib)
  )
}

function missingMib(fitting: Fitting, host: FittedHost): number {
  const wanted = vmsOn(fitting, host.id).reduce((sum, [, vm]) => sum + memoryOf(fitting, vm), 0)
  return wanted === 0 ? 0 : wanted + kept(fitting, host) - host.facts.memoryMib
}

/** Takes the same share from every size on the host; false if none can be smaller. */
function shrinkMemory(fitting: Fitting, host: FittedHost): boolean {
  if (missingMib(fitting, host) <= 0) return false
  const vms = vmsOn(fitting, host.id)
  const wanted = vms.reduce((sum, [, vm]) => sum + memoryOf(fitting, vm), 0)
  const share = Math.max(0, (host.facts.memoryMib - kept(fitting, host)) / wanted)
  let smaller = false
  const lower = (path: string[], now: number, least: number, what: string) => {
    const next = Math.max(least, Math.floor((now * share) / STEP_MIB) * STEP_MIB)
    if (next >= now) return
    put(fitting, path, next)
    fitting.took.push(
      `${what}: memory from ${formatQuantity(now, 'MiB')} to ${formatQuantity(next, 'MiB')}, so that ${host.id} has room.`,
    )
    smaller = true
  }
  for (const size of new Set(vms.flatMap(([, { size: own }]) => own ?? []))) {
    const users = Object.values(fitting.topology.vms ?? {}).filter((vm) => vm.size === size)
    const least = Math.max(...users.map(({ role }) => LEAST_MIB[role]))
    const now = fitting.topology.sizes?.[size]?.memoryMib
    if (now !== undefined) lower(['sizes', size, 'memoryMib'], now, least, `Size ${size}`)
  }
  for (const [id, vm] of vms) {
    if (vm.memoryMib !== undefined)
      lower(['vms', id, 'memoryMib'], vm.memoryMib, LEAST_MIB[vm.role], id)
  }
  return smaller
}

type OnStorage = {
  vm: string
  disk: string
  kind: 'system' | 'data'
  sizeGib: number
  size?: string
}

function disksOn(fitting: Fitting, host: string): Map<string, OnStorage[]> {
  const { topology } = fitting
  const byStorage = new Map<string, OnStorage[]>()
  for (const [id, vm] of vmsOn(fitting, host)) {
    for (const [disk, { kind, sizeGib, storage }] of disksOf(vm)) {
      const bySize = kind === 'system' && sizeGib === undefined
      const gib = sizeGib ?? (bySize ? topology.sizes?.[vm.size ?? '']?.diskGib : undefined) ?? 0
      const on = storage ?? defaultStorage(topology.hosts?.[host])
      const entry = {
        ...{ vm: id, disk, kind, sizeGib: gib },
        ...(bySize && vm.size !== undefined ? { size: vm.size } : {}),
      }
      byStorage.set(on, [...(byStorage.get(on) ?? []), entry])
    }
  }
  return byStorage
}

/** The first thick storage that promises more than it has, and by how much. */
function missingGib(fitting: Fitting, { id }: FittedHost) {
  for (const [storage, disks] of disksOn(fitting, id)) {
    const found = hostOf(fitting.topology, id).storages?.[storage]
    const thick = found && (found.thin === undefined ? found.kind === 'lvm' : !found.thin)
    if (!thick || found.sizeGib === undefined) continue
    const wanted = disks.reduce((sum, { sizeGib }) => sum + sizeGib, 0)
    if (wanted > found.sizeGib) return { storage, disks, has: found.sizeGib, wanted }
  }
  return null
}

/** Data disks first, then system disks; false if none can be smaller. */
function shrinkDisks(fitting: Fitting, host: FittedHost): boolean {
  const missing = missingGib(fitting, host)
  if (!missing) return false
  const { disks, has, wanted, storage } = missing
  for (const kind of ['data', 'system'] as const) {
    const these = disks.filter((disk) => disk.kind === kind)
    const sum = these.reduce((total, { sizeGib }) => total + sizeGib, 0)
    const share = Math.max(0, (sum - (wanted - has)) / Math.max(1, sum))
    let smaller = false
    for (const { vm, disk, sizeGib, size } of these) {
      const next = Math.max(LEAST_GIB[kind], Math.floor(sizeGib * share))
      if (next >= sizeGib) continue
      const path =
        size === undefined ? ['vms', vm, 'disks', disk, 'sizeGib'] : ['sizes', size, 'diskGib']
      put(fitting, path, next)
      const what = size === undefined ? `${disk} of ${vm}` : `Size ${size}`
      const told = `${what}: disk from ${sizeGib} to ${next} GiB, so that ${storage} of ${host.id} has room.`
      if (!fitting.took.includes(told)) fitting.took.push(told)
      smaller = true
    }
    if (smaller) return true
  }
  return false
}

/** A second worker, then the second and third control plane with the load balancers in front of them. */
function takeOneAway(fitting: Fitting, { id: host }: FittedHost): boolean {
  const { topology } = fitting
  const here = new Set(vmsOn(fitting, host).map(([id]) => id))
  for (const [id, cluster] of Object.entries(topology.clusters ?? {})) {
    const worker = cluster.workers.findLast((vm) => here.has(vm))
    if (cluster.workers.length > 1 && worker !== undefined) {
      remove(fitting, worker, `Worker ${worker} of ${id}: there is no room on ${host}.`)
      return true
    }
  }
  for (const [id, cluster] of Object.entries(topology.clusters ?? {})) {
    const [first, ...others] = cluster.controlPlanes
    if (first === undefined || !others.some((vm) => here.has(vm))) continue
    for (const vm of [...others, ...(cluster.loadBalancers ?? [])])
      remove(fitting, vm, `${vm} of ${id}: there is no room on ${host}; one control plane is left.`)
    return true
  }
  return false
}

function remove(fitting: Fitting, id: string, told: string): void {
  fitting.topology = removeObject(fitting.topology, { collection: 'vms', id })
  fitting.took.push(told)
}

function fitThreads(fitting: Fitting, { id: host, facts }: FittedHost): void {
  for (const [id, vm] of vmsOn(fitting, host)) {
    const size = vm.size === undefined ? undefined : fitting.topology.sizes?.[vm.size]
    const cpus = vm.cpus ?? size?.cpus
    if (cpus === undefined || cpus <= facts.cpuThreads) continue
    const least = vm.role === 'control-plane' ? 2 : 1
    const next = Math.max(least, facts.cpuThreads)
    const path = vm.cpus === undefined ? ['sizes', vm.size!, 'cpus'] : ['vms', id, 'cpus']
    put(fitting, path, next)
    fitting.took.push(`${path[1]}: ${cpus} vCPUs, which ${host} does not have; now ${next}.`)
  }
}

function tellMissing(fitting: Fitting, host: FittedHost): void {
  const { id, facts } = host
  const mib = missingMib(fitting, host)
  if (mib > 0) {
    fitting.unmet.push({
      code: 'fit.no-memory',
      message: `${id} has ${formatQuantity(facts.memoryMib, 'MiB')} of memory and the least that its VMs need is ${formatQuantity(mib, 'MiB')} more - ${formatQuantity(kept(fitting, host), 'MiB')} are kept for Proxmox and running guests of others - stop one of those, use another machine, or a smaller blueprint.`,
    })
  }
  const gib = missingGib(fitting, host)
  if (gib) {
    fitting.unmet.push({
      code: 'fit.no-disk',
      message: `${gib.storage} of ${id} has ${gib.has} GiB and the least that its VMs need is ${gib.wanted} GiB - it takes each disk's size at once - choose another storage or a smaller blueprint.`,
    })
  }
  const tooMany = vmsOn(fitting, id).filter(([, vm]) => {
    const cpus = vm.cpus ?? fitting.topology.sizes?.[vm.size ?? '']?.cpus ?? 0
    return cpus > facts.cpuThreads
  })
  if (tooMany.length > 0) {
    fitting.unmet.push({
      code: 'fit.no-threads',
      message: `${id} has ${facts.cpuThreads} thread${facts.cpuThreads === 1 ? '' : 's'} and ${tooMany.map(([vm]) => vm).join(', ')} need 2 - kubeadm refuses a control plane with fewer - use another machine.`,
    })
  }
}

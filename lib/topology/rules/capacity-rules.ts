import { formatQuantity } from '../parse-quantity'
import type { Problem } from '../problem'
import { storageKey } from '../shared-storage'
import type { Host, Storage } from '../topology'
import { blocker, count, duplicates, listed, note, warning } from './rule'
import { reserveOf, type Survey, type SurveyedVm } from './survey'

const mib = (value: number) => formatQuantity(value, 'MiB')
const gib = (value: number) => formatQuantity(value, 'GiB')
const sum = (values: readonly (number | null)[]) => values.reduce<number>((a, b) => a + (b ?? 0), 0)

/** "2.4 times" of what there is. */
const times = (wanted: number, there: number) => `${(wanted / there).toFixed(2)} times`

/** `host.no-connection`: a host that nobody can reach. */
export function hostsHaveAConnection(survey: Survey): Problem[] {
  return survey.proxmox.flatMap(({ id, host, vms }) =>
    vms.length === 0 || host.connection !== undefined
      ? []
      : [
          blocker(
            'host.no-connection',
            ['hosts', id, 'connection'],
            `Host ${id} names no connection, and ${count(vms.length, 'VM')} would be made on it - the panel does not know how to reach it. Choose one from Settings > Connections.`,
          ),
        ],
  )
}

/** `host.same-node`: one Proxmox machine, drawn twice: its memory and disks would be counted twice. */
export function hostsAreApart({ proxmox }: Survey): Problem[] {
  const known = proxmox.filter(({ host }) => host.connection !== undefined)
  const same = duplicates(known, ({ id, host }) => `${host.connection}/${host.node ?? id}`)
  return same.flatMap(([, [first, ...others]]) =>
    others.map(({ id, host }) =>
      blocker(
        'host.same-node',
        ['hosts', id, host.node === undefined ? 'connection' : 'node'],
        `Host ${id} is node ${host.node ?? id} of connection ${host.connection}, and so is ${first!.id} - one machine would be filled twice. Name another node, or another connection.`,
      ),
    ),
  )
}

/** `host.memory-exceeded`, `host.memory-tight`: memory is not overcommitted, because nothing balloons. */
export function memoryFits(survey: Survey): Problem[] {
  return survey.proxmox.flatMap(({ id, host, vms }) => {
    if (host.memoryMib === undefined || vms.length === 0) return []
    const wanted = sum(vms.map((vm) => vm.memoryMib))
    const others = survey.loads.get(id)?.memoryMib ?? 0
    const reserve = reserveOf(host)
    const total = wanted + others + reserve
    if (total <= host.memoryMib * 0.9) return []
    const parts = `VMs ${mib(wanted)}${others > 0 ? `, unmanaged guests ${mib(others)}` : ''}, Proxmox ${mib(reserve)}`
    const path = ['hosts', id, 'memoryMib']
    if (total > host.memoryMib) {
      return [
        blocker(
          'host.memory-exceeded',
          path,
          `Host ${id} has ${mib(host.memoryMib)} of memory and ${mib(total)} are promised (${parts}) - the kernel would kill VMs. Take ${mib(total - host.memoryMib)} away or move a VM.`,
        ),
      ]
    }
    return [
      warning(
        'host.memory-tight',
        path,
        `Host ${id} has ${mib(host.memoryMib)} of memory and ${mib(total)} are promised (${parts}) - less than a tenth is left for caches and upgrades. Leave more.`,
      ),
    ]
  })
}

/** `vm.cpu-exceeds-host`, `host.cpu-overcommitted`: vCPUs and threads. */
export function cpusFit(survey: Survey): Problem[] {
  return survey.proxmox.flatMap(({ id, host, vms }) => {
    const threads = host.cpuThreads
    if (threads === undefined) return []
    const tooBig = vms
      .filter((vm) => (vm.cpus ?? 0) > threads)
      .map((vm) =>
        blocker(
          'vm.cpu-exceeds-host',
          ['vms', vm.id, vm.vm.cpus === undefined ? 'size' : 'cpus'],
          `${vm.id} has ${vm.cpus} vCPUs and host ${id} has ${threads} threads - Proxmox refuses to start it. Take at most ${threads}.`,
        ),
      )
    const others = survey.loads.get(id)?.cpus ?? 0
    const reserve = host.reserveThreads ?? 0
    const wanted = sum(vms.map((vm) => vm.cpus)) + others
    if (wanted <= threads - reserve || vms.length === 0) return tooBig
    const kept = reserve > 0 ? `, ${reserve} of them kept for Proxmox,` : ''
    const strangers = others > 0 ? ` (${others} of them to unmanaged guests)` : ''
    return [
      ...tooBig,
      warning(
        'host.cpu-overcommitted',
        ['hosts', id, 'cpuThreads'],
        `Host ${id} has ${threads} threads${kept} and ${wanted} vCPUs are promised${strangers}, ${times(wanted, Math.max(1, threads - reserve))} - busy VMs wait for each other, and etcd takes that for a failure. Fine for idle VMs.`,
      ),
    ]
  })
}

/** `host.no-capacity`: what is not written cannot be checked. */
export function capacitiesAreKnown(survey: Survey): Problem[] {
  return survey.proxmox.flatMap(({ id, host, vms }) => {
    if (vms.length === 0) return []
    const open = [
      host.cpuThreads === undefined && 'threads',
      host.memoryMib === undefined && 'memory',
      !host.storages && host.diskGib === undefined && 'disk',
    ].filter(Boolean)
    if (open.length === 0) return []
    return [
      note(
        'host.no-capacity',
        ['hosts', id],
        `Host ${id} does not say its ${open.join(', ')} - whether its VMs fit is not checked. Write them, or take them over from what is observed.`,
      ),
    ]
  })
}

/** `host.load-unseen`: guests of others that are not among the numbers. */
export function loadsAreSeen(survey: Survey): Problem[] {
  return survey.proxmox.flatMap(({ id, host, vms }) => {
    const checked =
      host.memoryMib !== undefined || host.cpuThreads !== undefined || host.diskGib !== undefined
    if (vms.length === 0 || !checked) return []
    if (survey.unmanaged.unseen?.includes(id)) {
      return [
        note(
          'host.load-unseen',
          ['hosts', id],
          `What else runs on ${id} was not seen - memory, vCPUs and disks are checked without guests that are not yours, unless the document tells of them. Refresh once the host can be read.`,
        ),
      ]
    }
    const unplaced = survey.loads.get(id)?.unplacedGib ?? 0
    if (unplaced === 0 || !host.storages) return []
    return [
      note(
        'host.load-unseen',
        ['hosts', id, 'storages'],
        `Containers on ${id} that are not yours have ${gib(unplaced)} of disk, and Proxmox's list does not say on which storage - they are not counted. Write them under unmanaged, with their storage.`,
      ),
    ]
  })
}

type Promised = {
  storage: string
  promised: number
  largest: { vm: string; disk: string; sizeGib: number } | null
}

function promises(
  survey: Survey,
  hostId: string,
  vms: readonly SurveyedVm[],
): Map<string, Promised> {
  const byStorage = new Map<string, Promised>()
  const of = (storage: string) => {
    const found = byStorage.get(storage) ?? { storage, promised: 0, largest: null }
    byStorage.set(storage, found)
    return found
  }
  for (const { id, disks } of vms) {
    for (const { id: disk, storage, sizeGib } of disks) {
      if (sizeGib === null) continue
      const entry = of(storage)
      entry.promised += sizeGib
      if (!entry.largest || sizeGib > entry.largest.sizeGib)
        entry.largest = { vm: id, disk, sizeGib }
    }
  }
  for (const [storage, used] of Object.entries(survey.loads.get(hostId)?.storages ?? {})) {
    of(storage).promised += used
  }
  return byStorage
}

/** Kinds that take the whole size at once; all others grow as they are written to, unless the document says otherwise. */
const THICK: ReadonlySet<Storage['kind']> = new Set(['lvm'])
const isThick = ({ kind, thin }: Storage) => (thin === undefined ? THICK.has(kind) : !thin)

/** A storage with all that is promised on it; a shared one with what all of its hosts promise. */
type Filled = { hosts: string[]; found: Storage; promised: Promised }

/** `storage.exceeded`, `storage.overcommitted`, `storage.no-images`: disks and where they lie. */
export function disksFit(survey: Survey): Problem[] {
  const filled = new Map<string, Filled>()
  const raw = survey.proxmox.flatMap(({ id, host, vms }) => {
    const byStorage = promises(survey, id, vms)
    if (!host.storages)
      return rawDiskFits(id, host, sum([...byStorage.values()].map((each) => each.promised)))
    for (const promised of byStorage.values()) {
      const found = host.storages[promised.storage]
      if (found)
        fill(filled, storageKey(survey.topology, id, promised.storage), {
          hosts: [id],
          found,
          promised,
        })
    }
    return []
  })
  return [...raw, ...[...filled.values()].flatMap(storageFits)]
}

function fill(filled: Map<string, Filled>, key: string, more: Filled): void {
  const there = filled.get(key)
  if (!there) {
    filled.set(key, more)
    return
  }
  there.hosts.push(...more.hosts)
  there.promised.promised += more.promised.promised
  there.promised.largest ??= more.promised.largest
  // The host that says how large it is stands for all.
  if (there.found.sizeGib === undefined && more.found.sizeGib !== undefined) {
    there.found = more.found
    there.hosts.unshift(there.hosts.pop()!)
  }
}

function storageFits({
  hosts,
  found,
  promised: { storage, promised, largest },
}: Filled): Problem[] {
  const path = ['hosts', hosts[0]!, 'storages', storage]
  const name = `Storage ${storage} of ${listed(hosts)}`
  // A backup server keeps no images, whatever is written.
  if (largest && (found.kind === 'pbs' || found.content?.includes('images') === false)) {
    return [
      blocker(
        'storage.no-images',
        [...path, 'content'],
        `${name} does not keep disk images, and ${largest.vm} has a disk on it - Proxmox refuses it. Use another storage.`,
      ),
    ]
  }
  if (found.sizeGib === undefined || promised <= found.sizeGib) return []
  const together = hosts.length > 1 ? ', which is one for all of them,' : ''
  const numbers = `${name}${together} has ${gib(found.sizeGib)} and ${gib(promised)} are promised, ${times(promised, found.sizeGib)}`
  if (isThick(found)) {
    return [
      blocker(
        'storage.exceeded',
        [...path, 'sizeGib'],
        `${numbers} - a thick storage takes each disk's size at once, so the last would not fit. Take ${gib(promised - found.sizeGib)} away.`,
      ),
    ]
  }
  return [
    warning(
      'storage.overcommitted',
      [...path, 'sizeGib'],
      `${numbers} - fine while disks are part empty; when it is full every VM on it stops with an I/O error. Watch how full it is, or shrink a disk.`,
    ),
  ]
}

function rawDiskFits(id: string, host: Host, promised: number): Problem[] {
  if (host.diskGib === undefined || promised <= host.diskGib) return []
  return [
    warning(
      'storage.overcommitted',
      ['hosts', id, 'diskGib'],
      `Host ${id} has ${gib(host.diskGib)} of disk and ${gib(promised)} are promised, ${times(promised, host.diskGib)} - that works on thin storage until it is full, and on thick storage not at all. Write its storages, or shrink a disk.`,
    ),
  ]
}

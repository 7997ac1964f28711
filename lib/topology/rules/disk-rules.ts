import { disksBelow } from '../disks-below'
import type { Problem } from '../problem'
import type { Host, Storage } from '../topology'
import { count, listed, note, warning } from './rule'
import type { Survey, SurveyedVm } from './survey'

type Physical = NonNullable<Host['disks']>[string]
type Placed = { storageId: string; storage: Storage; diskId: string; disk: Physical }

/** The slowest and most perishable first: a mirror writes as slowly as its slowest disk. */
const WORST_FIRST: readonly Physical['kind'][] = ['sd-card', 'hdd', 'ssd', 'nvme']

/** The storage and the worst physical disk that a VM's disk lies on, null where the document does not say. */
function placeOf(vm: SurveyedVm, storageId: string): Placed | null {
  const storage = vm.host?.storages?.[storageId]
  if (!storage) return null
  const [worst] = disksBelow(storage)
    .flatMap((diskId) => {
      const disk = vm.host?.disks?.[diskId]
      return disk ? [{ diskId, disk }] : []
    })
    .sort((a, b) => WORST_FIRST.indexOf(a.disk.kind) - WORST_FIRST.indexOf(b.disk.kind))
  return worst ? { storageId, storage, ...worst } : null
}

const KIND = {
  nvme: 'an NVMe',
  ssd: 'an SSD',
  hdd: 'a hard disk',
  'sd-card': 'an SD card',
} as const

/**
 * `cluster.etcd-slow-disk`, `cluster.etcd-no-power-loss-protection`, `cluster.etcd-beside-longhorn`:
 * what etcd waits for. It wants a 99th percentile of fdatasync below 10 ms (etcd.io, op-guide/hardware);
 * a hard disk turns once in 8 ms.
 */
export function etcdHasAFastDisk({ clusters, vmById, vms }: Survey): Problem[] {
  const longhornOn = new Map<string, string[]>()
  for (const vm of vms) {
    for (const { disk, storage } of vm.disks) {
      const place = disk.use === 'longhorn' ? placeOf(vm, storage) : null
      if (!place) continue
      const key = `${vm.vm.host}/${place.diskId}`
      longhornOn.set(key, [...(longhornOn.get(key) ?? []), vm.id])
    }
  }
  return clusters.flatMap(([id, { controlPlanes }]) => {
    const problems: Problem[] = []
    const bare = new Map<string, string[]>()
    const shared = new Map<string, { members: string[]; others: string[] }>()
    for (const vmId of new Set(controlPlanes)) {
      const vm = vmById.get(vmId)
      const system = vm?.disks.find(({ disk }) => disk.kind === 'system')
      const place = vm && system ? placeOf(vm, system.storage) : null
      if (!vm || !place) continue
      const { kind, powerLossProtection } = place.disk
      const key = `${vm.vm.host}/${place.diskId}`
      if (kind === 'hdd' || kind === 'sd-card') {
        problems.push(
          warning(
            'cluster.etcd-slow-disk',
            ['vms', vmId, 'disks'],
            `etcd of ${vmId} would write to ${KIND[kind]} (${place.diskId} of ${vm.vm.host}) - it needs each write below 10 ms, and slower ones cost ${id} its leader. Put the system disk on an SSD or NVMe.`,
          ),
        )
        continue
      }
      if (powerLossProtection === false) bare.set(key, [...(bare.get(key) ?? []), vmId])
      const others = longhornOn.get(key)
      if (others) {
        shared.set(key, { members: [...(shared.get(key)?.members ?? []), vmId], others })
      }
    }
    for (const [key, members] of bare) {
      problems.push(
        note(
          'cluster.etcd-no-power-loss-protection',
          ['clusters', id, 'controlPlanes'],
          `etcd of ${listed(members)} writes to ${key.split('/')[1]} of ${key.split('/')[0]}, which has no power-loss protection - every fdatasync waits for flash instead of a capacitor's cache. Measure it before you blame etcd.`,
        ),
      )
    }
    for (const [key, { members, others }] of shared) {
      problems.push(
        note(
          'cluster.etcd-beside-longhorn',
          ['clusters', id, 'controlPlanes'],
          `etcd of ${listed(members)} shares ${key.split('/')[1]} of ${key.split('/')[0]} with ${count(others.length, 'Longhorn disk')} (${listed(others)}) - a replica that is rebuilt makes etcd wait. Give one of them another disk, or limit the Longhorn disks.`,
        ),
      )
    }
    return problems
  })
}

/** `storage.sd-card`, `host.panel-on-sd-card`: flash that wears out (traps T28). */
export function nothingWearsOut({ proxmox, hosts }: Survey): Problem[] {
  const images = proxmox.flatMap(({ id, host, vms }) => {
    const worn = new Map<string, string[]>()
    for (const vm of vms) {
      for (const { storage } of vm.disks) {
        if (placeOf(vm, storage)?.disk.kind !== 'sd-card') continue
        worn.set(storage, [...(worn.get(storage) ?? []), vm.id])
      }
    }
    return [...worn].map(([storage, names]) =>
      warning(
        'storage.sd-card',
        ['hosts', id, 'storages', storage, 'disk'],
        `Storage ${storage} of ${id} lies on an SD card (${host.storages?.[storage]?.disk}) and holds disks of ${listed([...new Set(names)])} - a card wears out within a year of VM writes, and then loses all of them at once. Move them to an SSD.`,
      ),
    )
  })
  const panels = hosts.flatMap(([id, { role, disks }]) => {
    const kinds = Object.values(disks ?? {}).map(({ kind }) => kind)
    if (role !== 'panel' || kinds.length === 0 || kinds.some((kind) => kind !== 'sd-card'))
      return []
    return [
      note(
        'host.panel-on-sd-card',
        ['hosts', id, 'disks'],
        `${id}, which runs the panel, has an SD card alone - logs and metrics wear it out, and with it the panel's database goes. Add an SSD or keep the panel's backups elsewhere.`,
      ),
    ]
  })
  return [...images, ...panels]
}

/** `host.zfs-memory`: the cache of ZFS is memory that nobody promised. Source: pve.proxmox.com/wiki/ZFS_on_Linux, a tenth of the memory since 8.1. */
export function zfsHasMemory({ proxmox }: Survey): Problem[] {
  return proxmox.flatMap(({ id, host, vms }) => {
    const zfs = Object.entries(host.storages ?? {}).find(([, { kind }]) => kind === 'zfspool')
    if (!zfs || host.memoryMib === undefined || vms.length === 0) return []
    const cache = Math.min(Math.floor(host.memoryMib / 10), 16_384)
    const reserve = host.reserveMemoryMib ?? 2048
    if (reserve >= cache + 1024) return []
    return [
      note(
        'host.zfs-memory',
        ['hosts', id, 'reserveMemoryMib'],
        `Host ${id} has a ZFS pool (${zfs[0]}), whose cache takes up to ${cache.toLocaleString('en')} MiB, and keeps ${reserve.toLocaleString('en')} MiB for Proxmox - what fits on paper presses the cache out. Keep ${(cache + 2048).toLocaleString('en')} MiB.`,
        {
          label: `Keep ${(cache + 2048).toLocaleString('en')} MiB`,
          changes: [
            {
              path: ['hosts', id, 'reserveMemoryMib'],
              ...(host.reserveMemoryMib === undefined ? {} : { from: host.reserveMemoryMib }),
              to: cache + 2048,
            },
          ],
        },
      ),
    ]
  })
}

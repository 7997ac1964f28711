import { LabError } from '../api/answer'
import { wallSeconds } from '../clock'
import { copyMs, DURATIONS } from '../durations'
import { randomMac, randomUuid } from '../random'
import type { Lab, LabStorage, Vm, VmConfig, Volume } from '../state'
import type { Acts } from '../tasks/acts'
import { act, type Stage, sleep } from '../tasks/task'
import { assertUnlocked } from './config'
import { formatDrive, formatSize } from './drive'
import { formatNet, parseNet } from './net'
import {
  addImage,
  assertRoom,
  defaultFormat,
  findVolume,
  freeDiskName,
  getStorage,
  imageVolid,
  volumePlace,
} from './storage'
import { disksOf } from './volume-of-drive'

const pad = (value: number): string => String(value).padStart(2, '0')

/** `2026_11_24-13:05:00`-like stamp of a backup's file name. */
function stamp(seconds: number): string {
  const date = new Date(seconds * 1000)
  const day = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()].map(pad)
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(pad)
  return `${day.join('_')}-${time.join('_')}`
}

const SUFFIX: Readonly<Record<string, string>> = {
  zstd: '.zst',
  '1': '.lzo',
  lzo: '.lzo',
  gzip: '.gz',
}

function backupStorage(lab: Lab, id: string, node: string): LabStorage {
  const storage = lab.state.storages[id]
  if (!storage)
    throw new LabError(
      `could not activate storage '${id}': storage '${id}' does not exist could not get storage information for '${id}': storage '${id}' does not exist`,
    )
  if (!storage.content.includes('backup'))
    throw new LabError(
      `could not get storage information for '${id}': can't use storage '${id}' for backups - wrong content type`,
    )
  return getStorage(lab.state, id, node)
}

const usedBy = (lab: Lab, vm: Vm): number =>
  disksOf(vm.config).reduce(
    (sum, { drive }) => sum + (findVolume(lab.state, vm.node, drive.file)?.usedBytes ?? 0),
    0,
  )

/** What is kept of a guest: its configuration and every disk as it is now. */
function backupVolume(lab: Lab, vm: Vm, storage: LabStorage, compress: string): Volume {
  const at = wallSeconds(lab.now)
  const name = `vzdump-${vm.kind}-${vm.vmid}-${stamp(at)}.vma${SUFFIX[compress] ?? ''}`
  const disks = disksOf(vm.config).flatMap(({ slot, drive }) => {
    const volume = findVolume(lab.state, vm.node, drive.file)
    if (!volume || drive.options.backup === '0') return []
    const { bytes, usedBytes, disk } = volume
    return [[slot, { bytes, usedBytes, disk: structuredClone(disk) }] as const]
  })
  const used = usedBy(lab, vm)
  return {
    ...{ volid: `${storage.id}:backup/${name}`, node: vm.node, storage: storage.id },
    ...{ content: 'backup', format: `vma${SUFFIX[compress] ?? ''}`, vmid: vm.vmid, parent: null },
    ...{ bytes: used, usedBytes: Math.round(used * 0.6), ctime: at, disk: null, files: null },
    backup: { config: { ...vm.config }, disks: Object.fromEntries(disks) },
  }
}

export const backupActs: Acts<'backup.begin' | 'backup.guest' | 'backup.end' | 'backup.restore'> = {
  'backup.begin'(lab, task, args) {
    backupStorage(lab, args.storage, args.node)
    task.log.push(args.line)
    const stages = args.guests.flatMap((vmid): Stage[] => {
      const vm = lab.state.vms[vmid]
      const used = vm ? usedBy(lab, vm) : 0
      return [
        sleep(vm ? DURATIONS.backup + copyMs({ bytes: used, usedBytes: used }) : 0),
        act('backup.guest', { ...args, vmid }),
      ]
    })
    task.run?.stages.unshift(...stages, act('backup.end', {}))
  },

  'backup.guest'(lab, task, { node, storage, vmid, mode, compress, notes, keep }) {
    const vm = lab.state.vms[vmid]
    const fail = (why: string) =>
      task.log.push(`ERROR: Backup of VM ${vmid} failed - ${why}`, 'INFO: Failed')
    if (!vm || vm.node !== node) {
      fail(`unable to find VM '${vmid}'`)
      return
    }
    task.log.push(
      `INFO: Starting Backup of VM ${vmid} (${vm.kind})`,
      `INFO: status = ${vm.running ? 'running' : 'stopped'}`,
      `INFO: backup mode: ${vm.running ? mode : 'stop'}`,
    )
    try {
      assertUnlocked(vm)
      const place = backupStorage(lab, storage, node)
      const volume = { ...backupVolume(lab, vm, place, compress), notes, protected: keep }
      assertRoom(lab.state, place, node, volume.usedBytes)
      lab.state.volumes[volumePlace(lab.state, node, volume.volid)] = volume
      task.log.push(
        `INFO: creating vzdump archive '${volume.volid}'`,
        `INFO: archive file size: ${formatSize(Math.ceil(volume.usedBytes / 2 ** 20) * 2 ** 20)}B`,
        `INFO: Finished Backup of VM ${vmid}`,
      )
    } catch (error) {
      if (!(error instanceof LabError)) throw error
      fail(error.message)
    }
  },

  'backup.end'(_lab, task) {
    const failed = task.log.some((line) => line.startsWith('ERROR: Backup of VM'))
    task.log.push(`INFO: Backup job finished ${failed ? 'with errors' : 'successfully'}`)
    if (failed) throw new LabError('job errors')
  },

  'backup.restore'(lab, task, { vmid, archive, storage, unique, start: _start }) {
    const vm = lab.state.vms[vmid] as Vm
    const kept = findVolume(lab.state, vm.node, archive)?.backup
    if (!kept) throw new LabError(`volume '${archive}' does not exist`)
    const config: VmConfig = { ...kept.config }
    delete config.lock
    for (const [slot, saved] of Object.entries(kept.disks)) {
      const from = /^([^:]+):/.exec(config[slot] ?? '')?.[1] ?? 'local'
      const place = getStorage(lab.state, storage ?? from, vm.node)
      assertRoom(lab.state, place, vm.node, saved.usedBytes)
      const name = freeDiskName(lab.state, place, vmid)
      const volid = imageVolid(place, vmid, name, defaultFormat(place))
      const written = { bytes: saved.bytes, writtenBytes: saved.usedBytes }
      const image = addImage(lab, { node: vm.node, storage: place, vmid, volid, ...written })
      image.disk = structuredClone(saved.disk)
      const options = Object.fromEntries(
        (config[slot] ?? '')
          .split(',')
          .slice(1)
          .map((part) => part.split('=')),
      ) as Record<string, string>
      config[slot] = formatDrive({
        file: volid,
        options: { ...options, size: formatSize(saved.bytes) },
      })
      task.log.push(`restore ${slot} to '${volid}'`)
    }
    if (unique) makeUnique(lab, config)
    vm.config = config
  },
}

/** New MACs and a new generation, as `unique=1` asks. */
function makeUnique(lab: Lab, config: VmConfig): void {
  for (const [key, value] of Object.entries(config)) {
    const net = /^net\d+$/.test(key) ? parseNet(value) : null
    if (net) config[key] = formatNet({ ...net, mac: randomMac(lab.state) })
  }
  config.vmgenid = randomUuid(lab.state)
}

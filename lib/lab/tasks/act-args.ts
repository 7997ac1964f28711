import type { DriveSpec } from '../vm/drive'

/** What a task can do to the lab, each with plain arguments that survive a restart. */
export type ActArgs = {
  'create.disk': { vmid: number; slot: string; drive: DriveSpec }
  'create.finish': { vmid: number; config: Record<string, string>; start: boolean }
  'create.abort': { vmid: number }
  'clone.begin': { source: number; target: number; name: string | null; snapshot: string | null }
  'clone.disk': CloneDisk
  'clone.finish': {
    source: number
    target: number
    name: string | null
    description: string | null
  }
  'clone.abort': { target: number }
  'config.update': { vmid: number; params: Record<string, string>; user: string }
  'disk.resize': { vmid: number; slot: string; size: string }
  'disk.reassign': { vmid: number; slot: string; targetVmid: number; targetSlot: string }
  'disk.move': {
    vmid: number
    slot: string
    storage: string
    format: string | null
    remove: boolean
  }
  'vm.start': { vmid: number; skipLock: boolean }
  'vm.started': { vmid: number }
  'vm.stop': { vmid: number }
  'vm.powerdown': { vmid: number; limitMs: number; force: boolean; thenStart: boolean }
  'vm.await-off': { vmid: number; deadline: number; force: boolean; thenStart: boolean }
  'vm.reset': { vmid: number }
  'vm.pause': { vmid: number; paused: boolean }
  'vm.template': { vmid: number }
  'host.start-guest': { vmid: number }
  'vm.destroy': { vmid: number; unreferenced: boolean; purge?: boolean }
  'snapshot.take': { vmid: number; name: string; description: string; withRam: boolean }
  'snapshot.delete': { vmid: number; name: string }
  'snapshot.rollback': { vmid: number; name: string; start: boolean }
  'storage.store': {
    node: string
    storage: string
    content: 'iso' | 'import' | 'vztmpl'
    file: StoredFile
  }
  'storage.refuse-existing': { node: string; volid: string; path: string }
  'storage.delete': { node: string; volid: string }
  'backup.begin': BackupJob & { line: string; guests: number[] }
  'backup.guest': BackupJob & { vmid: number }
  'backup.end': Record<string, never>
  'backup.restore': {
    vmid: number
    archive: string
    storage: string | null
    unique: boolean
    start: boolean
  }
  'vm.migrate': { vmid: number; target: string; storage: string | null }
  'ha.request': { sid: string; state: 'started' | 'stopped' }
  'container.power': { vmid: number; on: 'start' | 'stop' | 'restart' }
  'network.reload': { node: string }
  'sdn.reload': { nodes: string[] }
}

export type CloneDisk = {
  source: number
  target: number
  slot: string
  storage: string | null
  full: boolean
  snapshot: string | null
  /** Absent in tasks of a lab that was saved before; null: as the storage likes it. */
  format?: string | null
}

export type BackupJob = {
  node: string
  storage: string
  mode: string
  compress: string
  notes: string | null
  /** Marked as protected. */
  keep: boolean
}

export type StoredFile = {
  name: string
  bytes: number
  /** Known for an upload, null for a download whose sum is taken as told. */
  files: Record<string, string> | null
}

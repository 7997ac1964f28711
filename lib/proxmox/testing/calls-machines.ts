import type { CallName, CallRow } from './call-target'
import { keep, kept, wait } from './kept'

/** Making, changing and running VMs. */
export const MACHINE_CALLS = {
  // Machines
  createVm: {
    ...{ is: 'task', absent: 'none' },
    run: async (p, t) => {
      for (const vmid of [t.vm, t.second, t.template]) {
        const upid = await p.createVm(t.node, vmid, {
          ...{ name: `conformance-${vmid}`, memory: 64, cores: 1, scsihw: 'virtio-scsi-single' },
          ...{ scsi0: `${t.images}:1`, ide2: `${t.images}:cloudinit`, serial0: 'socket' },
          ...{ ciuser: 'debian', ipconfig0: 'ip=dhcp', net0: 'virtio,bridge=vmbr0' },
        })
        await p.waitForTask(upid, wait())
        t.kept.set('upid', upid)
      }
    },
  },
  findVm: { is: 'read', run: (p, t) => p.findVm(t.node, t.vm), absent: 'answers' },
  findConfig: { is: 'read', run: (p, t) => p.findConfig(t.node, t.vm), absent: 'answers' },
  getConfig: { is: 'read', run: (p, t) => p.getConfig(t.node, t.vm) },
  currentConfig: { is: 'read', run: (p, t) => p.currentConfig(t.node, t.vm) },
  hasFeature: { is: 'read', run: (p, t) => p.hasFeature(t.node, t.vm, 'snapshot') },
  setConfig: {
    ...{ is: 'change', locks: true },
    run: (p, t) => p.setConfig(t.node, t.vm, { set: { cores: 2 } }),
  },
  setConfigTask: {
    ...{ is: 'task', locks: true },
    run: (p, t) => p.setConfigTask(t.node, t.vm, { set: { scsi1: `${t.images}:1` } }),
  },
  setTags: {
    ...{ is: 'change', locks: true },
    run: (p, t) => p.setTags(t.node, t.vm, ['b', 'a']),
  },
  pending: { is: 'read', run: (p, t) => p.pending(t.node, t.vm) },
  revertPending: {
    ...{ is: 'change', locks: true },
    run: (p, t) => p.revertPending(t.node, t.vm, ['cores']),
  },
  resizeDisk: {
    ...{ is: 'task', locks: true },
    run: (p, t) => p.resizeDisk(t.node, t.vm, 'scsi0', 2),
  },
  moveDisk: {
    ...{ is: 'task', locks: true },
    run: (p, t) => p.moveDisk(t.node, t.vm, 'scsi1', t.storage),
  },
  reassignDisk: {
    ...{ is: 'task', locks: true },
    run: (p, t) => p.reassignDisk(t.node, t.vm, 'scsi1', { vmid: t.second, disk: 'scsi5' }),
  },
  unlinkDisks: {
    ...{ is: 'change' },
    run: (p, t) => p.unlinkDisks(t.node, t.second, ['scsi5'], { destroy: true }),
  },
  allocate: {
    is: 'read',
    run: (p, t) =>
      keep(
        t,
        'volume',
        p.allocate(t.node, t.images, { vmid: t.free, name: `vm-${t.free}-disk-9`, sizeGib: 1 }),
      ),
  },
  deleteVolume: {
    is: 'task',
    run: (p, t) => p.deleteVolume(t.node, kept(t, 'volume')),
  },
  'cloudInit.dump': { is: 'read', run: (p, t) => p.cloudInit.dump(t.node, t.vm, 'user') },
  'cloudInit.pending': { is: 'read', run: (p, t) => p.cloudInit.pending(t.node, t.vm) },
  'cloudInit.regenerate': {
    ...{ is: 'change', locks: true },
    run: (p, t) => p.cloudInit.regenerate(t.node, t.vm),
  },
  createSnapshot: {
    ...{ is: 'task', locks: true },
    run: (p, t) => p.createSnapshot(t.node, t.vm, t.snapshot, 'before'),
  },
  listSnapshots: { is: 'read', run: (p, t) => p.listSnapshots(t.node, t.vm) },
  rollbackSnapshot: {
    ...{ is: 'task', locks: true },
    run: (p, t) => p.rollbackSnapshot(t.node, t.vm, t.snapshot),
  },
  deleteSnapshot: {
    ...{ is: 'task', locks: true },
    run: (p, t) => p.deleteSnapshot(t.node, t.vm, t.snapshot),
  },
  makeTemplate: { is: 'task', run: (p, t) => p.makeTemplate(t.node, t.template) },
  cloneVm: {
    is: 'task',
    run: (p, t) =>
      p.cloneVm(t.node, {
        ...{ templateVmid: t.template, vmid: t.clone, name: 'conformance-clone' },
        ...{ description: 'conformance', storage: t.images },
      }),
  },
  checkMigration: { is: 'read', run: (p, t) => p.checkMigration(t.node, t.clone, t.other) },
  migrateVm: {
    is: 'task',
    run: async (p, t) => {
      if (t.other === t.node) return null
      const away = await p.migrateVm(t.node, t.clone, { target: t.other, withLocalDisks: true })
      await p.waitForTask(away, wait())
      return p.migrateVm(t.other, t.clone, { target: t.node, withLocalDisks: true })
    },
  },

  // Running
  startVm: { is: 'task', locks: true, run: (p, t) => p.startVm(t.node, t.vm) },
  suspendVm: { is: 'task', run: (p, t) => p.suspendVm(t.node, t.vm) },
  resumeVm: { is: 'task', run: (p, t) => p.resumeVm(t.node, t.vm) },
  resetVm: { is: 'task', run: (p, t) => p.resetVm(t.node, t.vm) },
  'consoles.openScreen': { is: 'read', run: (p, t) => p.consoles.openScreen(t.node, t.vm) },
  'consoles.openSerial': { is: 'read', run: (p, t) => p.consoles.openSerial(t.node, t.vm) },
  stopVm: { is: 'task', locks: true, run: (p, t) => p.stopVm(t.node, t.vm) },
  shutdownVm: { is: 'task', locks: true, run: (p, t) => p.shutdownVm(t.node, t.vm, 5) },
  rebootVm: { is: 'task', run: (p, t) => p.rebootVm(t.node, t.guest, 120) },
} satisfies Partial<Record<CallName, CallRow>>

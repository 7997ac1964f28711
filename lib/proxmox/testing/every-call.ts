import { Secret } from '@/lib/base/secret'
import { type CallName, type CallRow, type CallTarget, ruleOf } from './call-target'

const CLUSTER = { of: 'cluster' } as const
const sid = ({ vm }: CallTarget) => `vm:${vm}`
const guestScope = ({ node, vm }: CallTarget) => ({ of: 'vm', node, vmid: vm }) as const
const signal = () => AbortSignal.timeout(30_000)
const keep = async (target: CallTarget, key: string, value: Promise<string>) => {
  const got = await value
  target.kept.set(key, got)
  return got
}
const kept = (target: CallTarget, key: string) => target.kept.get(key) ?? 'none'
const image = ({ files }: CallTarget) => `${files}:import/debian-12-conformance.qcow2`
const iso = ({ files }: CallTarget) => `${files}:iso/conformance.iso`
const job = ({ images, files, vm }: CallTarget) => ({
  ...{ schedule: 'sun 02:00', storage: files ?? images, enabled: false },
  scope: { kind: 'vms', vmids: [vm] } as const,
})

/**
 * Every call of the driver, in an order in which they succeed one after the other, on nothing but what
 * they make themselves and take away again. Which privilege each needs and what is filtered instead of
 * refused is PVE's own schema's (8.4 and 9).
 */
export const EVERY_CALL = {
  version: { is: 'read', run: (p) => p.version(), absent: 'none', forbidden: 'answers' },
  permissions: { is: 'read', run: (p) => p.permissions(), absent: 'none', forbidden: 'answers' },
  roles: { is: 'read', run: (p) => p.roles(), absent: 'none', forbidden: 'answers' },
  nodes: { is: 'read', run: (p) => p.nodes(), absent: 'none', forbidden: 'answers' },
  nodeStatus: { is: 'read', run: (p, t) => p.nodeStatus(t.node), absent: 'none' },
  bridges: { is: 'read', run: (p, t) => p.bridges(t.node), absent: 'none', forbidden: 'answers' },
  bridgeStatus: {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.bridgeStatus(t.node),
  },
  dns: { is: 'read', run: (p, t) => p.dns(t.node), absent: 'none' },
  listGuests: {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.listGuests(t.node),
  },
  'cluster.status': { is: 'read', run: (p) => p.cluster.status(), absent: 'none' },
  'cluster.resources': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p) => p.cluster.resources('vm'),
  },
  'cluster.options': { is: 'read', run: (p) => p.cluster.options(), absent: 'none' },
  'cluster.setOptions': {
    ...{ is: 'change', absent: 'none' },
    run: (p) => p.cluster.setOptions({ set: { 'registered-tags': 'conformance' } }),
  },
  'cluster.nextId': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p) => p.cluster.nextId(),
  },
  'cluster.vmidIsFree': {
    ...{ is: 'read', absent: 'answers', forbidden: 'answers' },
    run: (p, t) => p.cluster.vmidIsFree(t.vm),
  },

  // Storages and files
  storages: { is: 'read', run: (p, t) => p.storages(t.node), absent: 'none', forbidden: 'answers' },
  'storageConfig.list': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p) => p.storageConfig.list(),
  },
  'storageConfig.create': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) =>
      p.storageConfig.create(t.storage, 'dir', { path: '/var/lib/conformance', content: 'images' }),
  },
  'storageConfig.get': { is: 'read', run: (p, t) => p.storageConfig.get(t.storage) },
  'storageConfig.update': {
    is: 'change',
    run: (p, t) => p.storageConfig.update(t.storage, { set: { content: 'images,iso' } }),
  },
  'storageConfig.use': {
    is: 'read',
    run: (p, t) => p.storageConfig.use(t.node, t.storage),
    absent: 'proxmox.not-found',
  },
  urlMetadata: {
    ...{ is: 'read', absent: 'none' },
    run: (p, t) => p.urlMetadata(t.node, t.imageUrl),
  },
  downloadUrl: {
    is: 'task',
    run: (p, t) =>
      p.downloadUrl(t.node, t.files, {
        ...{ kind: 'import', name: 'debian-12-conformance.qcow2', url: t.imageUrl, sha256: null },
      }),
  },
  upload: {
    is: 'task',
    run: (p, t) =>
      p.upload(t.node, t.files, {
        ...{ kind: 'iso', name: 'conformance.iso', content: Buffer.alloc(4096, 7) },
      }),
  },
  content: { is: 'read', run: (p, t) => p.content(t.node, t.files, 'iso') },
  'disks.list': { is: 'read', run: (p, t) => p.disks.list(t.node), absent: 'none' },
  'disks.smart': {
    ...{ is: 'read', absent: 'none' },
    run: async (p, t) => {
      const [disk] = await p.disks.list(t.node, { smart: false })
      return p.disks.smart(t.node, disk?.device ?? '/dev/sda')
    },
  },
  'disks.thinPools': { is: 'read', run: (p, t) => p.disks.thinPools(t.node), absent: 'none' },
  'disks.zfsPools': { is: 'read', run: (p, t) => p.disks.zfsPools(t.node), absent: 'none' },
  'disks.zfsPool': {
    ...{ is: 'read', absent: 'none' },
    run: async (p, t) => {
      const [pool] = await p.disks.zfsPools(t.node)
      return pool === undefined ? null : p.disks.zfsPool(t.node, pool.name)
    },
  },

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
        await p.waitForTask(upid, { signal: signal() })
        target(t, 'upid', upid)
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
      await p.waitForTask(away, { signal: signal() })
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

  // In the guest
  agentPing: { is: 'read', run: (p, t) => p.agentPing(t.node, t.guest) },
  agentInterfaces: { is: 'read', run: (p, t) => p.agentInterfaces(t.node, t.guest) },
  containerInterfaces: {
    ...{ is: 'read', absent: 'answers' },
    run: async (p, t) => {
      const box = (await p.listGuests(t.node)).find(
        ({ kind, running }) => kind === 'lxc' && running,
      )
      return p.containerInterfaces(t.node, box?.vmid ?? 9_999)
    },
  },
  agentExec: {
    is: 'read',
    run: (p, t) => p.agentExec(t.node, t.guest, ['/bin/uname', '-r'], signal()),
  },
  agentStart: {
    is: 'read',
    run: (p, t) =>
      keep(t, 'pid', p.agentStart(t.node, t.guest, ['/bin/uname']).then(String)).then(Number),
  },
  agentEnded: {
    is: 'read',
    run: (p, t) => p.agentEnded(t.node, t.guest, Number(t.kept.get('pid') ?? 1)),
  },
  agentWriteFile: {
    is: 'change',
    run: (p, t) => p.agentWriteFile(t.node, t.guest, '/tmp/conformance', 'hi there'),
  },
  agentReadFile: {
    is: 'read',
    run: (p, t) => p.agentReadFile(t.node, t.guest, '/tmp/conformance'),
  },
  agentFilesystems: { is: 'read', run: (p, t) => p.agentFilesystems(t.node, t.guest) },
  agentOs: { is: 'read', run: (p, t) => p.agentOs(t.node, t.guest) },
  agentHostName: { is: 'read', run: (p, t) => p.agentHostName(t.node, t.guest) },
  agentTime: { is: 'read', run: (p, t) => p.agentTime(t.node, t.guest) },
  agentFreeze: { is: 'read', run: (p, t) => p.agentFreeze(t.node, t.guest) },
  agentFrozen: { is: 'read', run: (p, t) => p.agentFrozen(t.node, t.guest) },
  agentThaw: { is: 'read', run: (p, t) => p.agentThaw(t.node, t.guest) },
  agentTrim: { is: 'change', run: (p, t) => p.agentTrim(t.node, t.guest) },

  // Backups
  'backups.start': {
    is: 'task',
    run: (p, t) =>
      p.backups.start(t.node, {
        ...{ vmids: [t.vm], storage: t.files, mode: 'stop', compress: 'zstd' },
        notes: '{{guestname}}',
      }),
  },
  'backups.list': {
    is: 'read',
    run: async (p, t) => {
      const [newest] = await p.backups.list(t.node, t.files, t.vm)
      if (newest) target(t, 'backup', newest.volid)
      return newest
    },
  },
  'backups.update': {
    is: 'change',
    run: (p, t) => p.backups.update(t.node, kept(t, 'backup'), { notes: 'n', protected: false }),
    absent: 'answers',
  },
  'backups.configOf': {
    is: 'read',
    run: (p, t) => p.backups.configOf(t.node, kept(t, 'backup')),
    absent: 'answers',
  },
  'backups.restore': {
    is: 'task',
    run: (p, t) =>
      p.backups.restore(t.node, {
        ...{ vmid: t.restored, archive: kept(t, 'backup'), storage: t.images, unique: true },
      }),
  },
  'backups.planPrune': {
    is: 'read',
    run: (p, t) => p.backups.planPrune(t.node, t.files, { last: 1 }, t.vm),
  },
  'backups.prune': {
    is: 'task',
    run: (p, t) => p.backups.prune(t.node, t.files, { last: 1 }, t.vm),
  },
  'backupJobs.create': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.backupJobs.create(t.job, job(t)),
  },
  'backupJobs.list': { is: 'read', run: (p) => p.backupJobs.list(), absent: 'none' },
  'backupJobs.replace': {
    is: 'change',
    run: (p, t) => p.backupJobs.replace(t.job, { ...job(t), comment: 'x' }),
  },
  'backupJobs.setEnabled': {
    is: 'change',
    run: (p, t) => p.backupJobs.setEnabled(t.job, true),
  },
  'backupJobs.notBackedUp': { is: 'read', run: (p) => p.backupJobs.notBackedUp(), absent: 'none' },
  'backupJobs.remove': { is: 'change', run: (p, t) => p.backupJobs.remove(t.job) },

  // The cluster around
  'pools.create': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.pools.create(t.pool, 'conformance'),
  },
  'pools.add': { is: 'change', run: (p, t) => p.pools.add(t.pool, { vmids: [t.vm] }) },
  'pools.get': { is: 'read', run: (p, t) => p.pools.get(t.pool) },
  'pools.list': { is: 'read', run: (p) => p.pools.list(), absent: 'none', forbidden: 'answers' },
  'pools.take': { is: 'change', run: (p, t) => p.pools.take(t.pool, { vmids: [t.vm] }) },
  'pools.remove': { is: 'change', run: (p, t) => p.pools.remove(t.pool) },
  'mappings.pciDevices': {
    is: 'read',
    run: (p, t) => p.mappings.pciDevices(t.node),
    absent: 'none',
  },
  'mappings.usbDevices': {
    is: 'read',
    run: (p, t) => p.mappings.usbDevices(t.node),
    absent: 'none',
  },
  'mappings.createPci': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.mappings.createPci(pci(t)),
  },
  'mappings.listPci': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.mappings.listPci(t.node),
  },
  'mappings.updatePci': {
    is: 'change',
    run: (p, t) => p.mappings.updatePci({ ...pci(t), description: 'y' }),
  },
  'mappings.removePci': {
    is: 'change',
    run: (p, t) => p.mappings.removePci(t.mapping),
  },
  'mappings.createUsb': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.mappings.createUsb(usb(t)),
  },
  'mappings.listUsb': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.mappings.listUsb(t.node),
  },
  'mappings.updateUsb': {
    is: 'change',
    run: (p, t) => p.mappings.updateUsb({ ...usb(t), description: 'y' }),
  },
  'mappings.removeUsb': {
    is: 'change',
    run: (p, t) => p.mappings.removeUsb(t.mapping),
  },
  'ha.placement': { is: 'read', run: (p) => p.ha.placement(), absent: 'none' },
  'ha.addResource': {
    is: 'change',
    run: (p, t) => p.ha.addResource(sid(t), { state: 'stopped', comment: 'x' }),
  },
  'ha.resources': { is: 'read', run: (p) => p.ha.resources(), absent: 'none' },
  'ha.updateResource': {
    is: 'change',
    run: (p, t) => p.ha.updateResource(sid(t), { set: { max_restart: 2 } }),
  },
  'ha.groups': { is: 'read', only: 8, run: (p) => p.ha.groups(), absent: 'none' },
  'ha.createGroup': {
    ...{ is: 'change', only: 8, absent: 'none' },
    run: (p, t) =>
      p.ha.createGroup({
        ...{ group: t.haName, restricted: false, noFailback: false, comment: 'x' },
        nodes: [{ node: t.node, priority: 1 }],
      }),
  },
  'ha.updateGroup': {
    ...{ is: 'change', only: 8 },
    run: (p, t) => p.ha.updateGroup(t.haName, { set: { comment: 'y' } }),
  },
  'ha.removeGroup': { is: 'change', only: 8, run: (p, t) => p.ha.removeGroup(t.haName) },
  'ha.createRule': {
    ...{ is: 'change', only: 9, absent: 'answers' },
    run: (p, t) => p.ha.createRule(ruleOf(t)),
  },
  'ha.rules': { is: 'read', only: 9, run: (p) => p.ha.rules(), absent: 'none' },
  'ha.updateRule': {
    ...{ is: 'change', only: 9 },
    run: (p, t) => p.ha.updateRule({ ...ruleOf(t), comment: 'y' }),
  },
  'ha.removeRule': {
    ...{ is: 'change', only: 9 },
    run: (p, t) => p.ha.removeRule(t.haName),
  },
  'ha.status': { is: 'read', run: (p) => p.ha.status(), absent: 'none' },
  'ha.migrate': { is: 'change', run: (p, t) => p.ha.migrate(sid(t), t.other), absent: 'answers' },
  'ha.relocate': { is: 'change', run: (p, t) => p.ha.relocate(sid(t), t.node), absent: 'answers' },
  'ha.removeResource': { is: 'change', run: (p, t) => p.ha.removeResource(sid(t)) },

  // Networks
  'network.read': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.network.read(t.node),
  },
  'network.create': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.network.create(t.node, t.iface, 'bridge', { autostart: true }),
  },
  'network.update': {
    is: 'change',
    run: (p, t) => p.network.update(t.node, t.iface, 'bridge', { autostart: true, comments: 'x' }),
  },
  'network.revert': { is: 'change', run: (p, t) => p.network.revert(t.node), absent: 'none' },
  'network.apply': {
    ...{ is: 'task', absent: 'none' },
    run: async (p, t) => {
      await p.network.create(t.node, t.iface, 'bridge', { autostart: true })
      return p.network.apply(t.node)
    },
  },
  'network.remove': {
    is: 'change',
    run: async (p, t) => {
      await p.network.remove(t.node, t.iface)
      await p.waitForTask(await p.network.apply(t.node), { signal: signal() })
    },
  },
  'sdn.createZone': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.sdn.createZone(t.zone, 'simple', { ipam: 'pve' }),
  },
  'sdn.updateZone': {
    ...{ is: 'change' },
    run: (p, t) => p.sdn.updateZone(t.zone, { set: { mtu: 1450 } }),
  },
  'sdn.zones': { is: 'read', run: (p) => p.sdn.zones(), absent: 'none', forbidden: 'answers' },
  'sdn.createVnet': { is: 'change', run: (p, t) => p.sdn.createVnet(t.vnet, t.zone) },
  'sdn.updateVnet': {
    ...{ is: 'change' },
    run: (p, t) => p.sdn.updateVnet(t.vnet, { set: { alias: 'x' } }),
  },
  'sdn.vnets': { is: 'read', run: (p) => p.sdn.vnets(), absent: 'none', forbidden: 'answers' },
  'sdn.createSubnet': {
    is: 'change',
    run: (p, t) =>
      p.sdn.createSubnet(t.vnet, '10.77.0.0/24', {
        ...{ gateway: '10.77.0.1', snat: true },
        dhcpRanges: [{ start: '10.77.0.50', end: '10.77.0.99' }],
      }),
  },
  'sdn.subnets': {
    ...{ is: 'read', absent: 'answers', forbidden: 'answers' },
    run: (p, t) => p.sdn.subnets(t.vnet),
  },
  'sdn.lock': { is: 'read', run: (p, t) => lockSdn(p.sdn.lock(), t), absent: 'none' },
  'sdn.unlock': {
    ...{ is: 'change', only: 9, absent: 'none' },
    run: (p, t) => p.sdn.unlock(kept(t, 'sdn')),
  },
  'sdn.apply': { is: 'task', run: (p) => p.sdn.apply(), absent: 'none' },
  'sdn.nodeZones': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.sdn.nodeZones(t.node),
  },
  'sdn.removeSubnet': {
    is: 'change',
    run: (p, t) => p.sdn.removeSubnet(t.vnet, `${t.zone}-10.77.0.0-24`),
  },
  'sdn.removeVnet': { is: 'change', run: (p, t) => p.sdn.removeVnet(t.vnet) },
  'sdn.removeZone': { is: 'change', run: (p, t) => p.sdn.removeZone(t.zone) },
  'sdn.rollback': { is: 'change', only: 9, run: (p) => p.sdn.rollback(), absent: 'none' },

  // Firewall
  'firewall.options': { is: 'read', run: (p) => p.firewall.options(CLUSTER), absent: 'none' },
  'firewall.setOptions': {
    is: 'change',
    run: (p, t) => p.firewall.setOptions(guestScope(t), { set: { ipfilter: 1 } }),
    absent: 'answers',
  },
  'firewall.createGroup': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.firewall.createGroup(t.group),
  },
  'firewall.groups': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p) => p.firewall.groups(),
  },
  'firewall.addRule': {
    is: 'change',
    run: (p, t) =>
      p.firewall.addRule(
        { of: 'group', group: t.group },
        { direction: 'in', action: 'ACCEPT', protocol: 'tcp', port: '6443' },
      ),
  },
  'firewall.rules': {
    is: 'read',
    run: async (p, t) => {
      const rules = await p.firewall.rules({ of: 'group', group: t.group })
      target(t, 'digest', rules[0]?.digest ?? '')
      return rules
    },
  },
  'firewall.updateRule': {
    is: 'change',
    run: (p, t) =>
      p.firewall.updateRule({ of: 'group', group: t.group }, 0, { set: { enable: 0 } }),
  },
  'firewall.moveRule': {
    is: 'change',
    run: async (p, t) => {
      const scope = guestScope(t)
      const rule = { direction: 'in', action: 'DROP' } as const
      await p.firewall.addRule(scope, rule)
      await p.firewall.addRule(scope, rule)
      await p.firewall.moveRule(scope, 0, 2)
    },
    absent: 'answers',
  },
  'firewall.removeRule': {
    is: 'change',
    run: async (p, t) => {
      const scope = { of: 'group', group: t.group } as const
      const [rule] = await p.firewall.rules(scope)
      await p.firewall.removeRule(scope, 0, rule?.digest ?? '')
    },
  },
  'firewall.removeGroup': {
    is: 'change',
    run: (p, t) => p.firewall.removeGroup(t.group),
  },
  'firewall.setAlias': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) =>
      p.firewall.setAlias(
        CLUSTER,
        { name: t.alias, cidr: '10.0.0.0/24', comment: '' },
        { exists: false },
      ),
  },
  'firewall.aliases': { is: 'read', run: (p) => p.firewall.aliases(CLUSTER), absent: 'none' },
  'firewall.removeAlias': { is: 'change', run: (p, t) => p.firewall.removeAlias(CLUSTER, t.alias) },
  'firewall.createIpSet': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.firewall.createIpSet(CLUSTER, t.set, 'x'),
  },
  'firewall.ipSets': { is: 'read', run: (p) => p.firewall.ipSets(CLUSTER), absent: 'none' },
  'firewall.addToIpSet': {
    is: 'change',
    run: (p, t) =>
      p.firewall.addToIpSet(CLUSTER, t.set, { cidr: '10.0.0.5', except: false, comment: '' }),
  },
  'firewall.ipSetEntries': {
    is: 'read',
    run: (p, t) => p.firewall.ipSetEntries(CLUSTER, t.set),
  },
  'firewall.removeFromIpSet': {
    is: 'change',
    run: (p, t) => p.firewall.removeFromIpSet(CLUSTER, t.set, '10.0.0.5'),
  },
  'firewall.removeIpSet': {
    is: 'change',
    run: (p, t) => p.firewall.removeIpSet(CLUSTER, t.set),
  },

  // The host itself
  'updates.list': { is: 'read', run: (p, t) => p.updates.list(t.node), absent: 'none' },
  'updates.refresh': { is: 'task', run: (p, t) => p.updates.refresh(t.node), absent: 'none' },
  'updates.versions': { is: 'read', run: (p, t) => p.updates.versions(t.node), absent: 'none' },
  'certificates.list': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.certificates.list(t.node),
  },
  'certificates.upload': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) =>
      p.certificates.upload(t.node, {
        ...{ chainPem: t.certificate.chainPem, key: new Secret(t.certificate.keyPem), force: true },
      }),
  },
  'certificates.removeUploaded': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.certificates.removeUploaded(t.node),
  },

  // Tasks
  listTasks: {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.listTasks(t.node),
  },
  taskStatus: { is: 'read', run: (p, t) => p.taskStatus(kept(t, 'upid')) },
  taskLog: { is: 'read', absent: 'answers', run: (p, t) => p.taskLog(kept(t, 'upid'), 0) },
  waitForTask: {
    is: 'read',
    run: (p, t) => p.waitForTask(kept(t, 'upid'), { signal: signal(), patienceMs: t.patienceMs }),
  },
  stopTask: { is: 'change', run: (p, t) => p.stopTask(kept(t, 'upid')) },

  // Everything goes again
  deleteVm: {
    ...{ is: 'task', locks: true },
    run: async (p, t) => {
      const gone = await p.deleteVm(t.node, t.vm, { purge: true })
      await p.waitForTask(gone, { signal: signal() })
      for (const vmid of [t.restored, t.clone, t.second, t.template, t.guest]) {
        const found = await p.findVm(t.node, vmid)
        if (found === null) continue
        if (found.running) await p.waitForTask(await p.stopVm(t.node, vmid), { signal: signal() })
        await p.waitForTask(await p.deleteVm(t.node, vmid), { signal: signal() })
      }
      for (const volid of [image(t), iso(t), kept(t, 'backup')]) {
        const upid = volid === 'none' ? null : await p.deleteVolume(t.node, volid)
        if (upid !== null) await p.waitForTask(upid, { signal: signal() })
      }
      return null
    },
  },
  'storageConfig.remove': { is: 'change', run: (p, t) => p.storageConfig.remove(t.storage) },
} satisfies Record<CallName, CallRow>

function target(t: CallTarget, key: string, value: string): void {
  t.kept.set(key, value)
}

async function lockSdn(lock: Promise<string | null>, t: CallTarget): Promise<string | null> {
  const got = await lock
  if (got !== null) target(t, 'sdn', got)
  return got
}

const pci = ({ mapping, node }: CallTarget) => ({
  ...{ id: mapping, description: 'x', mediated: false },
  places: [{ node, path: '0000:01:00.0', id: '10de:2704', iommuGroup: 12 }],
})
const usb = ({ mapping, node }: CallTarget) => ({
  ...{ id: mapping, description: 'x' },
  places: [{ node, id: '046d:c52b' }],
})

import type { CallName, CallRow } from './call-target'

/** What reads and fills storages, after {@link READ_CALLS}. */
export const STORAGE_CALLS = {
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
} satisfies Partial<Record<CallName, CallRow>>

import { Secret } from '@/lib/base/secret'
import type { CallName, CallRow } from './call-target'
import { imageOf, isoOf, kept, wait } from './kept'

/** The host itself, tasks, and the end of everything that was made. */
export const HOST_CALLS = {
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
    run: (p, t) => p.waitForTask(kept(t, 'upid'), { ...wait(), patienceMs: t.patienceMs }),
  },
  stopTask: { is: 'change', run: (p, t) => p.stopTask(kept(t, 'upid')) },

  // Everything goes again
  deleteVm: {
    ...{ is: 'task', locks: true },
    run: async (p, t) => {
      const gone = await p.deleteVm(t.node, t.vm, { purge: true })
      await p.waitForTask(gone, wait())
      // Not the guest: it was there before.
      for (const vmid of [t.restored, t.clone, t.second, t.template]) {
        if ((await p.findVm(t.node, vmid)) === null) continue
        await p.waitForTask(await p.deleteVm(t.node, vmid), wait())
      }
      for (const volid of [imageOf(t), isoOf(t), kept(t, 'backup')]) {
        const upid = volid === 'none' ? null : await p.deleteVolume(t.node, volid)
        if (upid !== null) await p.waitForTask(upid, wait())
      }
      return null
    },
  },
  'storageConfig.remove': { is: 'change', run: (p, t) => p.storageConfig.remove(t.storage) },
} satisfies Partial<Record<CallName, CallRow>>

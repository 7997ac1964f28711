import type { CallName, CallRow, CallTarget } from './call-target'
import { kept } from './kept'

/** Backups and the jobs that make them. */
export const BACKUP_CALLS = {
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
      if (newest) t.kept.set('backup', newest.volid)
      return newest
    },
  },
  'backups.update': {
    is: 'change',
    run: (p, t) => p.backups.update(t.node, kept(t, 'backup'), { notes: 'n', protected: false }),
  },
  'backups.configOf': {
    is: 'read',
    run: (p, t) => p.backups.configOf(t.node, kept(t, 'backup')),
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
} satisfies Partial<Record<CallName, CallRow>>

const job = ({ images, files, vm }: CallTarget) => ({
  ...{ schedule: 'sun 02:00', storage: files ?? images, enabled: false },
  scope: { kind: 'vms', vmids: [vm] } as const,
})

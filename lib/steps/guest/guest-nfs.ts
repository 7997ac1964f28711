import { EXPORTS_PATH, exportsFile } from '@/lib/plan/files/exports'
import type { StepArgs } from '@/lib/plan/step'
import { sh } from '@/lib/ssh/shell'
import type { StepHandler } from '../handler'
import { aptInstall, aptUpdate, installedVersions } from './apt'
import { dataDiskReady, mountDataDisk } from './data-disk'
import { takeUpRun } from './long-run'

/** An NFS export on a data disk. A folder on an unmounted disk is never exported: it would fill the system disk. */
export const guestNfs: StepHandler<StepArgs['guest.nfs']> = {
  async check({ guest, serial, mount, clients }, ctx) {
    const session = await ctx.guest(guest)
    return (
      (await dataDiskReady(session, serial, mount)) &&
      (await session.readFile(EXPORTS_PATH)) === exportsFile(mount, clients) &&
      (await session.run(sh`systemctl is-active nfs-server`)).out.trim() === 'active' &&
      (await session.must(sh`exportfs -s`, { sudo: true })).includes(mount)
    )
  },

  async apply({ guest, serial, mount, clients }, ctx) {
    const session = await ctx.guest(guest)
    if ((await installedVersions(session, ['nfs-kernel-server']))['nfs-kernel-server'] === null) {
      await aptUpdate(session, ctx, guest.name)
      await aptInstall(session, ctx, guest.name, ['nfs-kernel-server'])
    }
    await mountDataDisk(session, ctx, { machine: guest.name, serial, mount })
    await session.must(sh`mkdir -p /etc/exports.d`, { sudo: true })
    await session.writeFile(EXPORTS_PATH, exportsFile(mount, clients), { mode: '0644' })
    await session.must(sh`systemctl enable --now nfs-server`, { sudo: true, timeoutMs: 120_000 })
    await session.must(sh`exportfs -ra`, { sudo: true })
  },

  takeUp: async ({ guest }, ctx) => takeUpRun(await ctx.guest(guest), ctx, 'apt-install'),
}

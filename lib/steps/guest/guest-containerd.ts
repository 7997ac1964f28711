import { CONTAINERD_PATH, containerdConfig } from '@/lib/plan/files/containerd'
import type { StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepHandler } from '../handler'
import { aptInstall, aptUpdate, installedVersions } from './apt'
import { GuestError } from './guest-error'
import { takeUpRun } from './long-run'

/** containerd from the distribution, with a configuration in the version that it reads. */
export const guestContainerd: StepHandler<StepArgs['guest.containerd']> = {
  async check({ guest, sandboxImage }, ctx) {
    const session = await ctx.guest(guest)
    if ((await installedVersions(session, ['containerd'])).containerd === null) return false
    const config = containerdConfig(await containerdVersion(session), sandboxImage)
    return (await session.readFile(CONTAINERD_PATH)) === config && (await isActive(session))
  },

  async apply({ guest, sandboxImage }, ctx) {
    const session = await ctx.guest(guest)
    if ((await installedVersions(session, ['containerd'])).containerd === null) {
      await aptUpdate(session, ctx, guest.name)
      await aptInstall(session, ctx, guest.name, ['containerd'])
    }
    const version = await containerdVersion(session)
    ctx.log(`${guest.name} has containerd ${version}.`)
    await session.must(sh`mkdir -p /etc/containerd /etc/containerd/certs.d`, { sudo: true })
    await session.writeFile(CONTAINERD_PATH, containerdConfig(version, sandboxImage), {
      mode: '0644',
    })
    await session.must(sh`systemctl enable containerd`, { sudo: true })
    await session.must(sh`systemctl restart containerd`, { sudo: true, timeoutMs: 120_000 })
    if (!(await isActive(session))) {
      throw new GuestError(
        'guest.service-down',
        `containerd does not stay up on ${guest.name}. Its last words: ${(await session.run(sh`journalctl -u containerd -n 5 --no-pager`, { sudo: true })).out.trim()}`,
      )
    }
  },

  takeUp: async ({ guest }, ctx) => takeUpRun(await ctx.guest(guest), ctx, 'apt-install'),
}

const isActive = async (session: GuestSession) =>
  (await session.run(sh`systemctl is-active containerd`)).out.trim() === 'active'

/** `1.7.24` of `containerd github.com/containerd/containerd 1.7.24~ds1 ...` or `... v2.2.1 ...`. */
async function containerdVersion(session: GuestSession): Promise<string> {
  const said = await session.must(sh`containerd --version`)
  const version = /\bv?(\d+\.\d+\.\d+)/.exec(said)?.[1]
  if (version) return version
  throw new GuestError('guest.unexpected-answer', `containerd names no version: "${said.trim()}".`)
}

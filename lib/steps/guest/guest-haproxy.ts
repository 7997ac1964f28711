import { HAPROXY_PATH, haproxyConfig } from '@/lib/plan/files/haproxy'
import type { StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepHandler } from '../handler'
import { waitUntil } from '../wait'
import { aptInstall, aptUpdate, installedVersions } from './apt'
import { GuestError } from './guest-error'
import { takeUpRun } from './long-run'

const CANDIDATE = `${HAPROXY_PATH}.drawbridge`

/** HAProxy before the API servers. It runs before the first of them exists: all backends are down then. */
export const guestHaproxy: StepHandler<StepArgs['guest.haproxy']> = {
  async check({ guest, port, backends, anonymous }, ctx) {
    const session = await ctx.guest(guest)
    return (
      (await session.readFile(HAPROXY_PATH)) === haproxyConfig(port, backends, anonymous) &&
      (await isActive(session))
    )
  },

  async apply({ guest, port, backends, anonymous }, ctx) {
    const session = await ctx.guest(guest)
    if ((await installedVersions(session, ['haproxy'])).haproxy === null) {
      await aptUpdate(session, ctx, guest.name)
      await aptInstall(session, ctx, guest.name, ['haproxy'])
    }
    const config = haproxyConfig(port, backends, anonymous)
    await session.writeFile(CANDIDATE, config, { mode: '0644' })
    const tried = await session.run(sh`haproxy -c -f ${CANDIDATE}`, { sudo: true })
    await session.run(sh`rm -f ${CANDIDATE}`, { sudo: true })
    if (tried.code !== 0) {
      throw new GuestError(
        'guest.config-invalid',
        `HAProxy on ${guest.name} refuses its configuration; the running one was left as it is. ${tried.err.trim() || tried.out.trim()}`,
      )
    }
    await session.writeFile(HAPROXY_PATH, config, { mode: '0644' })
    await session.must(sh`systemctl enable haproxy`, { sudo: true })
    // A reload keeps open connections; a stopped service is started.
    await session.must(sh`systemctl reload-or-restart haproxy`, { sudo: true })
    // The reload hands over to a new process; for a moment the service is neither down nor active.
    await waitUntil(() => isActive(session), {
      everyMs: 500,
      timeoutMs: 20_000,
      signal: ctx.signal,
      now: ctx.now,
      onTimeout: () =>
        new GuestError(
          'guest.service-down',
          `HAProxy does not stay up on ${guest.name}, although it accepts its configuration. Look at "journalctl -u haproxy" there: usually another program holds port ${port}.`,
        ),
    })
  },

  takeUp: async ({ guest }, ctx) => takeUpRun(await ctx.guest(guest), ctx, 'apt-install'),
}

const isActive = async (session: GuestSession) =>
  (await session.run(sh`systemctl is-active haproxy`)).out.trim() === 'active'

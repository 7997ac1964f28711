import type { StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext, StepHandler } from '../handler'
import { waitUntil } from '../wait'
import { GuestError } from './guest-error'

/** Certificates and tokens of kubeadm are minutes old when they are used. */
const MAX_SKEW_S = 30
/** A name that kubeadm's packages need. */
const PROBE_NAME = 'pkgs.k8s.io'

type Args = StepArgs['guest.reach']

/** Route, names and time of a machine: a sentence now instead of a timeout in twenty minutes. */
export const guestReach: StepHandler<Args> = {
  async check({ guest, probe = PROBE_NAME }, ctx) {
    const session = await ctx.guest(guest)
    return (
      (await hasRoute(session)) &&
      (await resolves(session, probe)) &&
      (await skewS(session, ctx)) <= MAX_SKEW_S
    )
  },

  async apply({ guest, gateway, ntp, probe = PROBE_NAME }, ctx) {
    const session = await ctx.guest(guest)
    if (!(await hasRoute(session))) {
      throw new GuestError(
        'guest.no-route',
        `${guest.name} has no default route. ${gateway ? `Its gateway should be ${gateway}; check that the router answers in its VLAN.` : 'Its networks have no gateway in the document; write one.'}`,
      )
    }
    if (!(await resolves(session, probe))) {
      throw new GuestError(
        'guest.no-dns',
        `${guest.name} cannot resolve ${probe}. Check the DNS servers of its network${gateway ? ` and that ${gateway} lets it out` : ''}.`,
      )
    }
    if ((await skewS(session, ctx)) <= MAX_SKEW_S) return
    ctx.log(`The clock of ${guest.name} is off; asking its time service again.`)
    await session.run(sh`systemctl restart systemd-timesyncd`, { sudo: true })
    await waitUntil(async () => (await skewS(session, ctx)) <= MAX_SKEW_S, {
      everyMs: 2000,
      timeoutMs: 60_000,
      signal: ctx.signal,
      now: ctx.now,
      onTimeout: () =>
        new GuestError(
          'guest.clock-skew',
          `The clock of ${guest.name} differs from the panel's by more than ${MAX_SKEW_S} s, so certificates would not be valid. Check that it reaches ${ntp.join(', ') || 'a time server'}.`,
        ),
    })
  },
}

async function hasRoute(session: GuestSession): Promise<boolean> {
  return (await session.must(sh`ip route show default`)).trim() !== ''
}

async function resolves(session: GuestSession, name: string): Promise<boolean> {
  return (await session.run(sh`getent hosts ${name}`, { timeoutMs: 20_000 })).code === 0
}

async function skewS(session: GuestSession, ctx: StepContext): Promise<number> {
  const said = await session.must(sh`date +%s`)
  return Math.abs(Number(said.trim()) - ctx.now() / 1000)
}

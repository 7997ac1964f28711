import { unitOf } from '@/lib/ssh/run-long'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext } from '../handler'

/**
 * Whether a long run that was noted is still there to be attached to: it runs, or it ended and
 * nobody has read how. One that was cancelled, lost in a reboot, or whose end was read is not; then
 * another unit is noted, so that the next `longRun` begins anew.
 */
export async function isGoing(
  session: GuestSession,
  ctx: StepContext,
  what: string,
): Promise<boolean> {
  const key = `unit:${what}`
  const noted = ctx.notes.get(key)
  if (noted === undefined) return false
  const unit = `${unitOf(noted)}.service`
  const said = await session.must(sh`systemctl show -p LoadState -p ActiveState ${unit}`)
  if (!/^(LoadState=not-found|ActiveState=inactive)$/m.test(said)) return true
  await ctx.notes.set(key, `${what}-${ctx.now().toString(36)}`)
  return false
}

import type { GuestSession, RunResult, ShellText } from '@/lib/ssh/session'
import type { StepContext } from '../handler'

/**
 * Runs a long command on a guest so that a killed provisioner finds it again: the unit's name is
 * noted before it starts. Notes go with a failure, so a retry starts a new unit.
 */
export async function longRun(
  session: GuestSession,
  ctx: StepContext,
  what: string,
  command: ShellText,
  timeoutMs: number,
): Promise<RunResult> {
  const key = `unit:${what}`
  const noted = ctx.notes.get(key)
  const unit = noted ?? `${what}-${ctx.now().toString(36)}`
  if (noted === undefined) await ctx.notes.set(key, unit)
  const heading = `It runs there as drawbridge-${unit}.`
  const onLine = ctx.replay?.(heading, noted !== undefined) ?? ((line: string) => ctx.log(line))
  return session.runLong(unit, command, { sudo: true, timeoutMs, signal: ctx.signal, onLine })
}

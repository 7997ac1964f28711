import type { GuestSession, RunResult, ShellText } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
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

/**
 * Reads to its end the output of a long command that an earlier attempt of the step began and whose
 * outcome came about while nobody was there, and clears its unit. Nothing if there was none.
 */
export async function takeUpRun(
  session: GuestSession,
  ctx: StepContext,
  what: string,
): Promise<void> {
  if (ctx.notes.get(`unit:${what}`) === undefined) return
  // Attaches to the noted unit; where that was cleared already, nothing was left to read.
  await longRun(session, ctx, what, sh`true`, 600_000)
}

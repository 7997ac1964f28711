import { PanelError } from '@/lib/base/errors'
import type { GuestRef, StepArgs } from '@/lib/plan/step'
import { SshError } from '@/lib/ssh/errors'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext, StepHandler } from './handler'
import { waitUntil } from './wait'

const LIMIT_MS = 15 * 60_000

/** A guest is not as a step needs it. */
export class FirstBootError extends PanelError {
  readonly code: 'guest.not-ready' | 'guest.first-boot-failed'

  constructor(code: FirstBootError['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** The guest answers over SSH with its pinned key, and cloud-init has done all of its first boot. */
export const guestReady: StepHandler<StepArgs['guest.ready']> = {
  async check({ guest }, ctx) {
    return (await firstBoot(await ctx.guest(guest), ctx.signal)).state === 'done'
  },
  async apply({ guest }, ctx) {
    try {
      await waitForFirstBoot(guest, ctx)
    } catch (error) {
      if (ctx.signal.aborted) ctx.firstBoot?.end(guest.vm)
      else tellSerial(guest, ctx, 'warn')
      throw error
    }
    await guestReady.takeUp?.({ guest }, ctx)
  },
  /** What it printed is worth keeping of a boot that went well, too, but in nobody's way. */
  async takeUp({ guest }, ctx) {
    tellSerial(guest, ctx, 'debug')
    ctx.firstBoot?.end(guest.vm)
  },
}

async function waitForFirstBoot(guest: GuestRef, ctx: StepContext): Promise<void> {
  const session = await ctx.guest(guest)
  let seen: FirstBoot = { state: 'waiting', why: 'nothing was seen yet' }
  await waitUntil(
    async () => {
      const before = seen.state === 'waiting' ? seen.why : ''
      seen = await firstBoot(session, ctx.signal)
      if (seen.state === 'failed')
        throw new FirstBootError(
          'guest.first-boot-failed',
          `The first boot of ${guest.name} failed (${seen.why}) - look into /var/log/cloud-init-output.log there, then rebuild it.`,
        )
      if (seen.state === 'waiting' && seen.why !== before) ctx.log(seen.why)
      return seen.state === 'done'
    },
    {
      signal: ctx.signal,
      now: ctx.now,
      everyMs: 2000,
      timeoutMs: LIMIT_MS,
      onTimeout: () =>
        new FirstBootError(
          'guest.not-ready',
          `${guest.name} was not ready within ${LIMIT_MS / 60_000} min - ${seen.state === 'waiting' ? seen.why : seen.state}`,
        ),
    },
  )
}

/** The last lines of its serial console, into the job's log, where nothing else can tell. */
function tellSerial(guest: GuestRef, ctx: StepContext, level: 'debug' | 'warn'): void {
  const lines = ctx.firstBoot?.lines(guest.vm) ?? []
  if (lines.length === 0) return
  ctx.log(`The last ${lines.length} lines of the serial console of ${guest.name}:`, level)
  for (const line of lines) ctx.log(`| ${line}`, level)
}

type FirstBoot =
  | { state: 'done' }
  | { state: 'waiting'; why: string }
  | { state: 'failed'; why: string }

/**
 * How far the first boot is. Not reaching it is normal at first; a wrong host key is not and is
 * thrown. `cloud-init status` exits 0 while running and when done, 1 on errors, 2 when done with
 * errors that it got over (cloud-init 23.4 and later).
 */
async function firstBoot(session: GuestSession, signal: AbortSignal): Promise<FirstBoot> {
  try {
    const { code, out, err } = await session.run(sh`cloud-init status`, {
      signal,
      timeoutMs: 20_000,
    })
    const status = /^status: (.+)$/m.exec(out)?.[1]?.trim()
    if (status === 'done' || status === 'disabled' || status?.startsWith('degraded'))
      return { state: 'done' }
    if (status === 'error') return { state: 'failed', why: await reasonOf(session, signal) }
    if (code === 127) return { state: 'failed', why: `it has no cloud-init (${err.trim()})` }
    return { state: 'waiting', why: `cloud-init is at work (${status ?? `exit ${code}`})` }
  } catch (error) {
    if (error instanceof SshError) return { state: 'waiting', why: error.message }
    throw error
  }
}

/** What `cloud-init status --long` says went wrong, in one line. */
async function reasonOf(session: GuestSession, signal: AbortSignal): Promise<string> {
  const { out } = await session.run(sh`cloud-init status --long`, { signal, timeoutMs: 20_000 })
  return (
    out
      .split('\n')
      .filter((line) => !/^(status|boot_status_code|extended_status|time|last_update):/.test(line))
      .map((line) => line.trim())
      .filter(Boolean)
      .join(', ') || 'cloud-init reports an error'
  )
}

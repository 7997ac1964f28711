import { PanelError } from '@/lib/base/errors'
import type { Secret } from '@/lib/base/secret'
import type { Helm } from '@/lib/helm/helm'
import type { Kubernetes } from '@/lib/kubernetes/kubernetes'
import type { ClusterRef, GuestRef, Step, StepArgs, StepKind } from '@/lib/plan/step'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { GuestSession } from '@/lib/ssh/session'
import type { FirstBootLines } from './first-boot-lines'

/** What a step keeps from one attempt to the next. Durable once `set` resolves. */
export type StepNotes = {
  get(key: string): string | undefined
  set(key: string, value: string): Promise<void>
}

/** Sealed values by name (lib/plan/secret-names.ts). What is got or made is masked in logs from then on. */
export type Secrets = {
  find(name: string): Promise<Secret | null>
  /** The stored value, or `make()`'s, stored before it is returned. */
  ensure(name: string, make: () => Promise<Secret> | Secret): Promise<Secret>
  put(name: string, value: Secret): Promise<void>
  remove(name: string): Promise<void>
}

/** A Proxmox over connections of its own, for what may cut off those that are shared. */
export type ProxmoxApart = {
  /** Over one connection that stays the same while it is used at least every few seconds. */
  held: Proxmox
  /** Reaches a node's API over a connection that was not there before. Throws where it cannot. */
  probe(node: string, signal: AbortSignal): Promise<void>
  /** How often nodes are looked at after a change, and how far apart; the driver's own where absent. */
  watch?: { rounds: number; everyMs: number }
  close(): Promise<void>
}

/** What a step may touch. Everything effectful that a handler does goes through here. */
export type StepContext = {
  proxmox(connectionId: string): Promise<Proxmox>
  /** Absent where nothing offers it. Whoever asks closes it. */
  proxmoxApart?(connectionId: string): Promise<ProxmoxApart>
  /** A pooled session with the guest's pinned key; reconnects by itself. */
  guest(ref: GuestRef): Promise<GuestSession>
  kubernetes(ref: ClusterRef): Promise<Kubernetes>
  helm(ref: ClusterRef): Promise<Helm>
  secrets: Secrets
  notes: StepNotes
  log(line: string, level?: 'debug' | 'info' | 'warn' | 'error'): void
  /**
   * Logs output that is read again from its start after this worker or the one before it died:
   * with `again`, lines that an earlier attempt of the step stored after `heading` are left out.
   * Logs `heading` (one line, unique to that output) if it is not there yet.
   */
  replay?(heading: string, again: boolean): (line: string) => void
  /** What the new machine prints while it boots; absent where nobody reads along. */
  firstBoot?: FirstBootLines
  /** Gives the step's locks back before it ends: what they guard is over, the next one may start. */
  unlock?(): void
  /** Aborted by cancel or a lost lease. Every wait obeys it. */
  signal: AbortSignal
  now(): number
}

/** How one kind of step is carried out. `apply` may be cut off at any await and called again. */
export type StepHandler<A> = {
  /** Whether the outcome already holds. Reads only. */
  check(args: A, ctx: StepContext): Promise<boolean>
  /** Brings the outcome about. */
  apply(args: A, ctx: StepContext): Promise<void>
  /**
   * Called when the first look finds the outcome there: what an attempt that was cut off had still to
   * do beside it, such as reading the rest of its command's output. Does nothing without its notes.
   */
  takeUp?(args: A, ctx: StepContext): Promise<void>
}

/** One handler per kind: leaving one out is a type error. */
export type StepHandlers = { [K in StepKind]: StepHandler<StepArgs[K]> }

/**
 * Carries out one step: look, act, look again. The second look decides, even when acting threw,
 * because Proxmox can report a task as failed that took effect (`qmstart` on a running VM).
 */
export async function performStep<K extends StepKind>(
  handlers: StepHandlers,
  step: Step<K>,
  ctx: StepContext,
): Promise<{ changed: boolean }> {
  const handler = handlers[step.kind] as StepHandler<StepArgs[K]>
  const args = step.args as StepArgs[K]
  if (await handler.check(args, ctx)) {
    await handler.takeUp?.(args, ctx)
    return { changed: false }
  }

  let failure: PanelError | null = null
  try {
    await handler.apply(args, ctx)
  } catch (error) {
    if (!(error instanceof PanelError) || ctx.signal.aborted) throw error
    failure = error
  }

  if (await handler.check(args, ctx)) return { changed: true }
  throw failure ?? new StepUnsettledError(step.id)
}

/** The step ran without error and yet its outcome does not hold. */
export class StepUnsettledError extends PanelError {
  readonly code = 'step.unsettled'

  constructor(stepId: string) {
    super(`${stepId} reported success, but its outcome is not there.`)
  }
}

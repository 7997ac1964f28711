import type { Claims } from '@/lib/dag/gate'
import type { Step } from './step'

/** Most steps of one job that talk to one Proxmox node at once. */
export const PER_NODE = 8
/** Most steps of one job at once, whatever they touch; bounds memory and sockets of a small panel. */
export const PER_JOB = 24

/** What a step holds while it runs: its exclusive locks, a place at its Proxmox node and in the job. */
export function claimsOf(step: Step): Claims {
  const groups = [{ name: 'job', limit: PER_JOB }]
  const place = 'ref' in step.args ? step.args.ref.at : 'at' in step.args ? step.args.at : null
  if (place) groups.push({ name: `node:${place.connection}/${place.node}`, limit: PER_NODE })
  return { locks: step.locks, groups }
}

/**
 * Share of a clone for which it holds its storage's lock: Proxmox frees it once the volume is
 * allocated and copies afterwards (facts, "Locks").
 */
const CLONE_LOCKED = 0.25

/** Seconds of its estimate for which a step holds its locks. */
export const lockedSeconds = (step: Step): number =>
  step.kind === 'vm.clone' ? step.etaS * CLONE_LOCKED : step.etaS

import type { Refused } from './plan'

/**
 * Why a machine whose notes say that it was taken over is not treated as one of the panel's own,
 * although the document does not say so any more: its disks and settings were never the panel's. `done`
 * is what was asked for: `changed`, `rebuilt`.
 */
export const takenOverRefusal = (
  name: string,
  object: readonly string[],
  done: string,
): Refused => ({
  code: 'plan.taken-over',
  message: `${name} cannot be ${done} - its notes say that it was taken over and not made by the panel, and the document says nothing of that - write "adopted: true" back, or, if all of it is to become the panel's, take the words "taken over" out of its notes in Proxmox.`,
  object,
})

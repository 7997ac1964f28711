import type { Actor } from './audit'

/**
 * Jobs, revisions and secrets keep the name of who did it (`by`, `author`): it is what people read,
 * and stays when an account goes. Who exactly it was, and from where, is in the audit log, which
 * every function that writes gets as an {@link Actor}; these are those that are no people.
 */

/** The web process by itself: at start, on schedule. */
export const THE_PANEL: Actor = { id: null, name: 'the panel', via: 'panel', from: null }

/** The process that reaches the machines, by itself: a job's end, an identity pinned again. */
export const THE_PROVISIONER: Actor = {
  id: null,
  name: 'the provisioner',
  via: 'provisioner',
  from: null,
}

/** A person at the panel's own machine, by the name of their account there. */
export const atTheBox = (name: string): Actor => ({ id: null, name, via: 'box', from: null })

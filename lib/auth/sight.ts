import type { Role } from '@/lib/api/contract'
import { bestRole, isAtLeast, mostOf, roleOn } from '@/lib/api/roles'
import type { Db } from '@/lib/db/client'
import { connectionsWithin, type Sight, type Within } from '@/lib/db/sight'
import type { Place } from './place'
import type { PanelSession } from './session'

/** What decides about a place: the person, and the topologies that their token was made for. */
export type Asker = Pick<PanelSession, 'me' | 'topologies'>

/** What somebody may on one topology; a member's where their token is for others. */
export function roleAt({ me, topologies }: Asker, topologyId: string): Role {
  return topologies === null || topologies.includes(topologyId) ? roleOn(me, topologyId) : 'member'
}

/** What somebody may on the panel as a whole; a member's with a token for single topologies. */
export const roleEverywhere = ({ me, topologies }: Asker): Role =>
  topologies === null ? me.role : 'member'

/** The most that somebody may anywhere. */
export const roleAnywhere = (asker: Asker): Role =>
  asker.topologies === null
    ? bestRole(asker.me)
    : mostOf(asker.topologies.map((id) => roleAt(asker, id)))

/** What somebody may at a place: the most of what they may on the topologies that it belongs to. */
export const roleThere = (asker: Asker, { topologies, ofPanel }: Place): Role =>
  mostOf([
    ...topologies.map((id) => roleAt(asker, id)),
    ...(ofPanel ? [roleEverywhere(asker)] : []),
  ])

/** Whether somebody may know that a place is there. */
export const maySee = (asker: Asker, place: Place): boolean =>
  isAtLeast(roleThere(asker, place), 'viewer')

/** The topologies that somebody may see, as a filter for queries. */
export function topologiesSeen({ me, topologies }: Asker): Within {
  if (topologies !== null) return { in: topologies.filter((id) => isSeen(roleOn(me, id))) }
  const granted = Object.keys(me.grants)
  return isSeen(me.role)
    ? { notIn: granted.filter((id) => !isSeen(roleOn(me, id))) }
    : { in: granted.filter((id) => isSeen(roleOn(me, id))) }
}

const isSeen = (role: Role): boolean => isAtLeast(role, 'viewer')

/**
 * The connections that somebody may newly name in a document; null: all. Whoever names one is let in
 * to it with the whole topology and may build there, so it takes an editor of the panel, or of a
 * topology that names it already.
 */
export async function connectionsToName(db: Db, asker: Asker): Promise<readonly string[] | null> {
  if (isAtLeast(roleEverywhere(asker), 'editor')) return null
  const { me, topologies } = asker
  const edited = (topologies ?? Object.keys(me.grants)).filter((id) =>
    isAtLeast(roleAt(asker, id), 'editor'),
  )
  return connectionsWithin(db, { in: edited })
}

function panelSeen(asker: Asker): Sight['panel'] {
  if (isAtLeast(roleEverywhere(asker), 'admin')) return 'whole'
  return isSeen(roleAnywhere(asker)) ? 'short' : 'none'
}

/** Everything that somebody may see. Lists hold this and nothing else. */
export async function sightOf(db: Db, asker: Asker): Promise<Sight> {
  const topologies = topologiesSeen(asker)
  const connections = isSeen(roleEverywhere(asker)) ? null : await connectionsWithin(db, topologies)
  return { topologies, connections, panel: panelSeen(asker) }
}

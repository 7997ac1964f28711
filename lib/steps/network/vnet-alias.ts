import { formatMarker, parseMarker } from '@/lib/plan/marker'

/** What the alias of a VNet of ours says. */
export type VnetAlias = { marker: string; withZone: boolean }

const WITH_ZONE = ' with its zone'

/**
 * A VNet's alias: Proxmox keeps no comment of a zone, so a VNet tells whether its zone was made along.
 * Letters, digits, blanks and `:/-_` are all that it takes (pve-network, SDN/VnetPlugin.pm).
 */
export const formatAlias = ({ marker, withZone }: VnetAlias): string =>
  `${marker}${withZone ? WITH_ZONE : ''}`

/** Null for one that is not ours. */
export function parseAlias(alias: string | null): VnetAlias | null {
  if (alias === null) return null
  const withZone = alias.endsWith(WITH_ZONE)
  const marker = parseMarker(withZone ? alias.slice(0, -WITH_ZONE.length) : alias)
  return marker && { marker: formatMarker(marker), withZone }
}

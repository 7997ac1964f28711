import type { BlueprintId } from './catalogue'
import { DARK_KNIGHT } from './dark-knight'
import { EDGE_SITE } from './edge-site'
import { SINGLE_NODE } from './single-node'
import { THREE_HOSTS_HA } from './three-hosts-ha'

/** Each blueprint's document, as it becomes the first revision. */
export const BLUEPRINT_TEXTS: Readonly<Record<BlueprintId, string>> = {
  'dark-knight': DARK_KNIGHT,
  'single-node': SINGLE_NODE,
  'three-hosts-ha': THREE_HOSTS_HA,
  'edge-site': EDGE_SITE,
}

import type { CallName, CallRow } from './call-target'
import { BACKUP_CALLS } from './calls-backups'
import { CLUSTER_CALLS } from './calls-cluster'
import { GUEST_CALLS } from './calls-guest'
import { HOST_CALLS } from './calls-host'
import { MACHINE_CALLS } from './calls-machines'
import { NETWORK_CALLS } from './calls-networks'
import { STORAGE_CALLS } from './calls-storage'

/** Who asks, and what is there. */
const READ_CALLS = {
  version: { is: 'read', run: (p) => p.version(), absent: 'none', forbidden: 'answers' },
  permissions: { is: 'read', run: (p) => p.permissions(), absent: 'none', forbidden: 'answers' },
  roles: { is: 'read', run: (p) => p.roles(), absent: 'none', forbidden: 'answers' },
  nodes: { is: 'read', run: (p) => p.nodes(), absent: 'none', forbidden: 'answers' },
  nodeStatus: { is: 'read', run: (p, t) => p.nodeStatus(t.node), absent: 'none' },
  bridges: { is: 'read', run: (p, t) => p.bridges(t.node), absent: 'none', forbidden: 'answers' },
  bridgeStatus: {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.bridgeStatus(t.node),
  },
  dns: { is: 'read', run: (p, t) => p.dns(t.node), absent: 'none' },
  listGuests: {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.listGuests(t.node),
  },
  'cluster.status': { is: 'read', run: (p) => p.cluster.status(), absent: 'none' },
  'cluster.resources': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p) => p.cluster.resources('vm'),
  },
  'cluster.options': { is: 'read', run: (p) => p.cluster.options(), absent: 'none' },
  'cluster.setOptions': {
    ...{ is: 'change', absent: 'none' },
    run: (p) => p.cluster.setOptions({ set: { 'registered-tags': 'conformance' } }),
  },
  'cluster.nextId': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p) => p.cluster.nextId(),
  },
  'cluster.vmidIsFree': {
    ...{ is: 'read', absent: 'answers', forbidden: 'answers' },
    run: (p, t) => p.cluster.vmidIsFree(t.vm),
  },
} satisfies Partial<Record<CallName, CallRow>>

/**
 * Every call of the driver, in an order in which they succeed one after the other, on nothing but what
 * they make themselves and take away again. Which privilege each needs and what is filtered instead of
 * refused is PVE's own schema's (8.4 and 9). A call that is missing is a type error.
 */
export const EVERY_CALL = {
  ...READ_CALLS,
  ...STORAGE_CALLS,
  ...MACHINE_CALLS,
  ...GUEST_CALLS,
  ...BACKUP_CALLS,
  ...CLUSTER_CALLS,
  ...NETWORK_CALLS,
  ...HOST_CALLS,
} satisfies Record<CallName, CallRow>

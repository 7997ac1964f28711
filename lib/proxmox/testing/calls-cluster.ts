import type { CallName, CallRow, CallTarget } from './call-target'
import { ruleOf } from './call-target'

/** Pools, devices and HA. */
export const CLUSTER_CALLS = {
  // The cluster around
  'pools.create': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.pools.create(t.pool, 'conformance'),
  },
  'pools.add': { is: 'change', run: (p, t) => p.pools.add(t.pool, { vmids: [t.vm] }) },
  'pools.get': { is: 'read', run: (p, t) => p.pools.get(t.pool) },
  'pools.list': { is: 'read', run: (p) => p.pools.list(), absent: 'none', forbidden: 'answers' },
  'pools.take': { is: 'change', run: (p, t) => p.pools.take(t.pool, { vmids: [t.vm] }) },
  'pools.remove': { is: 'change', run: (p, t) => p.pools.remove(t.pool) },
  'mappings.pciDevices': {
    is: 'read',
    run: (p, t) => p.mappings.pciDevices(t.node),
    absent: 'none',
  },
  'mappings.usbDevices': {
    is: 'read',
    run: (p, t) => p.mappings.usbDevices(t.node),
    absent: 'none',
  },
  'mappings.createPci': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.mappings.createPci(pci(t)),
  },
  'mappings.listPci': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.mappings.listPci(t.node),
  },
  'mappings.updatePci': {
    is: 'change',
    run: (p, t) => p.mappings.updatePci({ ...pci(t), description: 'y' }),
  },
  'mappings.removePci': {
    is: 'change',
    run: (p, t) => p.mappings.removePci(t.mapping),
  },
  'mappings.createUsb': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.mappings.createUsb(usb(t)),
  },
  'mappings.listUsb': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.mappings.listUsb(t.node),
  },
  'mappings.updateUsb': {
    is: 'change',
    run: (p, t) => p.mappings.updateUsb({ ...usb(t), description: 'y' }),
  },
  'mappings.removeUsb': {
    is: 'change',
    run: (p, t) => p.mappings.removeUsb(t.mapping),
  },
  'ha.placement': { is: 'read', unknownIn8: true, run: (p) => p.ha.placement(), absent: 'none' },
  'ha.addResource': {
    is: 'change',
    run: (p, t) => p.ha.addResource(sid(t), { state: 'stopped', comment: 'x' }),
  },
  'ha.resources': { is: 'read', run: (p) => p.ha.resources(), absent: 'none' },
  'ha.updateResource': {
    is: 'change',
    run: (p, t) => p.ha.updateResource(sid(t), { set: { max_restart: 2 } }),
  },
  'ha.groups': { is: 'read', only: 8, run: (p) => p.ha.groups(), absent: 'none' },
  'ha.createGroup': {
    ...{ is: 'change', only: 8, absent: 'none' },
    run: (p, t) =>
      p.ha.createGroup({
        ...{ group: t.haName, restricted: false, noFailback: false, comment: 'x' },
        nodes: [{ node: t.node, priority: 1 }],
      }),
  },
  'ha.updateGroup': {
    ...{ is: 'change', only: 8 },
    run: (p, t) => p.ha.updateGroup(t.haName, { set: { comment: 'y' } }),
  },
  'ha.removeGroup': { is: 'change', only: 8, run: (p, t) => p.ha.removeGroup(t.haName) },
  'ha.createRule': {
    ...{ is: 'change', only: 9, absent: 'none' },
    run: (p, t) => p.ha.createRule(ruleOf(t)),
  },
  'ha.rules': { is: 'read', only: 9, run: (p) => p.ha.rules(), absent: 'none' },
  'ha.updateRule': {
    ...{ is: 'change', only: 9 },
    run: (p, t) => p.ha.updateRule({ ...ruleOf(t), comment: 'y' }),
  },
  'ha.removeRule': {
    ...{ is: 'change', only: 9 },
    run: (p, t) => p.ha.removeRule(t.haName),
  },
  'ha.status': { is: 'read', run: (p) => p.ha.status(), absent: 'none' },
  'ha.migrate': { is: 'change', run: (p, t) => p.ha.migrate(sid(t), t.other) },
  'ha.relocate': { is: 'change', run: (p, t) => p.ha.relocate(sid(t), t.node) },
  'ha.removeResource': { is: 'change', run: (p, t) => p.ha.removeResource(sid(t)) },
} satisfies Partial<Record<CallName, CallRow>>

const sid = ({ vm }: CallTarget) => `vm:${vm}`

const pci = ({ mapping, node }: CallTarget) => ({
  ...{ id: mapping, description: 'x', mediated: false },
  places: [{ node, path: '0000:01:00.0', id: '10de:2704', iommuGroup: 12 }],
})
const usb = ({ mapping, node }: CallTarget) => ({
  ...{ id: mapping, description: 'x' },
  places: [{ node, id: '046d:c52b' }],
})

import type { CallName, CallRow, CallTarget } from './call-target'
import { CLUSTER, guestScope, kept, wait } from './kept'

/** Host networks, SDN and the firewall. */
export const NETWORK_CALLS = {
  // Networks
  'network.read': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.network.read(t.node),
  },
  'network.create': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.network.create(t.node, t.iface, 'bridge', { autostart: true }),
  },
  'network.update': {
    is: 'change',
    run: (p, t) => p.network.update(t.node, t.iface, 'bridge', { autostart: true, comments: 'x' }),
  },
  'network.revert': { is: 'change', run: (p, t) => p.network.revert(t.node), absent: 'none' },
  'network.apply': {
    ...{ is: 'task', absent: 'none' },
    run: async (p, t) => {
      await p.network.create(t.node, t.iface, 'bridge', { autostart: true })
      return p.network.apply(t.node)
    },
  },
  'network.remove': {
    is: 'change',
    run: async (p, t) => {
      await p.network.remove(t.node, t.iface)
      await p.waitForTask(await p.network.apply(t.node), wait())
    },
  },
  'sdn.createZone': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.sdn.createZone(t.zone, 'simple', { ipam: 'pve' }),
  },
  'sdn.updateZone': {
    ...{ is: 'change' },
    run: (p, t) => p.sdn.updateZone(t.zone, { set: { mtu: 1450 } }),
  },
  'sdn.zones': { is: 'read', run: (p) => p.sdn.zones(), absent: 'none', forbidden: 'answers' },
  'sdn.createVnet': { is: 'change', run: (p, t) => p.sdn.createVnet(t.vnet, t.zone) },
  'sdn.updateVnet': {
    ...{ is: 'change' },
    run: (p, t) => p.sdn.updateVnet(t.vnet, { set: { alias: 'x' } }),
  },
  'sdn.vnets': { is: 'read', run: (p) => p.sdn.vnets(), absent: 'none', forbidden: 'answers' },
  'sdn.createSubnet': {
    is: 'change',
    run: (p, t) =>
      p.sdn.createSubnet(t.vnet, '10.77.0.0/24', {
        ...{ gateway: '10.77.0.1', snat: true },
        dhcpRanges: [{ start: '10.77.0.50', end: '10.77.0.99' }],
      }),
  },
  'sdn.subnets': {
    ...{ is: 'read', absent: 'answers', forbidden: 'answers' },
    run: (p, t) => p.sdn.subnets(t.vnet),
  },
  'sdn.lock': {
    is: 'read',
    unknownIn8: true,
    run: (p, t) => lockSdn(p.sdn.lock(), t),
    absent: 'none',
  },
  'sdn.unlock': {
    ...{ is: 'change', only: 9, absent: 'none' },
    run: (p, t) => p.sdn.unlock(kept(t, 'sdn')),
  },
  'sdn.apply': { is: 'task', run: (p) => p.sdn.apply(), absent: 'none' },
  'sdn.nodeZones': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p, t) => p.sdn.nodeZones(t.node),
  },
  'sdn.removeSubnet': {
    is: 'change',
    run: (p, t) => p.sdn.removeSubnet(t.vnet, `${t.zone}-10.77.0.0-24`),
  },
  'sdn.removeVnet': { is: 'change', run: (p, t) => p.sdn.removeVnet(t.vnet) },
  'sdn.removeZone': { is: 'change', run: (p, t) => p.sdn.removeZone(t.zone) },
  'sdn.rollback': { is: 'change', only: 9, run: (p) => p.sdn.rollback(), absent: 'none' },

  // Firewall
  'firewall.options': { is: 'read', run: (p) => p.firewall.options(CLUSTER), absent: 'none' },
  'firewall.setOptions': {
    is: 'change',
    run: (p, t) => p.firewall.setOptions(guestScope(t), { set: { ipfilter: 1 } }),
    absent: 'answers',
  },
  'firewall.createGroup': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.firewall.createGroup(t.group),
  },
  'firewall.groups': {
    ...{ is: 'read', absent: 'none', forbidden: 'answers' },
    run: (p) => p.firewall.groups(),
  },
  'firewall.addRule': {
    is: 'change',
    run: (p, t) =>
      p.firewall.addRule(
        { of: 'group', group: t.group },
        { direction: 'in', action: 'ACCEPT', protocol: 'tcp', port: '6443' },
      ),
  },
  'firewall.rules': {
    is: 'read',
    run: async (p, t) => {
      const rules = await p.firewall.rules({ of: 'group', group: t.group })
      t.kept.set('digest', rules[0]?.digest ?? '')
      return rules
    },
  },
  'firewall.updateRule': {
    is: 'change',
    run: (p, t) =>
      p.firewall.updateRule({ of: 'group', group: t.group }, 0, { set: { enable: 0 } }),
  },
  'firewall.moveRule': {
    is: 'change',
    run: async (p, t) => {
      const scope = guestScope(t)
      const rule = { direction: 'in', action: 'DROP' } as const
      await p.firewall.addRule(scope, rule)
      await p.firewall.addRule(scope, rule)
      await p.firewall.moveRule(scope, 0, 2)
    },
    absent: 'answers',
  },
  'firewall.removeRule': {
    is: 'change',
    run: async (p, t) => {
      const scope = { of: 'group', group: t.group } as const
      const [rule] = await p.firewall.rules(scope)
      await p.firewall.removeRule(scope, 0, rule?.digest ?? '')
    },
  },
  'firewall.removeGroup': {
    is: 'change',
    run: (p, t) => p.firewall.removeGroup(t.group),
  },
  'firewall.setAlias': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) =>
      p.firewall.setAlias(
        CLUSTER,
        { name: t.alias, cidr: '10.0.0.0/24', comment: '' },
        { exists: false },
      ),
  },
  'firewall.aliases': { is: 'read', run: (p) => p.firewall.aliases(CLUSTER), absent: 'none' },
  'firewall.removeAlias': { is: 'change', run: (p, t) => p.firewall.removeAlias(CLUSTER, t.alias) },
  'firewall.createIpSet': {
    ...{ is: 'change', absent: 'none' },
    run: (p, t) => p.firewall.createIpSet(CLUSTER, t.set, 'x'),
  },
  'firewall.ipSets': { is: 'read', run: (p) => p.firewall.ipSets(CLUSTER), absent: 'none' },
  'firewall.addToIpSet': {
    is: 'change',
    run: (p, t) =>
      p.firewall.addToIpSet(CLUSTER, t.set, { cidr: '10.0.0.5', except: false, comment: '' }),
  },
  'firewall.ipSetEntries': {
    is: 'read',
    run: (p, t) => p.firewall.ipSetEntries(CLUSTER, t.set),
  },
  'firewall.removeFromIpSet': {
    is: 'change',
    run: (p, t) => p.firewall.removeFromIpSet(CLUSTER, t.set, '10.0.0.5'),
  },
  'firewall.removeIpSet': {
    is: 'change',
    run: (p, t) => p.firewall.removeIpSet(CLUSTER, t.set),
  },
} satisfies Partial<Record<CallName, CallRow>>

async function lockSdn(lock: Promise<string | null>, t: CallTarget): Promise<string | null> {
  const got = await lock
  if (got !== null) t.kept.set('sdn', got)
  return got
}

import { callerName } from '../../access'
import { type Section, type Sections, sdnOf } from '../../cluster-state'
import { DURATIONS } from '../../durations'
import { randomUuid } from '../../random'
import { startTask } from '../../tasks/start-task'
import { act, sleep } from '../../tasks/task'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { changedSection, digestOf, fieldsOf, toShown } from '../section'

type Kind = 'zones' | 'vnets' | 'subnets'
const SINGULAR = { zones: 'zone', vnets: 'vnet', subnets: 'subnet' } as const
const NUMERIC = [
  'tag',
  'mtu',
  'vlanaware',
  'snat',
  'isolate-ports',
  'vrf-vxlan',
  'advertise-subnets',
]

/** An error in PVE's wrapping: what was tried, then what was wrong with it. */
const failed = (what: string, kind: Kind, why: string): LabError =>
  new LabError(`${what} sdn ${SINGULAR[kind]} object failed: ${why}`)
const wrong = (kind: Kind, key: string, why: string): LabError =>
  failed('create', kind, `400 Parameter verification failed.\n${key}: ${why}`)

/** A range as it is kept and as it is shown. */
const ranges = (text: string) =>
  text
    .split('\n')
    .map((range) => Object.fromEntries(range.split(',').map((part) => part.split('='))))

function shown(kind: Kind, id: string, section: Section): Record<string, unknown> {
  const { 'dhcp-range': range, ...rest } = section
  const row = { ...toShown(rest, NUMERIC), ...(range ? { 'dhcp-range': ranges(range) } : {}) }
  if (kind !== 'subnets') return { [SINGULAR[kind]]: id, ...row }
  const [zone = '', network = '', mask = ''] = id.split('-')
  return { ...row, subnet: id, id, zone, network, mask, cidr: `${network}/${mask}` }
}

/** How an object that is edited differs from what is applied, as `?pending=1` tells it. */
function pendingRow(kind: Kind, id: string, edited?: Section, applied?: Section) {
  const { type, ...before } = applied ?? {}
  const head = { ...shown(kind, id, before), type: type ?? edited?.type, digest: null }
  if (!edited) return { ...head, state: 'deleted', pending: {} }
  const { type: _type, ...after } = edited
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names.filter((key) => before[key] !== after[key])
  if (applied && changed.length === 0) return head
  const pending = Object.fromEntries(changed.map((key) => [key, after[key] ?? 'deleted']))
  return {
    ...head,
    state: applied ? 'changed' : 'new',
    pending: toShown(pending, NUMERIC),
  }
}

/** Subnets of one vnet, everything else whole. */
const scope = (kind: Kind, all: Sections, vnet: string | undefined): Sections =>
  kind === 'subnets'
    ? Object.fromEntries(Object.entries(all).filter(([, section]) => section.vnet === vnet))
    : all

const list =
  (kind: Kind) =>
  ({ lab, params }: Call): CallResult => {
    const { edited, applied } = sdnOf(lab.state)
    const [now, before] = [edited, applied].map((set) => scope(kind, set[kind], params.vnet)) as [
      Sections,
      Sections,
    ]
    if (params.pending === '1') {
      const ids = [...new Set([...Object.keys(before), ...Object.keys(now)])]
      return { data: ids.map((id) => pendingRow(kind, id, now[id], before[id])) }
    }
    const rows = Object.entries(params.running === '1' ? before : now)
    const digest = digestOf(edited[kind])
    return { data: rows.map(([id, section]) => ({ ...shown(kind, id, section), digest })) }
  }

const idOf = (kind: Kind, { params }: Call): string => params[SINGULAR[kind]] ?? ''

const one =
  (kind: Kind) =>
  (call: Call): CallResult => {
    const all = sdnOf(call.lab.state).edited[kind]
    const section = all[idOf(kind, call)]
    if (!section)
      throw new LabError(`sdn ${SINGULAR[kind]} object ID '${idOf(kind, call)}' does not exist`)
    return { data: { ...shown(kind, idOf(kind, call), section), digest: digestOf(all) } }
  }

const update =
  (kind: Kind) =>
  (call: Call): CallResult => {
    assertLock(call)
    const all = sdnOf(call.lab.state).edited[kind]
    const id = idOf(kind, call)
    const section = all[id]
    if (!section)
      throw failed('update', kind, `sdn ${SINGULAR[kind]} object ID '${id}' does not exist`)
    all[id] = changedSection(section, call.params, ['zone', 'vnet', 'subnet', 'lock-token'])
    return { data: null }
  }

function add(kind: Kind, call: Call, id: string, section: Section): CallResult {
  assertLock(call)
  const all = sdnOf(call.lab.state).edited[kind]
  if (id in all)
    throw failed('create', kind, `sdn ${SINGULAR[kind]} object ID '${id}' already defined`)
  all[id] = section
  return { data: null }
}

function createVnet(call: Call): CallResult {
  const { edited } = sdnOf(call.lab.state)
  const { vnet = '', zone = '', tag } = call.params
  const type = edited.zones[zone]?.type
  if (vnet in edited.vnets)
    throw failed('create', 'vnets', `sdn vnet object ID '${vnet}' already defined`)
  if (!type)
    throw failed(
      'create',
      'vnets',
      'cannot lookup undefined type! at /usr/share/perl5/PVE/API2/Network/SDN/Vnets.pm line 232.',
    )
  if (type !== 'simple' && !tag) throw wrong('vnets', 'tag', 'missing vlan tag')
  const other = Object.entries(edited.vnets).find(
    ([, known]) => known.zone === zone && tag !== undefined && known.tag === tag,
  )
  if (other) throw wrong('vnets', 'tag', `tag ${tag} already exist in vnet ${other[0]}`)
  const fields = fieldsOf(call.params, ['vnet', 'lock-token'])
  return add('vnets', call, vnet, { ...fields, type: 'vnet' })
}

const toNumber = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

function contains(cidr: string, address: string): boolean {
  const [network = '', bits = '32'] = cidr.split('/')
  if (cidr.includes(':')) return address.includes(':')
  const size = 2 ** (32 - Number(bits))
  return Math.floor(toNumber(network) / size) === Math.floor(toNumber(address) / size)
}

function createSubnet(call: Call): CallResult {
  const { edited } = sdnOf(call.lab.state)
  const { vnet = '', subnet = '', gateway } = call.params
  const zone = edited.vnets[vnet]?.zone
  if (!zone) throw failed('create', 'subnets', `sdn vnet object ID '${vnet}' does not exist`)
  if (gateway && !contains(subnet, gateway))
    throw wrong('subnets', 'gateway', `${gateway} is not in subnet ${subnet}`)
  const fields = fieldsOf(call.params, ['subnet', 'lock-token'])
  return add('subnets', call, `${zone}-${subnet.replace('/', '-')}`, { ...fields, vnet })
}

function remove(kind: Kind, call: Call): CallResult {
  assertLock(call)
  const { edited } = sdnOf(call.lab.state)
  const id = idOf(kind, call)
  const used =
    kind === 'zones'
      ? Object.entries(edited.vnets).find(([, { zone }]) => zone === id)?.[0]
      : kind === 'vnets'
        ? Object.entries(edited.subnets).find(([, { vnet }]) => vnet === id)?.[0]
        : undefined
  if (used && kind === 'zones')
    throw failed(
      'delete',
      kind,
      `zone ${id} is used by vnet ${used} at /usr/share/perl5/PVE/Network/SDN/Zones/Plugin.pm line 159.`,
    )
  if (used) throw failed('delete', kind, `Can't delete vnet if subnets exists`)
  if (!edited[kind][id])
    throw failed('delete', kind, `sdn ${SINGULAR[kind]} object ID '${id}' does not exist`)
  delete edited[kind][id]
  return { data: null }
}

/** In 9 whoever holds the lock is the only one who may edit, apply or roll back. */
function assertLock({ lab, params }: Call): void {
  const held = sdnOf(lab.state).lock
  if (held === undefined && params['lock-token'] === undefined) return
  if (held !== params['lock-token'])
    throw new LabError(
      params['lock-token'] === undefined
        ? 'SDN configuration is locked - no lock token provided'
        : 'invalid lock token provided!',
    )
}

function lock({ lab, params }: Call): CallResult {
  const sdn = sdnOf(lab.state)
  const changed = JSON.stringify(sdn.edited) !== JSON.stringify(sdn.applied)
  if (changed && params['allow-pending'] !== '1')
    throw new LabError('configuration already has pending changes')
  if (sdn.lock !== undefined) throw new LabError('configuration is already locked')
  sdn.lock = randomUuid(lab.state)
  return { data: sdn.lock }
}

/** PUT sdn: what is edited is applied, and every node reloads in one worker that always ends well. */
function apply(call: Call): CallResult {
  assertLock(call)
  const { lab, caller, params } = call
  const sdn = sdnOf(lab.state)
  if (params['release-lock'] !== '0') delete sdn.lock
  sdn.applied = structuredClone(sdn.edited)
  const nodes = Object.keys(lab.state.hosts)
  return {
    data: startTask(lab, {
      ...{ node: nodes[0] ?? '', type: 'reloadnetworkall', id: '', user: callerName(caller) },
      stages: [sleep(DURATIONS.reloadNetwork * nodes.length), act('sdn.reload', { nodes })],
    }),
  }
}

/** Addresses that PVE's own IPAM knows: the gateways of applied subnets. */
function ipamStatus({ lab }: Call): CallResult {
  const { applied } = sdnOf(lab.state)
  return {
    data: Object.entries(applied.subnets).flatMap(([id, { gateway, vnet = '' }]) => {
      const zone = applied.vnets[vnet]?.zone ?? ''
      if (!gateway || applied.zones[zone]?.dhcp === undefined) return []
      const [, network, mask] = id.split('-')
      return [{ gateway: 1, ip: gateway, subnet: `${network}/${mask}`, vnet, zone }]
    }),
  }
}

const SEE = { params: 'pending?:bool running?:bool' }
const ON_ZONE = { need: 'SDN.Allocate on /sdn/zones/{zone}' }
const ALLOCATE = { need: 'SDN.Allocate on /sdn/zones' }

export const sdnEndpoints = [
  endpoint('GET /cluster/sdn', { need: 'SDN.Audit on /sdn' }, () => ({
    data: ['vnets', 'zones', 'controllers', 'ipams', 'dns'].map((id) => ({ id })),
  })),
  endpoint('PUT /cluster/sdn', { need: 'SDN.Allocate on /sdn' }, apply),
  endpoint('GET /cluster/sdn/zones', SEE, list('zones')),
  endpoint('POST /cluster/sdn/zones', ALLOCATE, (call) =>
    add('zones', call, call.params.zone ?? '', fieldsOf(call.params, ['zone', 'lock-token'])),
  ),
  endpoint('GET /cluster/sdn/zones/{zone}', { ...SEE, ...ON_ZONE }, one('zones')),
  endpoint('PUT /cluster/sdn/zones/{zone}', ON_ZONE, update('zones')),
  endpoint('DELETE /cluster/sdn/zones/{zone}', ON_ZONE, (call) => remove('zones', call)),
  endpoint('GET /cluster/sdn/vnets', SEE, list('vnets')),
  endpoint('POST /cluster/sdn/vnets', ON_ZONE, createVnet),
  endpoint('GET /cluster/sdn/vnets/{vnet}', SEE, one('vnets')),
  endpoint('PUT /cluster/sdn/vnets/{vnet}', ALLOCATE, update('vnets')),
  endpoint('DELETE /cluster/sdn/vnets/{vnet}', ALLOCATE, (call) => remove('vnets', call)),
  endpoint('GET /cluster/sdn/vnets/{vnet}/subnets', SEE, list('subnets')),
  endpoint('POST /cluster/sdn/vnets/{vnet}/subnets', ALLOCATE, createSubnet),
  endpoint('GET /cluster/sdn/vnets/{vnet}/subnets/{subnet}', SEE, one('subnets')),
  endpoint('PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}', ALLOCATE, update('subnets')),
  endpoint('DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}', ALLOCATE, (call) =>
    remove('subnets', call),
  ),
  endpoint('POST /cluster/sdn/lock', { need: 'SDN.Allocate on /sdn' }, lock),
  endpoint('DELETE /cluster/sdn/lock', { need: 'SDN.Allocate on /sdn' }, (call) => {
    const sdn = sdnOf(call.lab.state)
    if (call.params.force !== '1') assertLock(call)
    delete sdn.lock
    return { data: null }
  }),
  endpoint('POST /cluster/sdn/rollback', { need: 'SDN.Allocate on /sdn' }, (call) => {
    assertLock(call)
    const sdn = sdnOf(call.lab.state)
    sdn.edited = structuredClone(sdn.applied)
    if (call.params['release-lock'] !== '0') delete sdn.lock
    return { data: null }
  }),
  endpoint('GET /cluster/sdn/ipams', {}, () => ({
    data: [{ ipam: 'pve', type: 'pve', digest: digestOf(null) }],
  })),
  endpoint('GET /cluster/sdn/ipams/{ipam}/status', {}, ipamStatus),
  endpoint('GET /cluster/sdn/controllers', SEE, () => ({ data: [] })),
  endpoint('GET /cluster/sdn/dns', {}, () => ({ data: [] })),
]

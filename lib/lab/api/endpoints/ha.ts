import { callerName } from '../../access'
import { haOf, type Section } from '../../cluster-state'
import { DURATIONS } from '../../durations'
import { quorate } from '../../quorum'
import { releaseOf } from '../../release'
import type { Lab } from '../../state'
import { startTask } from '../../tasks/start-task'
import { act, log, sleep } from '../../tasks/task'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { changedSection, digestOf, fieldsOf, toShown } from '../section'

const NUMERIC = [
  'max_restart',
  'max_relocate',
  'nofailback',
  'restricted',
  'failback',
  'disable',
  'strict',
]

/** `vm:201` of `vm:201` or `201`. */
const sidOf = (lab: Lab, text: string): string =>
  /:/.test(text) ? text : `${lab.state.vms[text]?.kind === 'lxc' ? 'ct' : 'vm'}:${text}`

/** The guest of a resource id, if there is one of that kind. */
export function guestOf(lab: Lab, sid: string) {
  const [kind, vmid = ''] = sid.split(':')
  const vm = lab.state.vms[vmid]
  return vm && (vm.kind === 'qemu') === (kind === 'vm') ? vm : null
}

/** What the API shows of a resource: what the manager knows beside it stays away. */
function resourceRow(lab: Lab, sid: string): Record<string, unknown> {
  const { resources } = haOf(lab.state)
  const { running: _running, ...section } = resources[sid] as Section
  return {
    ...{ sid, type: sid.split(':')[0], digest: digestOf(resources) },
    ...toShown(section, NUMERIC),
  }
}

function create({ lab, params }: Call): CallResult {
  const { resources } = haOf(lab.state)
  const sid = sidOf(lab, params.sid ?? '')
  if (!guestOf(lab, sid)) throw new LabError(`resource '${sid}' does not exist in cluster`)
  if (sid in resources)
    throw new LabError(`create resource failed: resource ID '${sid}' already defined`)
  if (params.group && !haOf(lab.state).groups[params.group])
    throw new LabError(`create resource failed: group '${params.group}' does not exist`)
  resources[sid] = { state: 'started', ...fieldsOf(params, ['sid', 'type']) }
  return { data: null }
}

const managed = ({ lab, params }: Call): [string, Section] => {
  const sid = sidOf(lab, params.sid ?? '')
  const section = haOf(lab.state).resources[sid]
  if (!section) throw new LabError(`no such resource '${sid}'`)
  return [sid, section]
}

function remove({ lab, params }: Call): CallResult {
  const sid = sidOf(lab, params.sid ?? '')
  const { resources } = haOf(lab.state)
  if (!resources[sid]) throw new LabError(`cannot delete service '${sid}', not HA managed!`)
  delete resources[sid]
  return { data: null }
}

/** The manager moves a resource in its own time: a worker of the node that it leaves. */
function move(call: Call): CallResult {
  const { lab, params, caller } = call
  const [sid] = managed(call)
  const vm = guestOf(lab, sid)
  const target = params.node ?? ''
  if (!lab.state.hosts[target]) throw new LabError(`no such cluster node '${target}'`)
  if (vm && vm.node !== target)
    startTask(lab, {
      ...{ node: vm.node, type: 'hamigrate', id: String(vm.vmid), user: callerName(caller) },
      stages: [
        log(`Requesting HA migration for VM ${vm.vmid} to node ${target}`),
        sleep(DURATIONS.migrate),
        act('vm.migrate', { vmid: vm.vmid, target, storage: null }),
      ],
    })
  return { data: null }
}

/** How a resource stands: `queued` until the manager has looked at it. */
function serviceRow(lab: Lab, sid: string): Record<string, unknown> {
  const section = haOf(lab.state).resources[sid] as Section
  const node = guestOf(lab, sid)?.node ?? ''
  const state = section.running ?? 'queued'
  return {
    ...{ id: `service:${sid}`, sid, type: 'service', node, state },
    status: `${sid} (${node}, ${state})`,
    request_state: section.state ?? 'started',
    max_restart: Number(section.max_restart ?? 1),
    max_relocate: Number(section.max_relocate ?? 1),
  }
}

function current({ lab }: Call): CallResult {
  const ok = quorate(lab.state)
  const quorum = {
    ...{ id: 'quorum', type: 'quorum', node: Object.keys(lab.state.hosts)[0] },
    ...{ quorate: ok ? 1 : 0, status: ok ? 'OK' : 'No quorum on node' },
  }
  const services = Object.keys(haOf(lab.state).resources).map((sid) => serviceRow(lab, sid))
  return { data: [quorum, ...services] }
}

/** In 9 groups are rules; the calls are still there and say so. */
function assertGroups(lab: Lab, what: string): void {
  if (releaseOf(lab.state) === '9')
    throw new LabError(`cannot ${what} group: ha groups have been migrated to rules`)
}

type Table = 'groups' | 'rules'
const KEY = { groups: 'group', rules: 'rule' } as const

const rows =
  (table: Table) =>
  ({ lab, params }: Call): CallResult => {
    const all = haOf(lab.state)[table]
    return {
      data: Object.entries(all)
        .filter(([, section]) => !params.type || section.type === params.type)
        .map(([id, section]) => ({
          ...{ [KEY[table]]: id, digest: digestOf(all) },
          ...(table === 'groups' ? { type: 'group' } : {}),
          ...toShown(section, NUMERIC),
        })),
    }
  }

const addRow =
  (table: Table) =>
  ({ lab, params }: Call): CallResult => {
    if (table === 'groups') assertGroups(lab, 'create')
    const id = params[KEY[table]] ?? ''
    const all = haOf(lab.state)[table]
    if (id in all)
      throw new LabError(
        table === 'groups'
          ? `create ha group failed: group ID '${id}' already defined`
          : `create ha rule failed: HA rule '${id}' already defined`,
      )
    all[id] = fieldsOf(params, [KEY[table]])
    return { data: null }
  }

const changeRow =
  (table: Table, change: (all: Record<string, Section>, id: string, params: Section) => void) =>
  ({ lab, params }: Call): CallResult => {
    const all = haOf(lab.state)[table]
    const id = params[KEY[table]] ?? ''
    if (!all[id])
      throw new LabError(
        table === 'groups' ? `no such ha group '${id}'` : `no such ha rule '${id}'`,
      )
    change(all, id, params)
    return { data: null }
  }

const put = (table: Table) =>
  changeRow(table, (all, id, params) => {
    all[id] = changedSection(all[id] as Section, params, [KEY[table]])
  })
const drop = (table: Table) =>
  changeRow(table, (all, id) => {
    delete all[id]
  })

const SEE = { need: 'Sys.Audit on /' }
const CHANGE = { need: 'Sys.Console on /' }

export const haEndpoints = [
  endpoint('GET /cluster/ha', SEE, () => ({
    data: ['status', 'resources', 'groups'].map((id) => ({ id })),
  })),
  endpoint('GET /cluster/ha/resources', SEE, ({ lab }) => ({
    data: Object.keys(haOf(lab.state).resources).map((sid) => resourceRow(lab, sid)),
  })),
  endpoint('POST /cluster/ha/resources', CHANGE, create),
  endpoint('GET /cluster/ha/resources/{sid}', SEE, (call) => ({
    data: resourceRow(call.lab, managed(call)[0]),
  })),
  endpoint('PUT /cluster/ha/resources/{sid}', CHANGE, (call) => {
    const [sid, section] = managed(call)
    haOf(call.lab.state).resources[sid] = changedSection(section, call.params, ['sid'])
    return { data: null }
  }),
  endpoint('DELETE /cluster/ha/resources/{sid}', CHANGE, remove),
  endpoint('POST /cluster/ha/resources/{sid}/migrate', CHANGE, (call) => move(call)),
  endpoint('POST /cluster/ha/resources/{sid}/relocate', CHANGE, (call) => move(call)),
  endpoint('GET /cluster/ha/groups', SEE, rows('groups')),
  endpoint('POST /cluster/ha/groups', CHANGE, addRow('groups')),
  endpoint('PUT /cluster/ha/groups/{group}', CHANGE, put('groups')),
  endpoint('DELETE /cluster/ha/groups/{group}', CHANGE, drop('groups')),
  endpoint('GET /cluster/ha/rules', SEE, rows('rules')),
  endpoint('POST /cluster/ha/rules', CHANGE, addRow('rules')),
  endpoint('PUT /cluster/ha/rules/{rule}', CHANGE, put('rules')),
  endpoint('DELETE /cluster/ha/rules/{rule}', CHANGE, drop('rules')),
  endpoint('GET /cluster/ha/status', {}, () => ({
    data: [{ name: 'current' }, { name: 'manager_status' }],
  })),
  endpoint('GET /cluster/ha/status/current', SEE, current),
  endpoint('GET /cluster/ha/status/manager_status', SEE, ({ lab }) => ({
    data: {
      manager_status: { node_status: {} },
      quorum: {
        node: Object.keys(lab.state.hosts)[0],
        quorate: quorate(lab.state) ? '1' : '0',
      },
    },
  })),
]

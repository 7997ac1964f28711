import { callerName, mayDo } from '../../access'
import type { Section } from '../../cluster-state'
import { sdnOf } from '../../cluster-state'
import { DURATIONS } from '../../durations'
import { faultsOf } from '../../faults'
import {
  editedInterfaces,
  interfaceRow,
  networkOf,
  stagedChanges,
  stageInterfaces,
} from '../../host-network'
import { zonesOn } from '../../host-sdn'
import type { LabHost } from '../../state'
import { startTask } from '../../tasks/start-task'
import { act, sleep } from '../../tasks/task'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { changedSection, fieldsOf } from '../section'

const hostOf = ({ lab, params }: Call): LabHost => lab.state.hosts[params.node ?? ''] as LabHost

const isKind = (row: Record<string, unknown>, wanted: string | undefined): boolean => {
  const bridge = row.type === 'bridge' || row.type === 'OVSBridge'
  if (wanted === undefined || row.type === wanted) return true
  if (wanted === 'any_bridge' || wanted === 'any_local_bridge') return bridge
  return wanted === 'include_sdn' && bridge
}

/** Every interface as it will be, with `changes` while something waits for a reload. */
function list(call: Call): CallResult {
  const { lab, params, caller } = call
  const host = hostOf(call)
  if (
    !mayDo(lab.state, caller, `/nodes/${params.node}`, 'Sys.Audit') &&
    !mayDo(lab.state, caller, '/sdn/zones/localnetwork', 'SDN.Use')
  )
    return { data: [] }
  const rows = Object.keys(editedInterfaces(host))
    .map((iface, index) => interfaceRow(host, iface, index))
    .filter((row) => isKind(row, params.type))
  const changes = stagedChanges(host)
  return { data: rows, ...(changes === null ? {} : { extra: { changes } }) }
}

function mustExist(call: Call): [string, Section] {
  const iface = call.params.iface ?? ''
  const section = editedInterfaces(hostOf(call))[iface]
  if (!section) throw invalid({ iface: 'interface does not exist' })
  return [iface, section]
}

/** There is one way out of a host, and a bond holds real cards. */
function check(call: Call, iface: string, section: Section): void {
  const interfaces = editedInterfaces(hostOf(call))
  const other = Object.entries(interfaces).find(
    ([name, known]) => name !== iface && known.gateway !== undefined,
  )
  if (section.gateway && other)
    throw invalid({ gateway: `Default gateway already exists on interface '${other[0]}'.` })
  if (section.type !== 'bond') return
  for (const slave of (section.slaves ?? '').split(/[\s,]+/).filter(Boolean)) {
    const type = interfaces[slave]?.type ?? ''
    if (type !== 'eth' && type !== 'bond')
      throw new LabError(
        `bond '${iface}' - wrong interface type on slave '${slave}' ('${type}' != 'eth or bond')`,
      )
  }
}

/** What PVE adds by itself: the method by the address, a bridge's defaults, a VLAN's own device. */
function completed(iface: string, section: Section, given: Section): Section {
  const { address, netmask, ...rest } = section
  const cidr = section.cidr ?? (address && netmask ? `${address}/${netmask}` : undefined)
  const vlan = /^(.+)\.(\d+)$/.exec(iface)
  const bridge = section.type === 'bridge'
  return {
    ...rest,
    method: given.cidr || given.address ? 'static' : 'manual',
    method6: 'manual',
    ...(cidr ? { cidr } : {}),
    ...(bridge
      ? { bridge_ports: section.bridge_ports ?? '', bridge_stp: 'off', bridge_fd: '0' }
      : {}),
    ...(section.bridge_vlan_aware === '1' ? { bridge_vids: section.bridge_vids ?? '2-4094' } : {}),
    ...(vlan && section.type === 'vlan'
      ? { 'vlan-raw-device': vlan[1] as string, 'vlan-id': vlan[2] as string }
      : {}),
  }
}

function create(call: Call): CallResult {
  const host = hostOf(call)
  const iface = call.params.iface ?? ''
  if (iface in editedInterfaces(host)) throw invalid({ iface: 'interface already exists' })
  const given = fieldsOf(call.params, ['iface'])
  const section = completed(iface, given, given)
  check(call, iface, section)
  stageInterfaces(host, { ...editedInterfaces(host), [iface]: section })
  return { data: null }
}

function update(call: Call): CallResult {
  const [iface, before] = mustExist(call)
  const changed = changedSection(before, call.params, ['iface'])
  const section = completed(iface, changed, call.params)
  check(call, iface, section)
  stageInterfaces(hostOf(call), { ...editedInterfaces(hostOf(call)), [iface]: section })
  return { data: null }
}

function remove(call: Call): CallResult {
  const [iface] = mustExist(call)
  const { [iface]: _gone, ...rest } = editedInterfaces(hostOf(call))
  stageInterfaces(hostOf(call), rest)
  return { data: null }
}

/** PUT network: everything that is staged, whoever staged it, in a worker `srvreload`. */
function apply(call: Call): CallResult {
  const { lab, params, caller } = call
  const node = params.node ?? ''
  const broken = faultsOf(lab.state, 'reload-fails').find((fault) => fault.node === node)
  if (broken) throw new LabError(broken.message ?? "command 'ifreload -V' failed: exit code 1")
  return {
    data: startTask(lab, {
      ...{ node, type: 'srvreload', id: 'networking', user: callerName(caller) },
      stages: [sleep(DURATIONS.reloadNetwork), act('network.reload', { node })],
    }),
  }
}

/** The vnets of a zone on a node, with what went wrong there. */
function zoneContent(call: Call): CallResult {
  const { lab, params } = call
  const found = zonesOn(lab.state, params.node ?? '').find(({ zone }) => zone === params.zone)
  if (!found) throw new LabError(`sdn '${params.zone}' does not exist`)
  const vnets = Object.entries(sdnOf(lab.state).applied.vnets)
  return {
    data: vnets
      .filter(([, { zone }]) => zone === params.zone)
      .map(([vnet]) => ({
        vnet,
        status: found.status,
        statusmsg:
          found.status === 'available'
            ? null
            : 'local sdn network configuration is not yet generated, please reload',
      })),
  }
}

const ZONE = { need: 'SDN.Audit on /sdn/zones/{zone}' }
const MODIFY = 'Sys.Modify on /nodes/{node}'

export const networkEndpoints = [
  endpoint('GET /nodes/{node}/network', { params: 'type?:str' }, list),
  endpoint('POST /nodes/{node}/network', { need: MODIFY }, create),
  endpoint('PUT /nodes/{node}/network', { need: MODIFY }, apply),
  endpoint('DELETE /nodes/{node}/network', { need: MODIFY }, (call) => {
    networkOf(hostOf(call)).staged = null
    return { data: null }
  }),
  endpoint('GET /nodes/{node}/network/{iface}', { need: 'Sys.Audit on /nodes/{node}' }, (call) => {
    const [name] = mustExist(call)
    const index = Object.keys(editedInterfaces(hostOf(call))).indexOf(name)
    const { iface: _iface, ...row } = interfaceRow(hostOf(call), name, index)
    return { data: row }
  }),
  endpoint('PUT /nodes/{node}/network/{iface}', { need: MODIFY }, update),
  endpoint('DELETE /nodes/{node}/network/{iface}', { need: MODIFY }, remove),
  endpoint('GET /nodes/{node}/sdn', {}, () => ({ data: [{ id: 'zones' }] })),
  endpoint('GET /nodes/{node}/sdn/zones', {}, ({ lab, params, caller }) => ({
    data: zonesOn(lab.state, params.node ?? '').filter(({ zone }) =>
      mayDo(lab.state, caller, `/sdn/zones/${zone}`, 'SDN.Audit'),
    ),
  })),
  endpoint('GET /nodes/{node}/sdn/zones/{zone}', ZONE, () => ({ data: [{ subdir: 'content' }] })),
  endpoint('GET /nodes/{node}/sdn/zones/{zone}/content', ZONE, zoneContent),
]

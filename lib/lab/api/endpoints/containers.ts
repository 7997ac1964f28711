import { callerName, mayDo } from '../../access'
import { DURATIONS } from '../../durations'
import type { Vm } from '../../state'
import { lockConfig } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, sleep } from '../../tasks/task'
import {
  assertDigest,
  assertUnlocked,
  configDigest,
  getVm,
  pendingList,
  typedConfig,
} from '../../vm/config'
import { containerCards } from '../../vm/net'
import { vmFigures } from '../../vm/status'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { changedSection } from '../section'

const vmOf = ({ lab, params }: Call): Vm =>
  getVm(lab.state, params.node ?? '', Number(params.vmid), 'lxc')

/** A power call of a container; what is so already is an error in its task, as `pct` has it. */
function power(call: Call, type: string, on: 'start' | 'stop' | 'restart'): CallResult {
  const { lab, params, caller } = call
  const vm = vmOf(call)
  return {
    data: startTask(lab, {
      ...{ node: params.node ?? '', type, id: String(vm.vmid), user: callerName(caller) },
      stages: [
        lockConfig(vm.vmid),
        sleep(DURATIONS.stop),
        act('container.power', { vmid: vm.vmid, on }),
      ],
    }),
  }
}

function update(call: Call): CallResult {
  const vm = vmOf(call)
  assertUnlocked(vm)
  assertDigest(vm, call.params.digest)
  vm.config = changedSection(vm.config, call.params)
  if (vm.active) vm.active = changedSection(vm.active, call.params)
  return { data: null }
}

const OPTIONS =
  'description?:text(8192) tags?:tags onboot?:bool protection?:bool hostname?:dns-name memory?:int(16,) swap?:int(0,) cores?:int(1,) nameserver?:str searchdomain?:str startup?:str delete?:str digest?:text(40)'
const POWER = { need: 'VM.PowerMgmt on /vms/{vmid}' }
const at = (verb: string) => `/nodes/{node}/lxc/{vmid}/${verb}`

/** Containers can be seen and switched, so that what is not ours is visible; this lab makes none. */
export const containerEndpoints = [
  endpoint(`POST ${at('status/start')}`, { ...POWER, params: 'skiplock?:bool' }, (call) =>
    power(call, 'vzstart', 'start'),
  ),
  endpoint(`POST ${at('status/stop')}`, { ...POWER, params: 'skiplock?:bool' }, (call) =>
    power(call, 'vzstop', 'stop'),
  ),
  endpoint(
    `POST ${at('status/shutdown')}`,
    { ...POWER, params: 'timeout?:int(0,) forceStop?:bool' },
    (call) => power(call, 'vzshutdown', 'stop'),
  ),
  endpoint(`POST ${at('status/reboot')}`, { ...POWER, params: 'timeout?:int(0,)' }, (call) =>
    power(call, 'vzreboot', 'restart'),
  ),
  endpoint(
    `PUT ${at('config')}`,
    { need: 'VM.Config.Options on /vms/{vmid}', params: OPTIONS },
    update,
  ),
  endpoint(`GET ${at('pending')}`, { need: 'VM.Audit on /vms/{vmid}' }, (call) => ({
    data: pendingList(vmOf(call)),
  })),
  endpoint(`GET ${at('snapshot')}`, { need: 'VM.Audit on /vms/{vmid}' }, (call) => {
    const vm = vmOf(call)
    const current = { name: 'current', description: 'You are here!', digest: configDigest(vm) }
    return { data: [{ ...current, running: vm.running ? 1 : 0 }] }
  }),
  endpoint('GET /nodes/{node}/lxc', {}, ({ lab, params, caller }) => ({
    data: Object.values(lab.state.vms)
      .filter((vm) => vm.kind === 'lxc' && vm.node === params.node)
      .filter((vm) => mayDo(lab.state, caller, `/vms/${vm.vmid}`, 'VM.Audit'))
      .map((vm) => ({ ...vmFigures(lab, vm), type: 'lxc' })),
  })),
  endpoint(
    'GET /nodes/{node}/lxc/{vmid}/config',
    { need: 'VM.Audit on /vms/{vmid}', params: 'current?:bool snapshot?:configid' },
    ({ lab, params }) => {
      const vm = getVm(lab.state, params.node ?? '', Number(params.vmid), 'lxc')
      return { data: { ...typedConfig(vm.config), digest: configDigest(vm) } }
    },
  ),
  endpoint(
    'GET /nodes/{node}/lxc/{vmid}/status/current',
    { need: 'VM.Audit on /vms/{vmid}' },
    ({ lab, params }) => ({
      data: {
        ...vmFigures(lab, getVm(lab.state, params.node ?? '', Number(params.vmid), 'lxc')),
        ha: { managed: 0 },
        type: 'lxc',
      },
    }),
  ),
  endpoint(
    'GET /nodes/{node}/lxc/{vmid}/interfaces',
    { need: 'VM.Audit on /vms/{vmid}' },
    ({ lab, params }) => {
      const vm = getVm(lab.state, params.node ?? '', Number(params.vmid), 'lxc')
      return { data: vm.running ? [LOOPBACK, ...containerCards(vm).map(shown)] : [] }
    },
  ),
]

const LOOPBACK = { name: 'lo', hwaddr: '00:00:00:00:00:00', inet: '127.0.0.1/8' }

const shown = ({ name, mac, cidr }: ReturnType<typeof containerCards>[number]) => ({
  name,
  hwaddr: mac.toLowerCase(),
  ...(cidr === null ? {} : { inet: cidr }),
})

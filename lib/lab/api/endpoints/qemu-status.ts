import { callerName } from '../../access'
import { haOf } from '../../cluster-state'
import { DURATIONS } from '../../durations'
import type { ActArgs } from '../../tasks/act-args'
import { lockConfig } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, type Stage, sleep } from '../../tasks/task'
import { assertUnlocked } from '../../vm/config'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { vmOf } from './qemu'

const NEED = 'VM.PowerMgmt on /vms/{vmid}'

function worker(call: Call, type: string, stages: Stage[]): CallResult {
  const { params, lab, caller } = call
  if (params.skiplock === '1' && (caller.token || caller.user !== 'root@pam'))
    throw invalid({ skiplock: 'Only root may use this option.' })
  return {
    data: startTask(lab, {
      node: params.node ?? '',
      type,
      id: params.vmid ?? '',
      user: callerName(caller),
      stages,
    }),
  }
}

/** The HA manager starts and stops what it manages: the call only tells it, in a worker of its own. */
function askManager(call: Call, state: 'started' | 'stopped'): CallResult | null {
  const { lab, params } = call
  const sid = `vm:${params.vmid}`
  if (!haOf(lab.state).resources[sid]) return null
  const starting = state === 'started'
  return worker(call, starting ? 'hastart' : 'hastop', [
    { do: 'log', line: `Requesting HA ${starting ? 'start' : 'stop'} for VM ${params.vmid}` },
    sleep(DURATIONS.start),
    act('ha.request', { sid, state }),
  ])
}

/** Starts that find a missing, locked or running VM fail inside the task (recorded). */
function start(call: Call): CallResult {
  const vmid = Number(call.params.vmid)
  const asked = askManager(call, 'started')
  if (asked) return asked
  return worker(call, 'qmstart', [
    lockConfig(vmid),
    act('vm.start', { vmid, skipLock: call.params.skiplock === '1' }),
    sleep(DURATIONS.start),
    act('vm.started', { vmid }),
  ])
}

const stop = (call: Call): CallResult => {
  const vmid = Number(call.params.vmid)
  const asked = askManager(call, 'stopped')
  if (asked) return asked
  return worker(call, 'qmstop', [lockConfig(vmid), sleep(DURATIONS.stop), act('vm.stop', { vmid })])
}

function powerdown(
  call: Call,
  type: string,
  extra: Pick<ActArgs['vm.powerdown'], 'force' | 'thenStart'>,
): CallResult {
  const vmid = Number(call.params.vmid)
  const limitMs = Number(call.params.timeout ?? 60) * 1000
  return worker(call, type, [lockConfig(vmid), act('vm.powerdown', { vmid, limitMs, ...extra })])
}

/** reset, suspend, resume and reboot of a stopped VM are refused at once (recorded). */
function assertRunning(call: Call): void {
  const vm = vmOf(call)
  if (!vm.running) throw new LabError(`VM ${vm.vmid} not running`)
}

function reset(call: Call): CallResult {
  assertRunning(call)
  assertUnlocked(vmOf(call))
  const vmid = Number(call.params.vmid)
  return worker(call, 'qmreset', [lockConfig(vmid), act('vm.reset', { vmid })])
}

function pause(call: Call, paused: boolean): CallResult {
  assertRunning(call)
  const vmid = Number(call.params.vmid)
  return worker(call, paused ? 'qmpause' : 'qmresume', [
    lockConfig(vmid),
    act('vm.pause', { vmid, paused }),
  ])
}

export const qemuStatusEndpoints = [
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/status/start',
    {
      need: NEED,
      params: 'skiplock?:bool timeout?:int(0,) machine?:str force-cpu?:str stateuri?:str',
    },
    start,
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/status/stop',
    {
      need: NEED,
      params: 'skiplock?:bool timeout?:int(0,) keepActive?:bool overrule-shutdown?:bool',
    },
    stop,
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/status/shutdown',
    { need: NEED, params: 'skiplock?:bool timeout?:int(0,) forceStop?:bool keepActive?:bool' },
    (call) =>
      powerdown(call, 'qmshutdown', { force: call.params.forceStop === '1', thenStart: false }),
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/status/reboot',
    { need: NEED, params: 'timeout?:int(0,)' },
    (call) => {
      assertRunning(call)
      return powerdown(call, 'qmreboot', { force: false, thenStart: true })
    },
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/status/reset',
    { need: NEED, params: 'skiplock?:bool' },
    reset,
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/status/suspend',
    { need: NEED, params: 'skiplock?:bool todisk?:bool statestorage?:storage' },
    (call) => pause(call, true),
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/status/resume',
    { need: NEED, params: 'skiplock?:bool nocheck?:bool' },
    (call) => pause(call, false),
  ),
]

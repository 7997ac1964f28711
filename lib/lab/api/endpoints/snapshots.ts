import { callerName } from '../../access'
import { DURATIONS } from '../../durations'
import { lockConfig } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, type Stage, sleep } from '../../tasks/task'
import { configDigest, typedConfig } from '../../vm/config'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { vmOf } from './qemu'

function list(call: Call): CallResult {
  const vm = vmOf(call)
  const rows = Object.entries(vm.snapshots).map(([name, snapshot]) => ({
    name,
    description: snapshot.description,
    snaptime: snapshot.snaptime,
    vmstate: snapshot.withRam ? 1 : 0,
    ...(snapshot.parent ? { parent: snapshot.parent } : {}),
  }))
  return {
    data: [
      ...rows,
      {
        name: 'current',
        description: 'You are here!',
        digest: configDigest(vm),
        running: vm.running ? 1 : 0,
        ...(vm.parentSnapshot ? { parent: vm.parentSnapshot } : {}),
      },
    ],
  }
}

function worker(call: Call, type: string, ms: number, stage: Stage): CallResult {
  const { lab, params, caller } = call
  const vmid = Number(params.vmid)
  return {
    data: startTask(lab, {
      node: params.node ?? '',
      type,
      id: String(vmid),
      user: callerName(caller),
      stages: [lockConfig(vmid), sleep(ms), stage],
    }),
  }
}

function take(call: Call): CallResult {
  const { params } = call
  const name = params.snapname ?? ''
  if (name === 'current')
    throw new LabError("unable to use snapshot name 'current' (reserved name)")
  return worker(
    call,
    'qmsnapshot',
    DURATIONS.snapshot,
    act('snapshot.take', {
      vmid: Number(params.vmid),
      name,
      description: params.description ?? '',
      withRam: params.vmstate === '1',
    }),
  )
}

export const snapshotEndpoints = [
  endpoint('GET /nodes/{node}/qemu/{vmid}/snapshot', { need: 'VM.Audit on /vms/{vmid}' }, list),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/snapshot',
    {
      need: 'VM.Snapshot on /vms/{vmid}',
      params: 'snapname:configid description?:str vmstate?:bool',
    },
    take,
  ),
  endpoint('GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}', {}, () => ({
    data: [{ cmd: 'rollback' }, { cmd: 'config' }],
  })),
  endpoint(
    'PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config',
    { need: 'VM.Snapshot on /vms/{vmid}', params: 'description?:str' },
    (call) => {
      const name = call.params.snapname ?? ''
      const snapshot = vmOf(call).snapshots[name]
      if (!snapshot) throw new LabError(`snapshot '${name}' does not exist`)
      snapshot.description = call.params.description ?? ''
      return { data: null }
    },
  ),
  endpoint(
    'GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config',
    { need: 'VM.Snapshot|VM.Snapshot.Rollback|VM.Audit on /vms/{vmid}' },
    (call) => {
      const name = call.params.snapname ?? ''
      const snapshot = vmOf(call).snapshots[name]
      if (!snapshot) throw new LabError(`snapshot '${name}' does not exist`)
      const { description, snaptime } = snapshot
      return { data: { ...typedConfig(snapshot.config), description, snaptime } }
    },
  ),
  endpoint(
    'DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}',
    { need: 'VM.Snapshot on /vms/{vmid}', params: 'force?:bool' },
    (call) =>
      worker(
        call,
        'qmdelsnapshot',
        DURATIONS.snapshot,
        act('snapshot.delete', {
          vmid: Number(call.params.vmid),
          name: call.params.snapname ?? '',
        }),
      ),
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback',
    { need: 'VM.Snapshot|VM.Snapshot.Rollback on /vms/{vmid}', params: 'start?:bool' },
    (call) =>
      worker(
        call,
        'qmrollback',
        DURATIONS.rollback,
        act('snapshot.rollback', {
          vmid: Number(call.params.vmid),
          name: call.params.snapname ?? '',
          start: call.params.start === '1',
        }),
      ),
  ),
]

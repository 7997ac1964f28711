import { callerName, mayDo } from '../../access'
import { haOf } from '../../cluster-state'
import { DURATIONS } from '../../durations'
import { pveCloudInit } from '../../guest/pve-cloud-init'
import { configLock, configLockError, lockConfig, lockIsFree, lockStorage } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, log, sleep } from '../../tasks/task'
import { getVm, wantedConfig } from '../../vm/config'
import { vmFigures, vmStatus } from '../../vm/status'
import { ownedVolumes } from '../../vm/storage'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'

/** The VM that a path names. */
export const vmOf = ({ lab, params }: Call) =>
  getVm(lab.state, params.node ?? '', Number(params.vmid))

/** Waits for the VM's configuration lock before an immediate change, or null when it is free. */
export function whenUnlocked(
  call: Call,
  vmid: number,
): { waitFor: { lock: string; error: string } } | null {
  const lock = configLock(vmid)
  return lockIsFree(call.lab, lock, 'exclusive')
    ? null
    : { waitFor: { lock, error: configLockError(vmid) } }
}

/** DELETE a VM: refused at once when running or protected, the rest is the task's. */
function destroy(call: Call): CallResult {
  const { lab, params, caller } = call
  const vm = vmOf(call)
  if (vm.config.protection === '1')
    throw new LabError(`can't remove VM ${vm.vmid} - protection mode enabled`)
  if (haOf(lab.state).resources[`vm:${vm.vmid}`] && params.purge !== '1')
    throw new LabError(
      `unable to remove VM ${vm.vmid} - used in HA resources and purge parameter not set.`,
    )
  if (vm.running) throw new LabError(`VM ${vm.vmid} is running - destroy failed`)
  const storages = [...new Set(ownedVolumes(lab.state, vm).map((volume) => volume.storage))]
  const perDisk = ownedVolumes(lab.state, vm).length * 300
  return {
    data: startTask(lab, {
      node: vm.node,
      type: 'qmdestroy',
      id: String(vm.vmid),
      user: callerName(caller),
      stages: [
        lockConfig(vm.vmid),
        ...storages.map((storage) => lockStorage(vm.node, storage)),
        sleep(DURATIONS.destroy + perDisk),
        act('vm.destroy', {
          vmid: vm.vmid,
          unreferenced: params['destroy-unreferenced-disks'] === '1',
          purge: params.purge === '1',
        }),
        ...(params.purge === '1'
          ? [log(`purging VM ${vm.vmid} from related configurations..`)]
          : []),
      ],
    }),
  }
}

export const qemuEndpoints = [
  endpoint('GET /nodes/{node}/qemu', { params: 'full?:bool' }, ({ lab, params, caller }) => ({
    data: Object.values(lab.state.vms)
      .filter((vm) => vm.kind === 'qemu' && vm.node === params.node)
      .filter((vm) => mayDo(lab.state, caller, `/vms/${vm.vmid}`, 'VM.Audit'))
      .map((vm) => vmFigures(lab, vm)),
  })),
  endpoint(
    'GET /nodes/{node}/qemu/{vmid}/status/current',
    { need: 'VM.Audit on /vms/{vmid}' },
    (call) => ({
      data: vmStatus(call.lab, vmOf(call)),
    }),
  ),
  endpoint(
    'GET /nodes/{node}/qemu/{vmid}/cloudinit/dump',
    { need: 'VM.Audit on /vms/{vmid}', params: 'type:enum(user,network,meta)' },
    (call) => {
      const made = pveCloudInit(Number(call.params.vmid), wantedConfig(vmOf(call)))
      return { data: made[call.params.type as 'user' | 'network' | 'meta'] }
    },
  ),
  endpoint(
    'PUT /nodes/{node}/qemu/{vmid}/cloudinit',
    { need: 'VM.Config.Cloudinit on /vms/{vmid}' },
    (call) => {
      const vm = vmOf(call)
      return whenUnlocked(call, vm.vmid) ?? { data: null }
    },
  ),
  endpoint(
    'DELETE /nodes/{node}/qemu/{vmid}',
    {
      need: 'VM.Allocate on /vms/{vmid}',
      params: 'purge?:bool destroy-unreferenced-disks?:bool skiplock?:bool',
    },
    destroy,
  ),
]

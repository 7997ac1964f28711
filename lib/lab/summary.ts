import { interfacesOf } from './guest/interfaces'
import type { Lab, LabState } from './state'
import { configDigest } from './vm/config'
import { uptimeS } from './vm/status'
import { usedBytes } from './vm/storage'

const GIB = 2 ** 30

/** What tests ask of the whole lab at once: guests with digest and uptime, tasks, storages. */
export function labSummary(lab: Lab) {
  const { state } = lab
  return {
    at: lab.now.at,
    speed: lab.now.speed,
    vms: Object.values(state.vms).map((vm) => ({
      vmid: vm.vmid,
      node: vm.node,
      kind: vm.kind,
      name: vm.config.name ?? vm.config.hostname ?? null,
      description: vm.config.description ?? null,
      running: vm.running,
      lock: vm.config.lock ?? null,
      template: vm.config.template === '1',
      uptimeS: uptimeS(lab, vm),
      startedWall: vm.running ? vm.startedWall : null,
      digest: configDigest(vm),
      uuid: /uuid=([\w-]+)/.exec(vm.config.smbios1 ?? '')?.[1] ?? null,
      pending: Object.keys(vm.pending),
      config: vm.config,
      phase: vm.guest?.phase ?? null,
      bootId: vm.guest?.bootId ?? null,
      console: vm.guest?.console ?? [],
      addresses: vm.kind === 'qemu' ? interfacesOf(lab, vm).flatMap((nic) => nic.addresses) : [],
    })),
    tasks: state.tasks.map(({ upid, type, id, user, exit, startAt, endAt }) => ({
      upid,
      type,
      id,
      user,
      exit,
      startAt,
      endAt,
    })),
    storages: Object.values(state.storages).map((storage) => ({
      id: storage.id,
      totalGib: storage.totalBytes / GIB,
      usedGib: usedBytes(state, storage, Object.keys(state.hosts)[0] ?? '') / GIB,
    })),
    volumes: Object.values(state.volumes).map(({ volid, bytes, vmid, disk }) => ({
      volid,
      bytes,
      vmid,
      fs: disk?.fs ?? null,
      files: Object.keys(disk?.files ?? {}).length,
    })),
    faults: state.faults,
  }
}

/** Lock holds and task durations in virtual milliseconds, for the benches. */
export function labRecord(state: LabState) {
  return {
    ...state.record,
    tasks: state.tasks.map(({ type, id, startAt, endAt, exit }) => ({
      type,
      id,
      startAt,
      ms: endAt === null ? null : endAt - startAt,
      exit,
    })),
  }
}

import * as answers from './answers'
import type { Ask } from './client'
import { ProxmoxError } from './errors'
import type { Proxmox, VmConfig } from './proxmox'
import type { Call } from './transport'

type MachineCalls = Omit<
  Proxmox,
  | keyof ReturnType<typeof import('./node-calls').nodeCalls>
  | keyof ReturnType<typeof import('./guest-calls').guestCalls>
  | keyof ReturnType<typeof import('./tasks').taskCalls>
  | 'version'
  | 'permissions'
  | 'close'
>

const e = encodeURIComponent
const at = (node: string, vmid: number) => `/nodes/${e(node)}/qemu/${vmid}`

/** One VM: what it is, and what can be done to it. */
export function machineCalls(ask: Ask): MachineCalls {
  return { ...readCalls(ask), ...changeCalls(ask), ...powerCalls(ask), ...snapshotCalls(ask) }
}

function readCalls(
  ask: Ask,
): Pick<MachineCalls, 'findVm' | 'findConfig' | 'getConfig' | 'pending'> {
  const getConfig = async (node: string, vmid: number): Promise<VmConfig> => {
    const { digest, ...values } = await ask(answers.Config, {
      method: 'GET',
      path: `${at(node, vmid)}/config`,
      what: `Read the configuration of VM ${vmid}`,
    })
    return { digest: String(digest ?? ''), values: toStrings(values) }
  }
  return {
    getConfig,
    findConfig: (node, vmid) => unlessMissing(getConfig(node, vmid)),
    async findVm(node, vmid) {
      const status = await unlessMissing(
        ask(answers.Status, {
          method: 'GET',
          path: `${at(node, vmid)}/status/current`,
          what: `Read the state of VM ${vmid}`,
        }),
      )
      if (!status) return null
      return {
        vmid,
        name: status.name ?? `VM ${vmid}`,
        running: status.status === 'running',
        lock: status.lock,
        template: status.template,
        uptimeS: status.uptime,
        pid: status.pid,
        cpuLoad: status.cpu,
        memoryUsedMib: Math.round(status.mem / 2 ** 20),
      }
    },
    async pending(node, vmid) {
      const values = await ask(answers.Pending, {
        method: 'GET',
        path: `${at(node, vmid)}/pending`,
        what: `Read what waits for a restart of VM ${vmid}`,
      })
      return values.map((value) => ({
        key: value.key,
        value: value.value,
        pending: value.pending,
        remove: value.delete,
      }))
    },
  }
}

const toStrings = (values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [
        key,
        typeof value === 'boolean' ? (value ? '1' : '0') : String(value),
      ]),
  )

type Changes =
  | 'createVm'
  | 'cloneVm'
  | 'setConfig'
  | 'resizeDisk'
  | 'moveDisk'
  | 'reassignDisk'
  | 'makeTemplate'
  | 'deleteVm'

function changeCalls(ask: Ask): Pick<MachineCalls, Changes> {
  const task = (method: Call['method'], path: string, what: string, params: Call['body'] = {}) =>
    ask(answers.TaskId, {
      method,
      path,
      what,
      // Parameters of a DELETE go into the query: a body is refused with 501.
      ...(method === 'DELETE' ? { query: params } : { body: params }),
    })
  return {
    createVm: (node, vmid, params) =>
      task('POST', `/nodes/${e(node)}/qemu`, `Create VM ${vmid}`, { vmid, ...params }),
    cloneVm: (node, { templateVmid, vmid, name, description, storage, target }) =>
      task(
        'POST',
        `${at(node, templateVmid)}/clone`,
        `Clone ${templateVmid} to ${name} (VMID ${vmid})`,
        {
          newid: vmid,
          name,
          description,
          full: true,
          storage,
          target: target === node ? undefined : target,
        },
      ),
    async setConfig(node, vmid, { set = {}, remove = [], digest, force }) {
      await ask(answers.Nothing, {
        method: 'PUT',
        path: `${at(node, vmid)}/config`,
        what: `Change the configuration of VM ${vmid}`,
        body: { ...set, delete: remove.length > 0 ? remove.join(',') : null, digest, force },
        // Allocating a disk on a slow storage happens within the call.
        timeoutMs: 120_000,
      })
    },
    resizeDisk: (node, vmid, disk, sizeGib) =>
      ask(answers.MaybeTaskId, {
        method: 'PUT',
        path: `${at(node, vmid)}/resize`,
        what: `Resize ${disk} of VM ${vmid} to ${sizeGib} GiB`,
        body: { disk, size: `${sizeGib}G` },
      }),
    moveDisk: (node, vmid, disk, storage) =>
      task('POST', `${at(node, vmid)}/move_disk`, `Move ${disk} of VM ${vmid} to ${storage}`, {
        disk,
        storage,
        delete: true,
      }),
    reassignDisk: (node, vmid, disk, target) =>
      task(
        'POST',
        `${at(node, vmid)}/move_disk`,
        `Hand ${disk} of VM ${vmid} to VM ${target.vmid}`,
        {
          disk,
          'target-vmid': target.vmid,
          'target-disk': target.disk,
        },
      ),
    makeTemplate: (node, vmid) =>
      ask(answers.MaybeTaskId, {
        method: 'POST',
        path: `${at(node, vmid)}/template`,
        what: `Turn VM ${vmid} into a template`,
      }),
    deleteVm: (node, vmid) => task('DELETE', at(node, vmid), `Delete VM ${vmid}`),
  }
}

function powerCalls(
  ask: Ask,
): Pick<MachineCalls, 'startVm' | 'stopVm' | 'shutdownVm' | 'rebootVm'> {
  const power = (node: string, vmid: number, verb: string, body: Call['body'] = {}) =>
    ask(answers.TaskId, {
      method: 'POST',
      path: `${at(node, vmid)}/status/${verb}`,
      what: `${verb[0]?.toUpperCase()}${verb.slice(1)} VM ${vmid}`,
      body,
    })
  return {
    startVm: (node, vmid) => power(node, vmid, 'start'),
    stopVm: (node, vmid) => power(node, vmid, 'stop'),
    shutdownVm: (node, vmid, graceS) =>
      power(node, vmid, 'shutdown', { timeout: graceS, forceStop: true }),
    rebootVm: (node, vmid, graceS) => power(node, vmid, 'reboot', { timeout: graceS }),
  }
}

function snapshotCalls(
  ask: Ask,
): Pick<MachineCalls, 'listSnapshots' | 'createSnapshot' | 'rollbackSnapshot' | 'deleteSnapshot'> {
  const one = (node: string, vmid: number, name: string) => `${at(node, vmid)}/snapshot/${e(name)}`
  return {
    async listSnapshots(node, vmid) {
      const list = await ask(answers.Snapshots, {
        method: 'GET',
        path: `${at(node, vmid)}/snapshot`,
        what: `List the snapshots of VM ${vmid}`,
      })
      return list
        .filter(({ name }) => name !== 'current')
        .map(({ name, description, snaptime, parent }) => ({
          name,
          description: description.trim(),
          at: snaptime === null ? null : snaptime * 1000,
          parent,
        }))
    },
    createSnapshot: (node, vmid, name, description) =>
      ask(answers.TaskId, {
        method: 'POST',
        path: `${at(node, vmid)}/snapshot`,
        what: `Take snapshot ${name} of VM ${vmid}`,
        body: { snapname: name, description },
      }),
    rollbackSnapshot: (node, vmid, name) =>
      ask(answers.TaskId, {
        method: 'POST',
        path: `${one(node, vmid, name)}/rollback`,
        what: `Roll VM ${vmid} back to ${name}`,
      }),
    deleteSnapshot: (node, vmid, name) =>
      ask(answers.TaskId, {
        method: 'DELETE',
        path: one(node, vmid, name),
        what: `Delete snapshot ${name} of VM ${vmid}`,
      }),
  }
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    // A missing storage or node is another matter than a missing VM.
    if (
      error instanceof ProxmoxError &&
      error.code === 'proxmox.not-found' &&
      /onfiguration file/.test(error.message)
    )
      return null
    throw error
  }
}

import { z } from 'zod'
import { flag } from './answer-values'
import * as answers from './answers'
import { type Ask, path, verbsOf } from './ask'
import { ProxmoxError } from './errors'
import { type Change, paramsOf, type Upid, type VmParams } from './values'

export type VmStatus = {
  vmid: number
  name: string
  running: boolean
  /** PVE's `lock`, such as `clone`. */
  lock: string | null
  template: boolean
  uptimeS: number
  /** Process id of the running machine: another one means that it was started again. */
  pid: number | null
  cpuLoad: number
  memoryUsedMib: number
  /** QEMU stopped it at a write that failed; it runs on once somebody resumes it. */
  ioError?: true
}

/** A VM's configuration as PVE keeps it: every value a string. `digest` guards against lost updates. */
export type VmConfig = { digest: string; values: Record<string, string> }

/** What waits for a restart. */
export type PendingValue = {
  key: string
  value: string | null
  pending: string | null
  remove: boolean
}

export type CloneRequest = {
  templateVmid: number
  vmid: number
  name: string
  /** The marker: there from the start, so that no clone of ours is ever unmarked. */
  description: string
  /** Only of a full clone: PVE refuses it for a linked one. */
  storage?: string
  target?: string
  /** Of a template only; it then can neither be deleted nor moved without its clones. Default false. */
  linked?: boolean
  /** The state of this snapshot instead of the present one. */
  snapshot?: string
  pool?: string
}

/** What single VMs are and what is done to them. */
export type Machines = {
  findVm(node: string, vmid: number): Promise<VmStatus | null>
  /** With pending values. Null if there is no such VM on the node. */
  findConfig(node: string, vmid: number): Promise<VmConfig | null>
  /** The same of a container, of which the panel only looks what it uses. */
  findContainerConfig(node: string, vmid: number): Promise<VmConfig | null>
  /** Like {@link findConfig}; throws `proxmox.not-found`. */
  getConfig(node: string, vmid: number): Promise<VmConfig>
  /** What the running machine has, without what waits for a restart. */
  currentConfig(node: string, vmid: number): Promise<VmConfig>
  pending(node: string, vmid: number): Promise<PendingValue[]>
  /** Whether its storages can do it now. */
  hasFeature(node: string, vmid: number, feature: 'snapshot' | 'clone' | 'copy'): Promise<boolean>

  /** An image is imported by a drive's `import-from` (lib/proxmox/drive.ts, `importedDrive`). */
  createVm(node: string, vmid: number, params: VmParams): Promise<Upid>
  cloneVm(node: string, clone: CloneRequest): Promise<Upid>
  /** At once, without a task. */
  setConfig(node: string, vmid: number, change: Change & { force?: boolean }): Promise<void>
  /** The same as a task: where a disk is imported or allocated it may take minutes. */
  setConfigTask(node: string, vmid: number, change: Change): Promise<Upid | null>
  /** Takes back what waits for a restart. */
  revertPending(node: string, vmid: number, keys: readonly string[]): Promise<void>
  /** The whole set; an empty one removes them. */
  setTags(node: string, vmid: number, tags: readonly string[]): Promise<void>
  makeTemplate(node: string, vmid: number): Promise<Upid | null>
  /**
   * Deletes the VM and every disk it owns. With `purge` also from backup, replication and HA jobs,
   * which a later VM of that VMID is not in.
   */
  deleteVm(node: string, vmid: number, options?: { purge?: boolean }): Promise<Upid>
}

const Feature = z.object({ hasFeature: flag })

/** See {@link Machines}. */
export const machineCalls = (ask: Ask): Machines => ({ ...readCalls(ask), ...changeCalls(ask) })

type Reads =
  | 'findVm'
  | 'findConfig'
  | 'findContainerConfig'
  | 'getConfig'
  | 'currentConfig'
  | 'pending'
  | 'hasFeature'

function readCalls(ask: Ask): Pick<Machines, Reads> {
  const { read } = verbsOf(ask)
  const config = async (node: string, vmid: number, current = false): Promise<VmConfig> => {
    const { digest, ...values } = await read(
      answers.Config,
      `Read the configuration of VM ${vmid}`,
      path`/nodes/${node}/qemu/${vmid}/config`,
      current ? { current: true } : {},
    )
    return { digest: String(digest ?? ''), values: toStrings(values) }
  }
  return {
    getConfig: (node, vmid) => config(node, vmid),
    currentConfig: (node, vmid) => config(node, vmid, true),
    findConfig: (node, vmid) => unlessMissing(config(node, vmid)),
    async findContainerConfig(node, vmid) {
      const what = `Read the configuration of container ${vmid}`
      const found = await unlessMissing(
        read(answers.Config, what, path`/nodes/${node}/lxc/${vmid}/config`),
      )
      if (!found) return null
      const { digest, ...values } = found
      return { digest: String(digest ?? ''), values: toStrings(values) }
    },
    async findVm(node, vmid) {
      const found = await unlessMissing(
        read(
          answers.Status,
          `Read the state of VM ${vmid}`,
          path`/nodes/${node}/qemu/${vmid}/status/current`,
        ),
      )
      return found && toStatus(vmid, found)
    },
    async pending(node, vmid) {
      const values = await read(
        answers.Pending,
        `Read what waits for a restart of VM ${vmid}`,
        path`/nodes/${node}/qemu/${vmid}/pending`,
      )
      return values.map(toPending)
    },
    async hasFeature(node, vmid, feature) {
      const found = await read(
        Feature,
        `Ask whether VM ${vmid} can ${feature}`,
        path`/nodes/${node}/qemu/${vmid}/feature`,
        { feature },
      )
      return found.hasFeature
    },
  }
}

const toStatus = (vmid: number, status: z.output<typeof answers.Status>): VmStatus => ({
  vmid,
  name: status.name ?? `VM ${vmid}`,
  running: status.status === 'running',
  lock: status.lock,
  template: status.template,
  uptimeS: status.uptime,
  pid: status.pid,
  cpuLoad: status.cpu,
  memoryUsedMib: Math.round(status.mem / 2 ** 20),
  ...(status.qmpstatus === 'io-error' ? { ioError: true } : {}),
})

/** One line of a list of pending values, in the driver's words. */
export const toPending = (value: z.output<typeof answers.Pending>[number]): PendingValue => ({
  key: value.key,
  value: value.value,
  pending: value.pending,
  remove: value.delete,
})

const toStrings = (values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [
        key,
        typeof value === 'boolean' ? (value ? '1' : '0') : String(value),
      ]),
  )

/** Allocating a disk on a slow storage happens within the call. */
const ALLOCATING = 3

function changeCalls(ask: Ask): Omit<Machines, Reads> {
  const { task } = verbsOf(ask)
  const config = (node: string, vmid: number, body: VmParams) =>
    ask(answers.Nothing, {
      method: 'PUT',
      path: path`/nodes/${node}/qemu/${vmid}/config`,
      what: `Change the configuration of VM ${vmid}`,
      body,
      patience: ALLOCATING,
    }).then(() => undefined)
  return {
    createVm: (node, vmid, params) =>
      task(`Create VM ${vmid}`, ['POST', path`/nodes/${node}/qemu`], { vmid, ...params }),
    cloneVm: (node, clone) =>
      task(
        `Clone ${clone.templateVmid} to ${clone.name} (VMID ${clone.vmid})`,
        ['POST', path`/nodes/${node}/qemu/${clone.templateVmid}/clone`],
        cloneParams(node, clone),
      ),
    setConfig: (node, vmid, { force, ...wanted }) =>
      config(node, vmid, { ...paramsOf(wanted), force }),
    setConfigTask: (node, vmid, wanted) =>
      ask(answers.MaybeTaskId, {
        method: 'POST',
        path: path`/nodes/${node}/qemu/${vmid}/config`,
        what: `Change the configuration of VM ${vmid}`,
        body: paramsOf(wanted),
      }),
    revertPending: (node, vmid, keys) => config(node, vmid, { revert: keys.join(',') }),
    setTags: (node, vmid, tags) =>
      config(node, vmid, tags.length > 0 ? { tags: tags.join(';') } : { delete: 'tags' }),
    makeTemplate: (node, vmid) =>
      ask(answers.MaybeTaskId, {
        method: 'POST',
        path: path`/nodes/${node}/qemu/${vmid}/template`,
        what: `Turn VM ${vmid} into a template`,
      }),
    deleteVm: (node, vmid, { purge } = {}) =>
      task(`Delete VM ${vmid}`, ['DELETE', path`/nodes/${node}/qemu/${vmid}`], {
        purge: purge || undefined,
      }),
  }
}

const cloneParams = (node: string, clone: CloneRequest): VmParams => ({
  newid: clone.vmid,
  name: clone.name,
  description: clone.description,
  full: !clone.linked,
  storage: clone.storage,
  target: clone.target === node ? undefined : clone.target,
  snapname: clone.snapshot,
  pool: clone.pool,
})

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

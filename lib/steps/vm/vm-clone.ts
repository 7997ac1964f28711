import type { StepArgs, VmRef } from '@/lib/plan/step'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { Proxmox, Upid } from '@/lib/proxmox/proxmox'
import type { StepContext, StepHandler } from '../handler'
import { waitUntil } from '../wait'
import { lookAt, takenElsewhere } from './our-vm'
import { runTask } from './run-task'

const CLONE_LIMIT_MS = 60 * 60_000

/**
 * A full clone whose marker is in the creating call. A target that is being cloned already, by an
 * attempt that was cut off before its note, is waited for and then judged by its marker.
 */
export const vmClone: StepHandler<StepArgs['vm.clone']> = {
  async check({ ref }, ctx) {
    const found = await lookAt(await ctx.proxmox(ref.at.connection), ref)
    return found.state === 'ours' && found.lock === null
  },

  async apply({ ref, templateVmid, templateNode, storage }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    await makeAtVmid(unlockingOnCopy(ctx), proxmox, ref, () =>
      proxmox.cloneVm(templateNode, {
        templateVmid,
        vmid: ref.vmid,
        name: ref.name,
        description: ref.marker,
        storage,
        target: ref.at.node,
      }),
    )
  },
}

/**
 * Proxmox holds the storage's lock while it allocates, not while it copies (facts, "Locks"): from
 * the first line about copied bytes on, the next clone may start.
 */
const unlockingOnCopy = (ctx: StepContext): StepContext => ({
  ...ctx,
  log(line, level) {
    if (/^transferred /.test(line)) ctx.unlock?.()
    ctx.log(line, level)
  },
})

/**
 * Makes a guest at a VMID that was free when it was planned. PVE itself is the reservation: it takes
 * each VMID of a cluster once and refuses the second call, so whoever loses looks what stands there
 * now. Ours, made by an attempt that was cut off, is waited for; anybody else's is
 * `proxmox.vmid-taken`, a container's or another node's as well.
 */
export async function makeAtVmid(
  ctx: StepContext,
  proxmox: Proxmox,
  ref: VmRef,
  make: () => Promise<Upid>,
  key?: string,
): Promise<void> {
  const start = async () => ((await madeMeanwhile(proxmox, ref, ctx)) ? null : make())
  try {
    await runTask(ctx, proxmox, start, key)
  } catch (error) {
    if (!lostRace(error)) throw error
    if (!(await madeMeanwhile(proxmox, ref, ctx))) throw await takenElsewhere(proxmox, ref, error)
  }
}

const lostRace = (error: unknown): error is ProxmoxError =>
  error instanceof ProxmoxError &&
  (error.code === 'proxmox.exists' || /config file already exists/.test(error.message))

/** Waits while something is being made at the VMID; true if in the end our VM stands there. */
async function madeMeanwhile(proxmox: Proxmox, ref: VmRef, ctx: StepContext): Promise<boolean> {
  const unsettled = async () => {
    const found = await lookAt(proxmox, ref)
    return found.state === 'making' || (found.state === 'ours' && found.lock !== null)
  }
  if (await unsettled()) {
    ctx.log(`VMID ${ref.vmid} is being made already; waiting for it instead of making it again.`)
    await waitUntil(async () => !(await unsettled()), {
      signal: ctx.signal,
      now: ctx.now,
      everyMs: 2000,
      timeoutMs: CLONE_LIMIT_MS,
      onTimeout: () =>
        new ProxmoxError(
          'proxmox.locked',
          `VMID ${ref.vmid} on ${ref.at.node} is still locked after an hour - if no task runs for it, unlock and delete it there (qm unlock ${ref.vmid}).`,
          { transient: false },
        ),
    })
  }
  return (await lookAt(proxmox, ref)).state === 'ours'
}

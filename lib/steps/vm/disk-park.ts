import type { StepArgs, VmRef } from '@/lib/plan/step'
import { type Drive, drivesOf, freeSlot } from '@/lib/proxmox/drive'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { Proxmox, VmConfig } from '@/lib/proxmox/proxmox'
import { FIXED } from '@/lib/proxmox/vm-spec'
import type { StepContext, StepHandler } from '../handler'
import { findOurs, getOurs } from './our-vm'
import { runTask } from './run-task'
import { makeAtVmid } from './vm-clone'

/** The drive of a VM that carries this serial. */
export const findBySerial = (config: VmConfig | null, serial: string): Drive | null =>
  (config && drivesOf(config.values).find((drive) => drive.serial === serial)) ?? null

/** The disk is with the holder, a VM that is never started and only owns disks. */
export const diskPark: StepHandler<StepArgs['disk.park']> = {
  async check({ holder, serial }, ctx) {
    const proxmox = await ctx.proxmox(holder.at.connection)
    return findBySerial(await findOurs(proxmox, holder), serial) !== null
  },
  async apply({ ref, holder, serial }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    await ensureHolder(proxmox, holder, ctx)
    const target = freeSlot((await getOurs(proxmox, holder)).values)
    if (target === null)
      throw new ProxmoxError(
        'proxmox.slot-taken',
        `${holder.name} holds 31 disks already - delete some of the parked ones.`,
      )
    await hand(proxmox, { from: ref, to: holder, serial, target }, ctx)
  },
}

/** The disk is with its VM again. */
export const diskUnpark: StepHandler<StepArgs['disk.unpark']> = {
  async check({ ref, serial }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    return findBySerial(await findOurs(proxmox, ref), serial) !== null
  },
  async apply({ ref, holder, serial, slot }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    const { values } = await getOurs(proxmox, ref)
    if (slot in values)
      throw new ProxmoxError(
        'proxmox.slot-taken',
        `${slot} of ${ref.name} holds ${values[slot]?.split(',')[0]} - the disk with serial ${serial} stays with ${holder.name} until it is free.`,
      )
    await hand(proxmox, { from: holder, to: ref, serial, target: slot }, ctx)
  },
}

/** A data disk is gone for good, together with what is on it. Only ever ticked by a person. */
export const diskDelete: StepHandler<StepArgs['disk.delete']> = {
  async check({ ref, serial }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    const config = await findOurs(proxmox, ref)
    // An attempt cut off in the middle may have left the volume detached; its note names it.
    const detached = Object.values(config?.values ?? {}).includes(ctx.notes.get('volume') ?? '')
    return findBySerial(config, serial) === null && !detached
  },
  async apply({ ref, serial }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    const config = await getOurs(proxmox, ref)
    const drive = findBySerial(config, serial)
    if (drive) {
      await ctx.notes.set('volume', drive.volume)
      ctx.log(`Deleting ${drive.volume} (${drive.sizeGib} GiB, serial ${serial})`)
      await proxmox.setConfig(ref.at.node, ref.vmid, {
        remove: [drive.slot],
        digest: config.digest,
        force: true,
      })
    }
    await deleteDetached(proxmox, ref, ctx.notes.get('volume'))
  },
}

/** Where `force` was not honoured the volume stands at `unusedN`; removing that key deletes it. */
async function deleteDetached(proxmox: Proxmox, ref: VmRef, volume: string | undefined) {
  const { values, digest } = await getOurs(proxmox, ref)
  const unused = Object.keys(values).filter(
    (key) => key.startsWith('unused') && values[key]?.split(',')[0] === volume,
  )
  if (unused.length > 0)
    await proxmox.setConfig(ref.at.node, ref.vmid, { remove: unused, digest, force: true })
}

async function hand(
  proxmox: Proxmox,
  { from, to, serial, target }: { from: VmRef; to: VmRef; serial: string; target: string },
  ctx: StepContext,
): Promise<void> {
  const drive = findBySerial(await getOurs(proxmox, from), serial)
  if (!drive)
    throw new ProxmoxError(
      'proxmox.disk-missing',
      `The disk with serial ${serial} is neither on ${from.name} nor on ${to.name} - look for it in Proxmox before anything is deleted.`,
    )
  ctx.log(`Handing ${drive.volume} (${drive.sizeGib} GiB) from ${from.name} to ${to.name}`)
  await runTask(ctx, proxmox, () =>
    proxmox.reassignDisk(from.at.node, from.vmid, drive.slot, { vmid: to.vmid, disk: target }),
  )
}

/** The holder: stopped for ever, without NIC, marked from its creating call on. */
async function ensureHolder(proxmox: Proxmox, holder: VmRef, ctx: StepContext): Promise<void> {
  const make = () =>
    proxmox.createVm(holder.at.node, holder.vmid, {
      ...FIXED,
      name: holder.name,
      description: holder.marker,
      memory: 16,
      onboot: false,
    })
  await makeAtVmid(ctx, proxmox, holder, make, 'holder')
}

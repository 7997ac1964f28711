import type { DiskSpec } from '@/lib/plan/observed'
import type { StepArgs, VmRef } from '@/lib/plan/step'
import { type Drive, drivesOf, newDrive, redrawnDrive } from '@/lib/proxmox/drive'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { StepContext, StepHandler } from '../handler'
import { findOurs, getOurs } from './our-vm'
import { runTask } from './run-task'

/**
 * The disks a VM should have are there, on their storage, at least as large, with their options.
 * Data disks are known by their serial. A disk that is not in the list is left alone: taking one
 * away is a step of its own.
 */
export const vmDisks: StepHandler<StepArgs['vm.disks']> = {
  async check({ ref, disks }, ctx) {
    const config = await findOurs(await ctx.proxmox(ref.at.connection), ref)
    if (!config) return false
    const drives = drivesOf(config.values)
    return disks.every((disk) => whatIsMissing(disk, drives) === null)
  },

  async apply({ ref, disks }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    for (const disk of disks) await ensureDisk(proxmox, ref, disk, ctx)
  },
}

type Lack =
  | { kind: 'disk' }
  | { kind: 'storage'; drive: Drive }
  | { kind: 'size'; drive: Drive }
  | { kind: 'options'; drive: Drive }

/** The first thing that keeps a disk from being as wanted, null if nothing does. */
function whatIsMissing(disk: DiskSpec, drives: readonly Drive[]): Lack | null {
  const drive = findDrive(disk, drives)
  if (!drive) return { kind: 'disk' }
  if (drive.storage !== disk.storage) return { kind: 'storage', drive }
  if (drive.sizeGib < disk.sizeGib) return { kind: 'size', drive }
  const same =
    drive.discard === disk.discard && drive.ssd === disk.ssd && drive.iothread === disk.iothread
  return same ? null : { kind: 'options', drive }
}

/** A data disk by its serial wherever it stands, a system disk by its slot. */
const findDrive = (disk: DiskSpec, drives: readonly Drive[]) =>
  disk.serial === null
    ? drives.find(({ slot }) => slot === disk.slot)
    : drives.find(({ serial }) => serial === disk.serial)

async function ensureDisk(proxmox: Proxmox, ref: VmRef, disk: DiskSpec, ctx: StepContext) {
  // Each round mends one thing and looks again; there are four.
  for (let round = 0; round < 5; round++) {
    const config = await getOurs(proxmox, ref)
    const drives = drivesOf(config.values)
    const lack = whatIsMissing(disk, drives)
    if (lack === null) return refuseShrink(ref, disk, findDrive(disk, drives))
    ctx.log(`${disk.slot}: ${describe(lack, disk)}`)
    await mend(proxmox, ref, disk, lack, config, ctx)
  }
}

const describe = (lack: Lack, disk: DiskSpec): string => {
  if (lack.kind === 'disk') return `new disk of ${disk.sizeGib} GiB on ${disk.storage}`
  if (lack.kind === 'storage') return `move from ${lack.drive.storage} to ${disk.storage}`
  if (lack.kind === 'size') return `grow from ${lack.drive.sizeGib} to ${disk.sizeGib} GiB`
  return 'set its options'
}

async function mend(
  proxmox: Proxmox,
  ref: VmRef,
  disk: DiskSpec,
  lack: Lack,
  config: { digest: string; values: Record<string, string> },
  ctx: StepContext,
): Promise<void> {
  const { node } = ref.at
  const set = (value: string, slot: string) =>
    proxmox.setConfig(node, ref.vmid, { set: { [slot]: value }, digest: config.digest })
  switch (lack.kind) {
    case 'disk':
      if (disk.slot in config.values) throw slotTaken(ref, disk, config.values[disk.slot] ?? '')
      return set(newDrive(disk), disk.slot)
    case 'storage':
      return runTask(
        ctx,
        proxmox,
        () => proxmox.moveDisk(node, ref.vmid, lack.drive.slot, disk.storage),
        `move:${disk.slot}`,
      )
    case 'size':
      return runTask(
        ctx,
        proxmox,
        () => proxmox.resizeDisk(node, ref.vmid, lack.drive.slot, disk.sizeGib),
        `resize:${disk.slot}`,
      )
    case 'options':
      return set(redrawnDrive(disk, config.values[lack.drive.slot] ?? ''), lack.drive.slot)
  }
}

const slotTaken = (ref: VmRef, disk: DiskSpec, line: string) =>
  new ProxmoxError(
    'proxmox.slot-taken',
    `${disk.slot} of ${ref.name} holds another disk (${line.split(',')[0]}) - remove it in Proxmox or give the disk another place in the document.`,
  )

/** PVE cannot shrink, and it would lose data if it could. The plan says so first; this is the last line. */
function refuseShrink(ref: VmRef, disk: DiskSpec, drive: Drive | undefined): void {
  if (drive && drive.sizeGib > disk.sizeGib && disk.kind === 'data')
    throw new ProxmoxError(
      'proxmox.disk-shrink',
      `${disk.slot} of ${ref.name} has ${drive.sizeGib} GiB and cannot shrink to ${disk.sizeGib} - write at least its present size.`,
    )
}

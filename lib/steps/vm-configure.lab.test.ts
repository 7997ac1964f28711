import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { VmSpec } from '@/lib/plan/observed'
import { spec } from '@/lib/proxmox/testing/arbitrary-spec'
import { fromConfig } from '@/lib/proxmox/vm-spec'
import { type LabSteps, refOf, startLabSteps } from './testing/lab-steps'

let home: LabSteps
const ref = refOf('any', 230)

beforeAll(async () => {
  home = await startLabSteps()
  const upid = await home.proxmox.createVm('pve1', ref.vmid, {
    name: 'any',
    description: ref.marker,
  })
  await home.proxmox.waitForTask(upid, { signal: AbortSignal.timeout(30_000) })
})
afterAll(() => home.close())

/** What this Proxmox has: one bridge, one storage for disks; small disks, as the pool is finite. */
const fitting = (wanted: VmSpec): VmSpec => ({
  ...wanted,
  balloonMib: Math.min(wanted.balloonMib, wanted.memoryMib),
  nics: wanted.nics.map((nic) => ({ ...nic, bridge: 'vmbr0' })),
  disks: [],
})

test('any VM of a document, configured and read back, is that VM, whatever it was before', async () => {
  await fc.assert(
    fc.asyncProperty(spec, async (any) => {
      const wanted = fitting(any)
      await home.perform('vm.configure', { ref, spec: wanted, seedVolume: null })
      const { values } = await home.proxmox.getConfig('pve1', ref.vmid)
      expect(fromConfig(values)).toEqual({ ...wanted, disks: [] })
      const again = await home.perform('vm.configure', { ref, spec: wanted, seedVolume: null })
      expect(again).toEqual({ changed: false })
    }),
    { numRuns: 25, seed: 7 },
  )
})

test('any disks, added and read back, are those disks, and their options can change', async () => {
  await fc.assert(
    fc.asyncProperty(spec, fc.infiniteStream(fc.boolean()), async (any, flips) => {
      const { values } = await home.proxmox.getConfig('pve1', ref.vmid)
      const remove = Object.keys(values).filter((key) => /^(scsi|unused)\d+$/.test(key))
      await home.perform('vm.unprotect', { ref })
      await home.proxmox.setConfig('pve1', ref.vmid, { remove, force: true })
      const disks = any.disks.map((disk) => ({
        ...disk,
        storage: 'local-lvm',
        sizeGib: 1 + (disk.sizeGib % 3),
      }))
      for (const wanted of [
        disks,
        disks.map((disk) => ({ ...disk, ssd: flips.next().value, sizeGib: disk.sizeGib + 1 })),
      ]) {
        await home.perform('vm.disks', { ref, disks: wanted })
        const after = await home.proxmox.getConfig('pve1', ref.vmid)
        expect(fromConfig(after.values).disks).toEqual(wanted)
      }
    }),
    { numRuns: 8, seed: 7 },
  )
})

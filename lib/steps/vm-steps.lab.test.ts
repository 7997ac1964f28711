import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedVolume } from '@/lib/plan/seed-volume'
import { ProxmoxError } from '@/lib/proxmox/errors'
import { fromConfig } from '@/lib/proxmox/vm-spec'
import {
  AT,
  dataDisk,
  type LabSteps,
  refOf,
  seedOf,
  specOf,
  startLabSteps,
  systemDisk,
} from './testing/lab-steps'

const MAC = 'BC:24:11:0A:00:01'
const template = refOf('jammy', 9000, 'templates')
const image = {
  at: AT,
  storage: 'local',
  file: 'jammy.qcow2',
  url: 'https://cloud-images.example/jammy.img',
  sha256: null,
}
let home: LabSteps

beforeAll(async () => {
  home = await startLabSteps()
  await bakeTemplate()
})
afterAll(() => home.close())

async function bakeTemplate() {
  await home.perform('image.download', image)
  await home.perform('template.create', {
    ref: template,
    storage: 'local-lvm',
    image: 'local:import/jammy.qcow2',
    seedStorage: 'local',
    topologyId: 't1',
    seed: { ...seedOf('template-jammy', 'BC:24:11:0A:00:FF'), packages: ['qemu-guest-agent'] },
    bridge: 'vmbr0',
    tag: 20,
  })
  await home.perform('template.bake', { ref: template })
  await home.perform('template.seal', { ref: template, seedStorage: 'local', specHash: 'abc123' })
}

const clone = (ref: ReturnType<typeof refOf>, notes = new Map<string, string>()) =>
  home.perform(
    'vm.clone',
    { ref, templateVmid: 9000, templateNode: 'pve1', storage: 'local-lvm' },
    { notes },
  )
const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProxmoxError)) throw error ?? new Error('it did not throw')
  return error.code
}
const values = async (vmid: number) => (await home.proxmox.getConfig('pve1', vmid)).values

test('a template is sealed: marked, without seed, and says what it was made from', async () => {
  const config = await values(9000)
  expect(config.template).toBe('1')
  expect(config.description).toContain('drawbridge:p1/t1/templates/jammy')
  expect(config.description).toContain('spec:abc123')
  expect(config.ide2).toBeUndefined()
  expect(await home.proxmox.content('pve1', 'local', 'iso')).toEqual([])
})

test('carried out again, every step of the template finds its outcome there', async () => {
  const again = await Promise.all([
    home.perform('image.download', image),
    home.perform('template.bake', { ref: template }),
    home.perform('template.seal', { ref: template, seedStorage: 'local', specHash: 'abc123' }),
  ])
  expect(again.map(({ changed }) => changed)).toEqual([false, false, false])
})

test('a VM goes from nothing to running as wanted, and nothing is left to do', async () => {
  const ref = refOf('worker-1', 211)
  const seed = seedOf('worker-1', MAC)
  const disks = [systemDisk(32), dataDisk('scsi1', 't1-worker-1-data', 20)]
  const spec = specOf('worker-1', MAC, { disks })
  const notes = new Map<string, string>()
  await home.perform('seed.upload', { ref, topologyId: 't1', storage: 'local', seed }, { notes })
  await clone(ref)
  await home.perform('vm.configure', { ref, spec, seedVolume: seedVolume('local', ref) })
  await home.perform('vm.disks', { ref, disks })
  await home.perform('vm.start', { ref })

  const config = await values(211)
  expect(fromConfig(config)).toEqual(spec)
  expect(config.description?.trim()).toBe(ref.marker)
  expect(config.ide2).toContain('drawbridge-seed-211.iso')
  expect((await home.proxmox.findVm('pve1', 211))?.running).toBe(true)
  expect([...home.secrets.keys()].toSorted()).toEqual([
    't/t1/ssh-user-key',
    't/t1/vms/worker-1/ssh-host-key',
  ])

  expect(await home.perform('vm.configure', { ref, spec, seedVolume: null })).toEqual({
    changed: false,
  })
  expect(await home.perform('vm.disks', { ref, disks })).toEqual({ changed: false })
  expect(await home.perform('vm.start', { ref })).toEqual({ changed: false })
  expect(await clone(ref)).toEqual({ changed: false })

  await home.perform('seed.remove', { ref, storage: 'local' })
  expect((await values(211)).ide2).toBe('none,media=cdrom')
  expect(await home.proxmox.pending('pve1', 211)).not.toContainEqual(
    expect.objectContaining({ key: 'ide2', pending: expect.anything() }),
  )
  expect(await home.proxmox.content('pve1', 'local', 'iso')).toEqual([])
})

test('a running VM takes a new size only at a restart, which gives it another process', async () => {
  const ref = refOf('worker-2', 212)
  await clone(ref)
  const before = specOf('worker-2', 'BC:24:11:0A:00:02')
  await home.perform('vm.configure', { ref, spec: before, seedVolume: null })
  await home.perform('vm.disks', { ref, disks: before.disks })
  await home.perform('vm.start', { ref })

  const spec = { ...before, memoryMib: 8192, cpus: 4 }
  await home.perform('vm.configure', { ref, spec, seedVolume: null })
  const waiting = (await home.proxmox.pending('pve1', 212)).filter(
    ({ pending }) => pending !== null,
  )
  expect(waiting.map(({ key }) => key).toSorted()).toEqual(['cores', 'memory'])
  await home.perform('vm.restart', { ref, why: 'memory takes effect at a restart' })
  const left = (await home.proxmox.pending('pve1', 212)).filter(({ pending }) => pending !== null)
  expect(left).toEqual([])
  expect(fromConfig(await values(212))).toEqual(spec)
})

test('a stranger at a VMID stops every step that would touch it', async () => {
  const stranger = refOf('mine', 101)
  const before = await home.proxmox.getConfig('pve1', 101)
  expect(await codeOf(clone(stranger))).toBe('proxmox.vmid-taken')
  expect(await codeOf(home.perform('vm.start', { ref: stranger }))).toBe('proxmox.vmid-taken')
  expect(
    await codeOf(
      home.perform('vm.configure', { ref: stranger, spec: specOf('mine', MAC), seedVolume: null }),
    ),
  ).toBe('proxmox.vmid-taken')
  expect(await codeOf(home.perform('vm.disks', { ref: stranger, disks: [] }))).toBe(
    'proxmox.vmid-taken',
  )
  expect(await codeOf(home.perform('vm.unprotect', { ref: stranger }))).toBe('proxmox.vmid-taken')
  // What these two want, that ours is not there, holds already.
  expect(await home.perform('vm.delete', { ref: stranger })).toEqual({ changed: false })
  expect(await home.perform('vm.stop', { ref: stranger, graceS: 0 })).toEqual({ changed: false })
  expect(await home.proxmox.getConfig('pve1', 101)).toEqual(before)
})

/** Clone tasks that Proxmox ever ran: its list names the source, not the target. */
const clones = async () =>
  (await home.proxmox.listTasks('pve1')).filter(({ type }) => type === 'qmclone').length

test('killed between the call and its note, it waits for the clone it started and does not clone again', async () => {
  const slow = await startLabSteps(60)
  const { proxmox, lines } = slow
  const source = { name: 'source', description: refOf('source', 9001).marker, scsi0: 'local-lvm:8' }
  const signal = AbortSignal.timeout(30_000)
  await proxmox.waitForTask(await proxmox.createVm('pve1', 9001, source), { signal })

  const ref = refOf('cut-off', 213)
  const from = { templateVmid: 9001, storage: 'local-lvm' }
  const call = { ...from, vmid: 213, name: 'cut-off', description: ref.marker }
  await proxmox.cloneVm('pve1', call)
  const { changed } = await slow.perform('vm.clone', { ref, ...from, templateNode: 'pve1' })

  expect(changed).toBe(true)
  expect(lines).toEqual([expect.stringContaining('is being made already')])
  const { values } = await proxmox.getConfig('pve1', 213)
  expect([values.description?.trim(), values.lock]).toEqual([ref.marker, undefined])
  const tasks = await proxmox.listTasks('pve1')
  expect(tasks.filter(({ type }) => type === 'qmclone')).toHaveLength(1)
  await slow.close()
})

test('killed after the note, it waits for the task of the note', async () => {
  const ref = refOf('noted', 214)
  const before = await clones()
  const upid = await home.proxmox.cloneVm('pve1', {
    templateVmid: 9000,
    vmid: 214,
    name: 'noted',
    description: ref.marker,
    storage: 'local-lvm',
  })
  await clone(ref, new Map([['upid', upid]]))
  expect((await values(214)).description?.trim()).toBe(ref.marker)
  expect(await clones()).toBe(before + 1)
})

test('two attempts at once, as when a lease was lost, end in one VM', async () => {
  const ref = refOf('twice', 215)
  await Promise.all([clone(ref), clone(ref)])
  expect((await values(215)).description?.trim()).toBe(ref.marker)
})

test('a VM with a data disk is not deleted; parked, its disk outlives it and comes back', async () => {
  const ref = refOf('nfs', 216)
  const holder = refOf('pve1', 9900, 'holders')
  const disks = [systemDisk(16), dataDisk('scsi1', 't1-nfs-data', 50)]
  const build = async () => {
    await clone(ref)
    await home.perform('vm.configure', {
      ref,
      spec: specOf('nfs', 'BC:24:11:0A:00:06', { disks }),
      seedVolume: null,
    })
  }
  await build()
  await home.perform('vm.disks', { ref, disks })
  expect(await codeOf(home.perform('vm.delete', { ref }))).toBe('proxmox.data-disk-attached')

  const serial = 't1-nfs-data'
  await home.perform('disk.park', { ref, holder, serial })
  expect(fromConfig(await values(9900)).disks).toMatchObject([{ serial, sizeGib: 50 }])
  expect(Object.keys(await values(9900)).filter((key) => key.startsWith('net'))).toEqual([])
  expect(await home.perform('disk.park', { ref, holder, serial })).toEqual({ changed: false })
  await home.perform('vm.delete', { ref })
  expect(await home.proxmox.findVm('pve1', 216)).toBeNull()

  await build()
  await home.perform('disk.unpark', { ref, holder, serial, slot: 'scsi1' })
  expect(await home.perform('vm.disks', { ref, disks })).toEqual({ changed: true })
  expect(fromConfig(await values(216)).disks).toEqual(disks)

  await home.perform('disk.delete', { ref, serial })
  expect(fromConfig(await values(216)).disks).toEqual([disks[0]])
  expect(Object.keys(await values(216)).filter((key) => key.startsWith('unused'))).toEqual([])

  // Added by hand in Proxmox, without a serial.
  await home.proxmox.setConfig('pve1', 216, { set: { scsi5: 'local-lvm:5' } })
  expect(await codeOf(home.perform('vm.delete', { ref }))).toBe('proxmox.data-disk-attached')
  await home.proxmox.setConfig('pve1', 216, { remove: ['scsi5'], force: true })
  await home.proxmox.setConfig('pve1', 216, { remove: ['unused0'], force: true })
  await home.perform('vm.delete', { ref })
})

test('a VM whose notes say that it was taken over is deleted by nobody', async () => {
  const ref = refOf('theirs', 218)
  await clone(ref)
  await home.proxmox.setConfig('pve1', 218, {
    set: { description: `mine\n${ref.marker} taken over` },
  })
  expect(await codeOf(home.perform('vm.delete', { ref }))).toBe('proxmox.not-ours')
  expect(await home.proxmox.findVm('pve1', 218)).not.toBeNull()
})

test('protection is lifted by its own step before a VM can be deleted', async () => {
  const ref = refOf('guarded', 217)
  await clone(ref)
  await home.perform('vm.configure', {
    ref,
    spec: specOf('guarded', 'BC:24:11:0A:00:07', { protection: true }),
    seedVolume: null,
  })
  await expect(home.perform('vm.delete', { ref })).rejects.toThrow(/protect/i)
  await home.perform('vm.unprotect', { ref })
  await home.perform('vm.delete', { ref })
  expect(await home.proxmox.findVm('pve1', 217)).toBeNull()
})

test('two jobs that took one VMID end in one VM and one clear refusal, and a stranger keeps his', async () => {
  const [ours, theirs] = [refOf('ours', 216), refOf('theirs', 216)]
  const ends = await Promise.allSettled([clone(ours), clone(theirs)])
  const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  expect(lost).toEqual([expect.objectContaining({ code: 'proxmox.vmid-taken', transient: false })])
  const winner = ends[0].status === 'fulfilled' ? ours : theirs
  expect((await values(216)).description?.trim()).toBe(winner.marker)
})

test('a container that took the VMID in between is named, by a clone and by a template', async () => {
  const ref = refOf('late', 100)
  const from = { templateVmid: 9000, templateNode: 'pve1', storage: 'local-lvm' }
  await expect(home.perform('vm.clone', { ref, ...from })).rejects.toMatchObject({
    code: 'proxmox.vmid-taken',
    message: expect.stringMatching(/^VMID 100 belongs to container home-assistant on pve1/),
  })
  const create = home.perform('template.create', {
    ...{ ref, storage: 'local-lvm', image: 'local:import/jammy.qcow2', seedStorage: 'local' },
    ...{ topologyId: 't1', bridge: 'vmbr0', tag: 20 },
    seed: { ...seedOf('late', 'BC:24:11:0A:00:FE'), packages: [] },
  })
  expect(await codeOf(create)).toBe('proxmox.vmid-taken')
})

import { expect, test } from 'vitest'
import { Admission } from './admission'
import { allocatedOn, claimsAt, storagesOf, TASKS_PER_NODE } from './admission-claims'

/** Names of those who are in, in the order in which they were let in. */
function room() {
  const admission = new Admission()
  const inside: string[] = []
  const enter = async (name: string, locks: string[], shared: string[] = [], at = 'pve1') => {
    const hold = await admission.enter(claimsAt(at, locks, shared))
    inside.push(name)
    return hold
  }
  return { admission, inside, enter, settle: () => new Promise((done) => setImmediate(done)) }
}

test('clones of one template share it and queue for the storage until the copying begins', async () => {
  const { inside, enter, settle } = room()
  const [first, second] = [
    enter('a', ['storage:pve1/lvm', 'guest:1'], ['guest:9000']),
    enter('b', ['storage:pve1/lvm', 'guest:2'], ['guest:9000']),
  ]
  void enter('other storage', ['storage:pve1/zfs', 'guest:3'], ['guest:9000'])
  await settle()
  expect(inside).toEqual(['a', 'other storage'])
  ;(await first).release((lock) => lock.startsWith('storage:'))
  await second
  expect(inside).toEqual(['a', 'other storage', 'b'])
  // The template itself is had by nobody else until all of them are done.
  void enter('change the template', ['guest:9000'])
  await settle()
  expect(inside).not.toContain('change the template')
})

test('who waits longest comes first, also before those who only share', async () => {
  const { inside, enter, settle } = room()
  const reader = await enter('reader', [], ['t'])
  const writer = enter('writer', ['t'])
  void enter('late reader', [], ['t'])
  await settle()
  expect(inside).toEqual(['reader'])
  reader.leave()
  await writer
  expect(inside).toEqual(['reader', 'writer'])
  ;(await writer).leave()
  await settle()
  expect(inside).toEqual(['reader', 'writer', 'late reader'])
})

test('one node has so many tasks at once, and another node waits for none of them', async () => {
  const { inside, enter, settle } = room()
  const holds = await Promise.all(
    Array.from({ length: TASKS_PER_NODE }, (_, i) => enter(`n${i}`, [`guest:${i}`])),
  )
  void enter('one more', ['guest:77'])
  void enter('elsewhere', ['guest:78'], [], 'pve2')
  await settle()
  expect(inside).toContain('elsewhere')
  expect(inside).not.toContain('one more')
  holds[0]?.leave()
  holds[0]?.leave()
  await settle()
  expect(inside).toContain('one more')
  void enter('two more', ['guest:79'])
  await settle()
  expect(inside).not.toContain('two more')
})

test('whoever is cancelled while waiting leaves the queue and keeps nobody waiting', async () => {
  const { admission, inside, enter, settle } = room()
  const first = await enter('first', ['x'])
  const gaveUp = new Error('cancelled')
  const controller = new AbortController()
  const waiting = admission.enter(claimsAt('pve1', ['x', 'y']), controller.signal)
  const third = enter('third', ['y'])
  await settle()
  expect(inside).toEqual(['first'])
  controller.abort(gaveUp)
  await expect(waiting).rejects.toBe(gaveUp)
  await third
  expect(admission.waiting).toBe(0)
  first.leave()
  await expect(admission.enter(claimsAt('pve1', []), AbortSignal.abort(gaveUp))).rejects.toBe(
    gaveUp,
  )
})

test('the hold of a task that nobody waits for lapses', async () => {
  const { admission, enter } = room()
  admission.keep('UPID:x', await enter('a', ['x']), 5)
  await enter('b', ['x'])
  expect(admission.take('UPID:x')).toBeNull()
})

test('storages are read from what is allocated and from what is there', () => {
  expect(
    allocatedOn({
      scsi0: 'local-lvm:32,discard=on',
      scsi1: 'nfs:0,import-from=local:import/debian.qcow2',
      ide2: 'local-lvm:cloudinit',
      sata0: 'local:iso/seed.iso,media=cdrom',
      efidisk0: 'zfs:1,efitype=4m',
      scsi2: 'local-lvm:vm-211-disk-0,size=32G',
      net0: 'virtio,bridge=vmbr0',
    }),
  ).toEqual(['local-lvm', 'nfs', 'zfs'])
  expect(
    storagesOf({
      scsi0: 'local-lvm:vm-1-disk-0,size=1G',
      unused0: 'old:vm-1-disk-1',
      ide2: 'none,media=cdrom',
      memory: '512',
    }),
  ).toEqual(['local-lvm', 'old'])
})

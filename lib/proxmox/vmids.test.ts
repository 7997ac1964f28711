import { expect, test } from 'vitest'
import type { StubAnswer, StubRequest } from './testing/pve-stub'
import { against } from './testing/stubbed'
import { VmidReservations } from './vmids'

/** Guests 200 and 201 are listed; 202 is there already, but not in the list yet. */
const guests = ({ path, query }: StubRequest): StubAnswer => {
  if (path === '/cluster/resources')
    return {
      body: {
        data: [200, 201].map((vmid) => ({ id: `qemu/${vmid}`, type: 'qemu', vmid, node: 'pve1' })),
      },
    }
  const vmid = query.get('vmid')
  if (vmid === '202')
    return {
      status: 400,
      reason: 'Parameter verification failed.',
      body: { data: null, errors: { vmid: 'VM 202 already exists' } },
    }
  return { body: { data: vmid } }
}

test('two who ask at once get two VMIDs, neither a guest of the cluster', async () => {
  const { proxmox } = await against(guests)
  const reservations = new VmidReservations()
  const ask = () =>
    reservations.reserve(proxmox.cluster, { from: 200, to: 210, taken: new Set([204]) })
  expect((await Promise.all([ask(), ask(), ask()])).toSorted()).toEqual([203, 205, 206])
  reservations.release(203)
  expect(await ask()).toBe(203)
})

test('a range without room is a sentence, and holds nothing', async () => {
  const { proxmox } = await against(guests)
  const reservations = new VmidReservations()
  await expect(reservations.reserve(proxmox.cluster, { from: 200, to: 202 })).rejects.toMatchObject(
    { code: 'proxmox.no-vmid' },
  )
  expect(reservations.hold(202)).toBe(true)
  expect(reservations.hold(202)).toBe(false)
})

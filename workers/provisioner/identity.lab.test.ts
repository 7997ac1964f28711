import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityId } from '@/lib/base/identity'
import { getConnection } from '@/lib/db/connections'
import { startErrand } from '@/lib/db/errands'
import { acceptIdentity, listChanges, refuseChanged } from '@/lib/db/identities'
import { atTheBox } from '@/lib/db/who'
import type { Fault } from '@/lib/lab/faults'
import { sh } from '@/lib/ssh/shell'
import {
  addTopology,
  carryOut,
  enqueue,
  type Homelab,
  mustPlan,
  startHomelab,
  waitForEnd,
} from './testing/homelab'
import { TWO_VMS } from './testing/two-vms'

let home: Homelab
let topologyId: string
const actor = atTheBox('alfred')
const CONNECTION = identityId.certificate('lab')

beforeAll(async () => {
  home = await startHomelab({ speed: 2000 })
  topologyId = await addTopology(home, TWO_VMS)
  await carryOut(home, topologyId, { kind: 'deploy' })
}, 180_000)
afterAll(() => home.close())

type Wish = Fault extends infer F ? (F extends Fault ? Omit<F, 'id'> : never) : never
/** The lab shows what follows from a change one turn of its event loop later. */
const change = async (faults: (before: Fault[]) => Fault[]) => {
  home.lab.engine.change((lab) => {
    lab.state.faults = faults(lab.state.faults)
  })
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
const provoke = (fault: Wish) =>
  change((before) => [...before, { ...fault, id: 'provoked' } as Fault])
const mend = () => change(() => [])
const test_ = async () => {
  const id = await startErrand(home.db, { test: 'lab' }, { actor, now: Date.now() })
  home.provisioner.wake()
  return waitForEnd(home, id)
}
const audited = async (action: string) =>
  (await home.db.auditEntry.findMany({ where: { action }, orderBy: { seq: 'asc' } })).map(
    ({ actorName, via, outcome, objectId, beforeJson, afterJson }) => ({
      ...{ actorName, via, outcome, objectId },
      before: JSON.parse(beforeJson ?? 'null'),
      after: JSON.parse(afterJson ?? 'null'),
    }),
  )

test('a certificate that changes under a running job stops it at once, with both fingerprints', async () => {
  const { fingerprint } = await getConnection(home.db, 'lab')
  // A job that takes long: every task of it would go on for minutes.
  home.lab.engine.change((lab) => lab.state.faults.push({ id: 'slow', kind: 'slow', factor: 5000 }))
  const plan = await mustPlan(home, topologyId, { kind: 'restart', vm: 'web' })
  const before = home.lab.engine.state.record.requests
  const jobId = await enqueue(home, topologyId, plan)
  await expect
    .poll(() => home.lab.engine.state.record.requests, { timeout: 20_000 })
    .toBeGreaterThan(before + 3)
  await provoke({ kind: 'other-certificate' })
  const state = await waitForEnd(home, jobId)
  expect(state).toMatchObject({ status: 'failed', error: { code: 'identity.changed' } })
  expect(state.error?.message).toContain(fingerprint)

  const [change, ...more] = await listChanges(home.db)
  expect(more).toEqual([])
  expect(change).toMatchObject({
    ...{ id: CONNECTION, kind: 'certificate', connectionId: 'lab', expected: fingerprint },
    seenAt: expect.any(Number),
  })
  expect(change?.offered).not.toBe(fingerprint)
  expect(state.error?.message).toContain(change?.offered)
  expect(await audited('identity.changed')).toMatchObject([
    {
      ...{ via: 'provisioner', outcome: 'refused', objectId: CONNECTION },
      before: { fingerprint },
      after: { fingerprint: change?.offered },
    },
  ])
})

test('from then on nothing of that connection is begun, and not one request reaches the stranger', async () => {
  const before = home.lab.engine.state.record.requests
  await expect(refuseChanged(home.db, topologyId)).rejects.toMatchObject({
    ...{ status: 409, code: 'identity.changed' },
  })
  await expect(
    startErrand(home.db, { refresh: topologyId }, { actor, now: Date.now() }),
  ).rejects.toMatchObject({ code: 'identity.changed' })
  await expect(home.shop.reach.proxmox('lab')).rejects.toMatchObject({ code: 'identity.changed' })
  const tested = await test_()
  expect(tested).toMatchObject({ status: 'failed', error: { code: 'identity.changed' } })
  expect(home.lab.engine.state.record.requests).toBe(before)
})

test('the accepted certificate may come back by itself: a test sees it and all goes on', async () => {
  await mend()
  expect(await test_()).toMatchObject({ status: 'succeeded', error: null })
  expect(await listChanges(home.db)).toEqual([])
  await refuseChanged(home.db, topologyId)
})

test('an admin who compared it accepts the new one; both are in the audit log; a job runs again', async () => {
  const { fingerprint } = await getConnection(home.db, 'lab')
  await provoke({ kind: 'other-certificate' })
  expect(await test_()).toMatchObject({ status: 'failed' })
  const [change] = await listChanges(home.db)
  const offered = change?.offered ?? ''
  const how = { actor, now: Date.now() }
  await expect(
    acceptIdentity(home.db, { id: CONNECTION, offered: 'AA:BB' }, how),
  ).rejects.toMatchObject({ code: 'identity.other-again' })
  await acceptIdentity(home.db, { id: CONNECTION, offered }, how)
  expect((await getConnection(home.db, 'lab')).fingerprint).toBe(offered)
  expect(await audited('identity.accept')).toMatchObject([
    { actorName: actor.name, before: { fingerprint }, after: { fingerprint: offered } },
  ])
  expect(await test_()).toMatchObject({ status: 'succeeded' })
  await carryOut(home, topologyId, { kind: 'restart', vm: 'app' })
  // The job that was stopped in its middle may have left it off.
  await carryOut(home, topologyId, { kind: 'restart', vm: 'web' })
})

test('a certificate that changes while a job looks around is told as that, not as machines that cannot be seen', async () => {
  const plan = await mustPlan(home, topologyId, { kind: 'restart', vm: 'web' })
  const { fingerprint } = await getConnection(home.db, 'lab')
  // The look of a job begins after it was let through: from then on the first one answers,
  // which is a stranger since the other was accepted.
  const refuse = home.shop.identities.mustBe
  let passed = 0
  home.shop.identities.mustBe = async (...given) => {
    await refuse(...given)
    if (given[0] === CONNECTION && passed++ === 0) await mend()
  }
  const state = await waitForEnd(home, await enqueue(home, topologyId, plan))
  home.shop.identities.mustBe = refuse
  expect(passed).toBeGreaterThan(0)
  expect(state).toMatchObject({ status: 'failed', error: { code: 'identity.changed' } })
  expect(state.error?.message).toContain(fingerprint)
  await provoke({ kind: 'other-certificate' })
  expect(await test_()).toMatchObject({ status: 'succeeded' })
})

/** A session of its own, as a job has it: nothing that is connected already. */
const ask = async (vm: string) => {
  const { topology, context } = await lookAround()
  const nic = Object.values(topology.vms?.[vm]?.nics ?? {})[0]
  const ref = {
    ...{ topologyId: context.topologyId, vm, name: vm, connection: 'lab' },
    ...{ address: nic?.address ?? '', user: 'drawbridge' },
  }
  return (await home.shop.reach.guest(ref)).must(sh`hostname`)
}
const lookAround = async () => {
  const { lookAt } = await import('./looking')
  return lookAt(home.shop, topologyId, { signal: AbortSignal.timeout(60_000) })
}
const vmidOf = (name: string) =>
  Object.values(home.lab.engine.state.vms).find((vm) => vm.config.name === name)?.vmid ?? 0

test('a VM with another host key is refused until it is accepted on its page, and a rebuild pins the own one again', async () => {
  await mend()
  await acceptBack()
  expect(await ask('web')).toContain('web')
  await provoke({ kind: 'other-host-key', vmid: vmidOf('web') })
  await expect
    .poll(() => ask('web').catch((error: unknown) => error))
    .toMatchObject({
      ...{ code: 'identity.changed', transient: false },
    })
  const id = identityId.vm(topologyId, 'web')
  await home.shop.identities.settled()
  const [change] = await listChanges(home.db)
  expect(change).toMatchObject({ id, kind: 'vm', topologyId, objectId: 'web' })
  // The other VM and the Proxmox are who they were.
  expect(await ask('app')).toContain('app')
  await refuseChanged(home.db, topologyId)

  await acceptIdentity(home.db, { id, offered: change?.offered ?? '' }, { actor, now: Date.now() })
  expect(await ask('web')).toContain('web')

  // As after a rebuild from the panel's own seed: the key that it made is shown again.
  await mend()
  await expect.poll(() => ask('web').catch(() => null)).toContain('web')
  await home.shop.identities.settled()
  expect(await audited('identity.repin')).toMatchObject([{ via: 'provisioner', objectId: id }])
  expect(await listChanges(home.db)).toEqual([])
})

async function acceptBack() {
  await test_()
  const [change] = await listChanges(home.db)
  if (!change?.offered) return
  await acceptIdentity(
    home.db,
    { id: change.id, offered: change.offered },
    { actor, now: Date.now() },
  )
  expect(await test_()).toMatchObject({ status: 'succeeded' })
}

import { afterAll, beforeAll, expect, test } from 'vitest'
import { readEvents } from '@/lib/db/journal'
import { findObserved } from '@/lib/db/observations'
import { findRevision, saveRevision, toStored } from '@/lib/db/revisions'
import { atTheBox } from '@/lib/db/who'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { rewriteText } from '@/lib/topology/rewrite'
import {
  addTopology,
  carryOut,
  enqueue,
  type Homelab,
  mustPlan,
  startHomelab,
  waitForEnd,
  whatFailed,
} from './testing/homelab'

/** A change that restarts the whole control plane of a running cluster. */
let home: Homelab
let topologyId: string

beforeAll(async () => {
  home = await startHomelab({ speed: 150 })
  // Add-ons and workers play no part in it.
  const small = DARK_KNIGHT.replace(/^ {4}addOns:\n(?: {6}.*\n|\n)*/m, '')
  topologyId = await addTopology(home, small)
  await carryOut(home, topologyId, { kind: 'deploy' })
}, 200_000)
afterAll(() => home.close())

test('more memory for load balancer and masters restarts one after the other, and the cluster answers at the end', async () => {
  const head = toStored(await findRevision(home.db, topologyId))
  const changes = ['load-balancer', 'master'].map((size) => ({
    ...{ path: ['sizes', size, 'memoryMib'], to: 6144 },
  }))
  await saveRevision(home.db, {
    ...{ topologyId, parent: head.revision.number, message: 'edit', actor: atTheBox('test') },
    ...{ text: rewriteText(head.text, changes), now: Date.now() },
  })
  const plan = await mustPlan(home, topologyId, { kind: 'deploy' })
  const jobId = await enqueue(home, topologyId, plan)
  const state = await waitForEnd(home, jobId)
  expect(state.status, whatFailed(home, jobId, state)).toBe('succeeded')

  const order = (await readEvents(home.db, jobId)).flatMap((event) =>
    'stepId' in event && /^(vm.restart|k8s.node-ready):/.test(event.stepId)
      ? event.type === 'step-started' || event.type === 'step-succeeded'
        ? [`${event.stepId} ${event.type}`]
        : []
      : [],
  )
  const vms = ['haproxy-lb', 'k8s-master-1', 'k8s-master-2', 'k8s-master-3']
  const expected = vms.flatMap((vm) =>
    [`vm.restart:${vm}`, `k8s.node-ready:${vm}`].flatMap((id) => [
      `${id} step-started`,
      `${id} step-succeeded`,
    ]),
  )
  expect(order.toSorted()).toEqual(expected.toSorted())
  for (const [one, next] of vms.slice(1).map((vm, i) => [vms[i], vm]))
    expect(order.indexOf(`k8s.node-ready:${one} step-succeeded`)).toBeLessThan(
      order.indexOf(`vm.restart:${next} step-started`),
    )
  expect((await findObserved(home.db, topologyId))?.clusters['dark-knight']?.state).toBe('known')
  expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
}, 200_000)

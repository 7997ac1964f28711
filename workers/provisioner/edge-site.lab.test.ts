import { afterAll, beforeAll, expect, test } from 'vitest'
import { startErrand } from '@/lib/db/errands'
import { fitHead } from '@/lib/db/fit'
import { findObserved } from '@/lib/db/observations'
import { saveRevision } from '@/lib/db/revisions'
import { atTheBox } from '@/lib/db/who'
import { EDGE_SITE } from '@/lib/topology/blueprints/edge-site'
import {
  addTopology,
  carryOut,
  type Homelab,
  mustPlan,
  startHomelab,
  waitForEnd,
} from './testing/homelab'

/** The blueprint with two sites, fitted to the lab's one host and deployed: kubeadm at home, k3s at the edge. */
const actor = atTheBox('test')
const LONG = 200_000
let home: Homelab
let topologyId: string

beforeAll(async () => {
  home = await startHomelab({ speed: 300 })
  topologyId = await addTopology(home, EDGE_SITE)
  const job = await startErrand(home.db, { test: 'lab' }, { actor, now: Date.now() })
  home.provisioner.wake()
  expect(await waitForEnd(home, job)).toMatchObject({ status: 'succeeded' })
})
afterAll(() => home.close())

const clusterNow = async (id: string) => {
  const seen = (await findObserved(home.db, topologyId))?.clusters[id]
  if (seen?.state !== 'known') throw new Error(`the cluster is ${JSON.stringify(seen)}`)
  return seen.value
}

test('Fit leaves k3s as it is drawn', async () => {
  const whose = { topologyId, panelId: home.shop.panelId, within: null }
  const fitted = await fitHead(home.db, whose, { connection: 'lab', answers: {} })
  expect(fitted.unmet).toEqual([])
  expect(fitted.questions.map(({ id }) => id)).not.toContain('distribution:edge')
  await saveRevision(home.db, {
    ...{ topologyId, actor, text: fitted.text, message: 'Fit to Lab', now: Date.now() },
    parent: fitted.revision.number,
  })
})

test('both clusters come up with their add-ons, and then there is nothing to do', {
  timeout: LONG,
}, async () => {
  const plan = await carryOut(home, topologyId, { kind: 'deploy' })
  const kinds = plan.steps.flatMap(({ id }) => (/[:/]edge/.test(id) ? id : []))
  expect(kinds).toEqual(
    expect.arrayContaining([
      'guest.k3s:edge-server',
      'k3s.server:edge',
      'k3s.join-agent:edge-agent',
    ]),
  )
  // k3s brings its own network.
  expect(kinds).not.toContain('addon.install:edge/calico')
  const [edge, main] = [await clusterNow('edge'), await clusterNow('home')]
  expect(edge.version).toMatch(/^v1\.36\.\d+\+k3s\d$/)
  expect(edge.nodes.map(({ name, ready }) => [name, ready]).toSorted()).toEqual([
    ['edge-agent', true],
    ['edge-server', true],
  ])
  expect(edge.etcdMembers).toEqual([])
  expect(main.nodes.filter(({ ready }) => ready)).toHaveLength(3)
  for (const cluster of [edge, main]) {
    expect(cluster.unwellPods).toEqual([])
    for (const { status } of Object.values(cluster.releases)) expect(status).toBe('deployed')
  }
  expect(
    Object.values(edge.releases)
      .map(({ addOn }) => addOn)
      .toSorted(),
  ).toEqual(['local-path-provisioner', 'metrics-server'])
  expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
})

import { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startErrand } from '@/lib/db/errands'
import { fitHead } from '@/lib/db/fit'
import { findObserved } from '@/lib/db/observations'
import { findRevision, saveRevision, toStored } from '@/lib/db/revisions'
import { atTheBox } from '@/lib/db/who'
import { labSummary } from '@/lib/lab/summary'
import type { BlueprintId } from '@/lib/topology/blueprints/catalogue'
import { BLUEPRINT_TEXTS } from '@/lib/topology/blueprints/texts'
import type { FitAnswers } from '@/lib/topology/fit/fitting'
import { resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import {
  addTopology,
  carryOut,
  type Homelab,
  mustPlan,
  startHomelab,
  waitForEnd,
} from './testing/homelab'

/**
 * What a new user does with a blueprint: connect a Proxmox, have it looked at, fit the drawing to it,
 * save, deploy. The lab is one host; three hosts of a drawing become it.
 */
const BLUEPRINTS: [BlueprintId, FitAnswers][] = [
  // Around the address of the lab's container.
  ['single-node', { 'dhcp:lan': '10.0.0.100-10.0.0.199', 'range:lan': '10.0.0.55-10.0.0.75' }],
  ['three-hosts-ha', {}],
]
const LONG = 280_000
const dialled = vi.spyOn(Socket.prototype, 'connect')
const actor = atTheBox('test')

/** Has the lab looked at, as the button on the Fit page does. */
async function lookAtLab({ db, provisioner, ...home }: Homelab): Promise<void> {
  const job = await startErrand(db, { test: 'lab' }, { actor, now: Date.now() })
  provisioner.wake()
  expect(await waitForEnd({ db, ...home }, job)).toMatchObject({ status: 'succeeded' })
}

/** Fits the head to the lab, saves that, and gives the document; a second fit changes nothing. */
async function fitAndSave(
  { db, shop }: Homelab,
  topologyId: string,
  answers: FitAnswers,
): Promise<Topology> {
  const whose = { topologyId, panelId: shop.panelId, within: null }
  const fitted = await fitHead(db, whose, { connection: 'lab', answers })
  expect(fitted.unmet).toEqual([])
  await saveRevision(db, {
    ...{ topologyId, actor, text: fitted.text, message: 'Fit to Lab', now: Date.now() },
    parent: fitted.revision.number,
  })
  const again = await fitHead(db, whose, { connection: 'lab', answers: {} })
  expect(again.changes).toEqual([])
  return toStored(await findRevision(db, topologyId)).topology
}

const clusterOf = async ({ db }: Homelab, topologyId: string) => {
  const seen = (await findObserved(db, topologyId))?.clusters.home
  if (seen?.state !== 'known') throw new Error(`the cluster is ${JSON.stringify(seen)}`)
  return seen.value
}

describe.each(BLUEPRINTS)('%s', (blueprint, answers) => {
  let home: Homelab
  let topologyId: string
  let fitted: Topology
  const look = () => home.lab.engine.change((lab) => labSummary(lab))
  /** The guests of others, by everything that a deploy could have changed. */
  const strangers = () =>
    look()
      .vms.filter(({ vmid }) => vmid < 200)
      .map(({ uptimeS: _passes, ...vm }) => vm)

  beforeAll(async () => {
    home = await startHomelab({ speed: 240 })
    topologyId = await addTopology(home, BLUEPRINT_TEXTS[blueprint])
    await lookAtLab(home)
    fitted = await fitAndSave(home, topologyId, answers)
  })
  afterAll(() => home.close())

  test('no machine gets the address that a container on the host has', () => {
    const theirs = strangers().flatMap(({ config }) => /ip=([\d.]+)/.exec(config.net0 ?? '')?.[1])
    expect(theirs).toContain('10.0.0.60')
    const addresses = resolveVms(fitted).flatMap((vm) => vm.nics.map(({ address }) => address))
    expect(addresses).not.toContain(null)
    expect(addresses.filter((each) => theirs.includes(each ?? ''))).toEqual([])
  })

  test('is deployed as it was fitted: machines, nodes, add-ons; then there is nothing to do', {
    timeout: LONG,
  }, async () => {
    const before = strangers()
    await carryOut(home, topologyId, { kind: 'deploy' })
    expect((await mustPlan(home, topologyId, { kind: 'deploy' })).steps).toEqual([])
    expect(strangers()).toEqual(before)

    const ours = look().vms.filter((vm) => vm.running && vm.description?.includes('/vms/'))
    expect(ours.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(fitted.vms ?? {}).toSorted(),
    )

    const { controlPlanes = [], workers = [], addOns = {} } = fitted.clusters?.home ?? {}
    const cluster = await clusterOf(home, topologyId)
    const ready = cluster.nodes.filter((node) => node.ready).map(({ name }) => name)
    expect(ready.toSorted()).toEqual([...controlPlanes, ...workers].toSorted())
    expect(cluster.etcdMembers).toHaveLength(controlPlanes.length)
    expect(cluster.unwellPods).toEqual([])
    const releases = Object.values(cluster.releases)
    expect(releases.filter(({ status }) => status !== 'deployed')).toEqual([])
    expect(releases.map(({ addOn }) => addOn)).toEqual(expect.arrayContaining(Object.keys(addOns)))
  })
})

test('during all this nothing but loopback was dialled', () => {
  const hosts = (dialled.mock.calls as unknown[][]).map(([first, second]) => {
    const [options] = Array.isArray(first) ? first : [first]
    return typeof options === 'object' && options !== null
      ? (options as { host?: string; path?: string }).host
      : second
  })
  expect(hosts.length).toBeGreaterThan(0)
  expect(hosts.filter((host) => typeof host === 'string' && host !== '127.0.0.1')).toEqual([])
})

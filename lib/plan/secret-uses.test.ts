import { expect, test } from 'vitest'
import { chooseAddOns } from '@/lib/catalogue/order'
import type { AddOn, Topology } from '@/lib/topology/topology'
import { makePlan } from './make-plan'
import type { Observed } from './observed'
import { documentSecretUses, missingSecrets } from './secret-uses'
import { CONTEXT, deployed, smallLab } from './testing/small-lab'

const CLUSTER = {
  ...{ kubernetes: '1.29', controlPlanes: ['m1'], workers: ['w1', 'w2'], loadBalancers: ['lb'] },
  ...{ podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12', endpoint: { name: 'k8s.lan' } },
}
const lab = (addOns: Record<string, AddOn>): Topology =>
  ({ ...smallLab(), clusters: { home: { ...CLUSTER, addOns } } }) as Topology

const WRITTEN = { 'argo-cd': { values: { configs: { secret: { $secret: 'argo-admin' } } } } }

test('a secret that the document names is a person’s to give; one that an add-on brings is made', () => {
  const topology = lab({ ...WRITTEN, 'kube-prometheus-stack': {} })
  expect(documentSecretUses(topology).map(({ secret, given }) => [secret, given])).toEqual([
    ['grafana-admin-password', false],
    ['argo-admin', true],
  ])
  expect(missingSecrets(topology, {}).map(({ label }) => label)).toEqual([
    'clusters.home.addOns.argo-cd.values.configs.secret',
  ])
  expect(missingSecrets(topology, { 'argo-admin': 1 })).toEqual([])
})

test('one that an add-on makes may be named again elsewhere; a switched-off add-on needs none', () => {
  const again = lab({
    'kube-prometheus-stack': { values: { grafana: { x: { $secret: 'grafana-admin-password' } } } },
  })
  expect(missingSecrets(again, {})).toEqual([])
  expect(missingSecrets(lab({ 'argo-cd': { ...WRITTEN['argo-cd'], enabled: false } }), {})).toEqual(
    [],
  )
})

test('S3 credentials of backups are never made up', () => {
  const topology = lab({ velero: {} })
  topology.services = { s3: { kind: 'backup', url: 'https://s3.lan' } }
  expect(missingSecrets(topology, {}).map(({ secret, label }) => [secret, label])).toEqual([
    ['velero-s3-credentials', 'Velero of home'],
  ])
})

const observed = (topology: Topology): Observed => ({
  ...deployed(topology),
  clusters: { home: { state: 'absent', at: 1 } },
})
const planOf = (topology: Topology, secretVersions?: Record<string, number>) =>
  makePlan({ kind: 'deploy' }, topology, observed(topology), {
    ...CONTEXT,
    ...(secretVersions ? { secretVersions } : {}),
  })

test('a deploy is refused by the name of the secret that has no value', () => {
  const result = planOf(lab(WRITTEN), {})
  expect(result.ok ? [] : result.refusals).toEqual([
    {
      code: 'plan.secret-missing',
      message: expect.stringContaining('The secret argo-admin has no value'),
      object: ['clusters', 'home', 'addOns', 'argo-cd'],
    },
  ])
  expect(planOf(lab(WRITTEN), { 'argo-admin': 1 }).ok).toBe(true)
  expect(planOf(lab(WRITTEN)).ok, 'where nobody looked nothing is claimed').toBe(true)
})

test('a new value changes the hash of what uses it and of nothing else; the first value changes none', () => {
  const topology = lab({ ...WRITTEN, longhorn: {} })
  const hashes = (versions: Record<string, number>) =>
    Object.fromEntries(
      chooseAddOns(topology, 'home', versions).chosen.map(({ id, valuesHash }) => [id, valuesHash]),
    )
  expect(hashes({ 'argo-admin': 1 })).toEqual(hashes({}))
  const [before, after] = [hashes({ 'argo-admin': 1 }), hashes({ 'argo-admin': 2 })]
  expect(Object.keys(after).filter((id) => after[id] !== before[id])).toEqual(['argo-cd'])
})

test('a new value of an add-on’s own password is a change of its resources, in words', () => {
  const topology = lab({ 'kube-prometheus-stack': {} })
  const stepOf = (versions: Record<string, number>) => {
    const result = planOf(topology, versions)
    return result.ok
      ? result.plan.steps.find(({ id }) => id.endsWith('kube-prometheus-stack/before'))
      : undefined
  }
  const [first, second] = [stepOf({}), stepOf({ 'grafana-admin-password': 2 })]
  expect(first?.effect).toBe('prepare')
  expect(second).toMatchObject({
    effect: 'change',
    reason: expect.stringContaining('grafana-admin-password (version 2)'),
  })
  expect(JSON.stringify(second?.args)).not.toBe(JSON.stringify(first?.args))
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges } from './apply'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import { invert } from './change'
import { modernise } from './modernise'
import { topologies } from './testing/arbitrary'
import { set } from './testing/fault'
import { readTopology, seedText } from './testing/read-seed'
import { runs, SLOW } from './testing/runs'
import { small } from './testing/small'
import { validate } from './validate'

test('what is sound is left as it is', () => {
  const { changes, taken, text } = modernise(small())
  expect([changes, taken]).toEqual([[], []])
  expect(text.after).toBe(text.before)
})

test('the seed becomes what is supported today, in one edit that keeps its comments', () => {
  const text = seedText()
  const topology = readTopology(text)
  const result = modernise(topology, { text })
  const after = applyChanges(topology, result.changes)
  expect(result.taken.map(({ label }) => label)).toEqual([
    'Use 1',
    'Use Kubernetes 1.35',
    'Leave the version of calico to the panel',
    'Leave the version of longhorn to the panel',
    'Leave it to the system of the nodes',
  ])
  expect(after.clusters?.kubernetes).toMatchObject({
    kubernetes: '1.35',
    cni: { kind: 'calico', mode: 'ebpf' },
    addOns: { longhorn: { replicas: 1 } },
  })
  expect(readTopology(result.text.after)).toEqual(after)
  expect(result.text.after).toContain('# The architecture page of the Dark Knight homelab')
  expect(applyChanges(after, invert(result.changes))).toEqual(topology)
  expect(modernise(after, { text: result.text.after }).changes).toEqual([])
})

test('the blueprint loses its ended Kubernetes and what followed from it', () => {
  const topology = readTopology(DARK_KNIGHT)
  const { changes } = modernise(topology, { text: DARK_KNIGHT })
  const codes = validate(applyChanges(topology, changes)).map(({ code }) => code)
  expect(changes.map(({ path }) => path.join('.'))).toEqual(['clusters.dark-knight.kubernetes'])
  expect(codes).not.toContain('cluster.kubernetes-ended')
  expect(codes).not.toContain('addon.version-ended')
})

test('what says who somebody is stays for a person: addresses, names, VMIDs, add-ons, secrets', () => {
  const topology = applyChanges(small(), [
    set('vms.web.vmid', 200),
    set('vms.web.name', 'cp-1'),
    set('vms.web.nics.lan.address', '10.0.0.20'),
    set('clusters.k8s.addOns.traefik', {}),
    set('clusters.k8s.addOns.longhorn.values', { ui: { adminPassword: 'hunter2' } }),
    set('vms.web.balloonMib', 64),
    set('vms.web.gpus', ['card']),
  ])
  const { taken, left, changes } = modernise(topology)
  expect(taken.map(({ code }) => code)).toEqual(['gpu.firmware', 'gpu.balloon'])
  expect(left.map(({ code }) => code).toSorted()).toEqual([
    'addon.unknown',
    'ip.duplicate',
    'ip.outside-pool',
    'name.duplicate',
    'secret.inline',
    'vmid.duplicate',
  ])
  expect(changes).toHaveLength(2)
})

test('two fixes of one list wait for each other, and both are made', () => {
  const entry = (vm: string) => ({ path: ['vms', vm], by: 'ada', reason: 'x' })
  const topology = applyChanges(small(), [
    set('holds', [entry('gone'), entry('web'), entry('lost')]),
  ])
  const { changes, taken } = modernise(topology)
  expect(taken).toHaveLength(2)
  expect(applyChanges(topology, changes).holds).toEqual([entry('web')])
})

test('of any document it makes one with fewer fixes left, and one undo takes it back', SLOW, () => {
  fc.assert(
    fc.property(topologies, (topology) => {
      const { changes, taken } = modernise(topology)
      const after = applyChanges(topology, changes)
      expect(modernise(after).changes.length <= taken.length).toBe(true)
      expect(applyChanges(after, invert(changes))).toEqual(topology)
    }),
    runs(12),
  )
})

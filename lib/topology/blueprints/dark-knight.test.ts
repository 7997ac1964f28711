import { expect, test } from 'vitest'
import { allocate } from '../allocate'
import { applyChanges } from '../apply'
import { formatText } from '../format'
import { resolveVms } from '../resolve'
import { readTopology } from '../testing/read-seed'
import { validate } from '../validate'
import { DARK_KNIGHT } from './dark-knight'

const topology = readTopology(DARK_KNIGHT)
const mac = (n: number) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0')}`

test('the first save gives every VM its number and its addresses', () => {
  const changes = allocate(topology, { vmids: [], addresses: [], macs: [] }, mac)
  const saved = applyChanges(topology, changes)
  const given = resolveVms(saved).map(
    (vm) => `${vm.vmid} ${vm.id} ${vm.nics.map((nic) => nic.address)}`,
  )
  expect(given).toEqual([
    '200 haproxy-lb 10.2.0.2',
    '201 k8s-master-1 10.2.0.11',
    '202 k8s-master-2 10.2.0.12',
    '203 k8s-master-3 10.2.0.13',
    '204 k8s-worker-1 10.2.0.31',
    '205 k8s-worker-2 10.2.0.32',
    '206 k8s-worker-3 10.2.0.33',
    '207 nfs-storage 10.2.0.81,10.3.0.10',
  ])
  expect(saved.templates?.['ubuntu-22-04']?.vmid).toBe(9000)
  expect(validate(saved).map(({ code }) => code)).toEqual(
    validate(topology).map(({ code }) => code),
  )
})

test('it adds up to what the architecture says', () => {
  const vms = resolveVms(topology)
  expect(vms).toHaveLength(8)
  expect(vms.reduce((sum, vm) => sum + vm.memoryMib, 0) / 1024).toBe(82)
  expect(vms.reduce((sum, vm) => sum + vm.cpus, 0)).toBe(30)
  const worker = vms.find(({ id }) => id === 'k8s-worker-2')
  expect(worker?.disks.map(({ sizeGib }) => sizeGib).reduce((a, b) => a + b)).toBe(200)
})

test('it is written the way documents are formatted, and each open choice is marked', () => {
  expect(formatText(DARK_KNIGHT)).toBe(DARK_KNIGHT)
  expect(DARK_KNIGHT.match(/Choice:/g)?.length).toBeGreaterThan(20)
})

test('it has the whole stack of the architecture', () => {
  expect(Object.keys(topology.clusters?.['dark-knight']?.addOns ?? {})).toEqual([
    'metrics-server',
    'metallb',
    'ingress-nginx',
    'longhorn',
    'nfs-subdir-external-provisioner',
    'local-path-provisioner',
    'cert-manager',
    'kube-prometheus-stack',
    'loki',
    'promtail',
    'argo-cd',
    'velero',
  ])
})

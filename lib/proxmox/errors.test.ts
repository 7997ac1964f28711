import { expect, test } from 'vitest'
import { errorOfAnswer, taskError } from './errors'

const said = (status: number, reason: string, body: unknown = '') =>
  errorOfAnswer('Do it', {
    ...{ status, reason },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

// Recorded from PVE 8.4.21.
test.each([
  [500, "create storage failed: storage ID 'nfs1' already defined", 'proxmox.exists'],
  [500, "create pool failed: pool 'k8s' already exists", 'proxmox.exists'],
  [500, "create sdn vnet object failed: sdn vnet object ID 'v' already defined", 'proxmox.exists'],
  [500, "create resource failed: resource ID 'vm:201' already defined", 'proxmox.exists'],
  [500, "disk image '/var/lib/vz/images/1/x.qcow2' already exists", 'proxmox.exists'],
  [500, "pool 'nope' does not exist", 'proxmox.not-found'],
  [500, "resource 'vm:999' does not exist in cluster", 'proxmox.not-found'],
  [500, "cannot delete service 'vm:201', not HA managed!", 'proxmox.not-found'],
  [500, 'no rule at position 9', 'proxmox.not-found'],
  [403, "Permission check failed (pool 'nopool' does not exist)", 'proxmox.not-found'],
  [403, 'Permission check failed (/vms/100, VM.Audit)', 'proxmox.permission'],
  [
    500,
    'delete sdn zone object failed: zone lab is used by vnet vmgmt at /usr/share/x line 159.',
    'proxmox.in-use',
  ],
  [500, "delete pool failed: pool 'k8s' is not empty (contains VM 201)", 'proxmox.in-use'],
  [
    500,
    'unable to remove VM 201 - used in HA resources and purge parameter not set.',
    'proxmox.in-use',
  ],
  [
    500,
    "unable to open file '/etc/pve/nodes/pve1/qemu-server/202.conf.tmp.171' - Permission denied",
    'proxmox.no-quorum',
  ],
  [500, "cfs-lock 'file-user_cfg' error: no quorum!", 'proxmox.no-quorum'],
  [500, "cfs-lock 'storage-nfs' error: got lock request timeout", 'proxmox.locked'],
  [
    500,
    "hostname lookup 'nope' failed - failed to get address info for: nope",
    'proxmox.not-found',
  ],
  [500, 'you need ifupdown2 to reload network configuration', 'proxmox.failed'],
  [506, "upload 'Content-Type 'text/plain' not implemented", 'proxmox.invalid'],
])('%i %s', (status, reason, code) => {
  expect(said(status, reason).code).toBe(code)
})

test('parameter errors are kept by their names, also out of a wrapped 500', () => {
  const plain = said(400, 'Parameter verification failed.', {
    ...{ data: null, message: 'Parameter verification failed.\n' },
    errors: { memory: 'invalid format - format error\nmemory.current: too small\n', 'x-y': 'z' },
  })
  expect(plain.code).toBe('proxmox.invalid')
  expect(plain.parameters).toEqual({
    ...{ memory: 'invalid format - format error\nmemory.current: too small', 'x-y': 'z' },
  })
  const reason = 'create sdn vnet object failed: 400 Parameter verification failed.'
  const wrapped = said(500, reason, { data: null, message: `${reason}\ntag: missing vlan tag\n` })
  expect([wrapped.code, wrapped.parameters]).toEqual([
    'proxmox.invalid',
    { tag: 'missing vlan tag' },
  ])
  expect(wrapped.message).toContain('tag: missing vlan tag')
})

test('401, 403, 595 and 596 are four sentences, and only one leaves open what happened', () => {
  const errors = [
    said(401, 'No ticket'),
    said(403, 'Permission check failed'),
    said(595, 'Connection refused'),
    said(596, 'Connection timed out'),
  ]
  expect(new Set(errors.map(({ message }) => message.replace(/\(.*?\)/, ''))).size).toBe(4)
  expect(errors.map(({ mayHaveHappened }) => mayHaveHappened)).toEqual([false, false, false, true])
  expect(errors.map(({ transient }) => transient)).toEqual([false, false, true, true])
})

test('a body that is no JSON, or another one, changes nothing about the reason', () => {
  for (const body of ['<html>', '[1]', '"x"', '{"errors":{"a":5}}'])
    expect(said(500, 'VM is locked (backup)', body)).toMatchObject({
      ...{ code: 'proxmox.locked', lockTimeout: false },
    })
})

test('a failed task says what it means, with its last lines but not its end twice', () => {
  const lines = ['trying to acquire lock...', "can't lock file '/x' - got timeout", 'TASK ERROR: x']
  const lost = taskError('task qmclone', "can't lock file '/x' - got timeout", lines)
  expect(lost).toMatchObject({
    ...{ code: 'proxmox.task-failed', meaning: 'proxmox.locked' },
    ...{ lockTimeout: true, transient: true },
  })
  expect(lost.message).not.toContain('last lines')
  const taken = taskError('task', 'unable to create VM 201: config file already exists', [])
  expect([taken.meaning, taken.transient]).toEqual(['proxmox.exists', false])
  expect(taskError('task', 'something new', ['why']).meaning).toBe('proxmox.task-failed')
})

import { expect, test } from 'vitest'
import { makeTemplate, makeVm, QEMU, type TestLab, testLab } from '../testing/test-lab'

/** What a running PVE 8.4 answered to the same calls (status, reason phrase, parameter errors). */
type Case = {
  name: string
  call: [method: string, path: string, params?: Record<string, unknown>]
  status: number
  reason: string
  errors?: Record<string, string>
}

const UNKNOWN =
  'property is not defined in schema and the schema does not allow additional properties'
const INVALID = 'Parameter verification failed.'

const CASES: Case[] = [
  {
    name: 'unknown path',
    call: ['GET', '/foo/bar'],
    status: 501,
    reason: "Method 'GET /foo/bar' not implemented",
  },
  {
    name: 'wrong method',
    call: ['PUT', '/version'],
    status: 501,
    reason: "Method 'PUT /version' not implemented",
  },
  {
    name: 'missing VM',
    call: ['GET', `${QEMU}/999/config`],
    status: 500,
    reason: "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
  },
  {
    name: 'delete of a missing VM',
    call: ['DELETE', `${QEMU}/999`],
    status: 500,
    reason: "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
  },
  {
    name: 'clone of a missing VM',
    call: ['POST', `${QEMU}/999/clone`, { newid: '203' }],
    status: 500,
    reason: "unable to find configuration file for VM 999 on node 'pve1'",
  },
  {
    name: 'create on a taken id',
    call: ['POST', QEMU, { vmid: '201' }],
    status: 500,
    reason: "unable to create VM 201 - VM 201 already exists on node 'pve1'",
  },
  {
    name: 'clone onto a taken id',
    call: ['POST', `${QEMU}/900/clone`, { newid: '201' }],
    status: 500,
    reason: 'unable to create VM 201: config file already exists',
  },
  {
    name: 'clone with a bad name',
    call: ['POST', `${QEMU}/900/clone`, { newid: '203', name: 'bad_name!' }],
    status: 400,
    reason: INVALID,
    errors: { name: 'invalid format - value does not look like a valid DNS name\n' },
  },
  {
    name: 'linked clone with a storage',
    call: ['POST', `${QEMU}/900/clone`, { newid: '203', storage: 'local-lvm' }],
    status: 500,
    reason: "parameter 'storage' not allowed for linked clones",
  },
  {
    name: 'linked clone of no template',
    call: ['POST', `${QEMU}/201/clone`, { newid: '203', full: '0' }],
    status: 500,
    reason: "Linked clone feature is not supported for 'local-lvm:vm-201-disk-0' (scsi0)",
  },
  {
    name: 'clone to an unknown storage',
    call: ['POST', `${QEMU}/900/clone`, { newid: '203', storage: 'nope', full: '1' }],
    status: 500,
    reason: "storage 'nope' does not exist",
  },
  {
    name: 'clone to an unknown node',
    call: ['POST', `${QEMU}/900/clone`, { newid: '203', target: 'pve2' }],
    status: 500,
    reason: "no such cluster node 'pve2'",
  },
  {
    name: 'clone into an unknown pool',
    call: ['POST', `${QEMU}/900/clone`, { newid: '203', full: '1', pool: 'nopool' }],
    status: 403,
    reason: "Permission check failed (pool 'nopool' does not exist)",
  },
  {
    name: 'template of a template',
    call: ['POST', `${QEMU}/900/template`],
    status: 500,
    reason: "you can't convert a template to a template",
  },
  {
    name: 'template of a running VM',
    call: ['POST', `${QEMU}/202/template`],
    status: 500,
    reason: "you can't convert a VM to template if VM is running",
  },
  {
    name: 'delete of a running VM',
    call: ['DELETE', `${QEMU}/202`],
    status: 500,
    reason: 'VM 202 is running - destroy failed',
  },
  {
    name: 'delete of a protected VM',
    call: ['DELETE', `${QEMU}/204`],
    status: 500,
    reason: "can't remove VM 204 - protection mode enabled",
  },
  {
    name: 'removing a disk of a protected VM',
    call: ['PUT', `${QEMU}/204/config`, { delete: 'scsi0' }],
    status: 500,
    reason: "can't remove drive 'scsi0' - protection mode enabled",
  },
  {
    name: 'reset of a stopped VM',
    call: ['POST', `${QEMU}/201/status/reset`],
    status: 500,
    reason: 'VM 201 not running',
  },
  {
    name: 'reboot of a stopped VM',
    call: ['POST', `${QEMU}/201/status/reboot`],
    status: 500,
    reason: 'VM 201 not running',
  },
  {
    name: 'a digest of before',
    call: ['PUT', `${QEMU}/201/config`, { cores: '3', digest: '0'.repeat(40) }],
    status: 500,
    reason: 'checksum mismatch (file change by other user?)',
  },
  {
    name: 'agent without its option',
    call: ['POST', `${QEMU}/201/agent/ping`],
    status: 500,
    reason: 'No QEMU guest agent configured',
  },
  {
    name: 'agent of a stopped VM',
    call: ['POST', `${QEMU}/205/agent/ping`],
    status: 500,
    reason: 'VM 205 is not running',
  },
  {
    name: 'agent that is not there',
    call: ['GET', `${QEMU}/206/agent/network-get-interfaces`],
    status: 500,
    reason: 'QEMU guest agent is not running',
  },
  {
    name: 'resize to no size',
    call: ['PUT', `${QEMU}/201/resize`, { disk: 'scsi0', size: 'big' }],
    status: 400,
    reason: INVALID,
    errors: { size: 'value does not match the regex pattern' },
  },
  {
    name: 'several faults at once',
    call: ['POST', QEMU, { vmid: '99', cores: 'abc', memory: '1', bogus: '1' }],
    status: 400,
    reason: INVALID,
    errors: {
      vmid: 'invalid format - value does not look like a valid VM ID\n',
      cores: "type check ('integer') failed - got 'abc'",
      memory:
        'invalid format - format error\nmemory.current: value must have a minimum value of 16\n',
      bogus: UNKNOWN,
    },
  },
  {
    name: 'a repeated key',
    call: ['POST', `${QEMU}/201/config`, { cores: ['1', '2'] }],
    status: 400,
    reason: INVALID,
    errors: { cores: "type check ('integer') failed - got ARRAY" },
  },
  {
    name: 'yes for a boolean',
    call: ['PUT', `${QEMU}/201/config`, { onboot: 'yes' }],
    status: 400,
    reason: INVALID,
    errors: { onboot: "type check ('boolean') failed - got 'yes'" },
  },
  {
    name: 'an unknown query parameter',
    call: ['GET', '/version', { bogus: '1' }],
    status: 400,
    reason: INVALID,
    errors: { bogus: UNKNOWN },
  },
  {
    name: 'an unknown option to delete',
    call: ['PUT', `${QEMU}/201/config`, { delete: 'foo' }],
    status: 400,
    reason: INVALID,
    errors: { delete: "unknown option 'foo'" },
  },
  {
    name: 'a body that contradicts the path',
    call: ['POST', `${QEMU}/201/config`, { vmid: '202', cores: '1' }],
    status: 400,
    reason: INVALID,
    errors: { vmid: 'duplicate parameter (already defined in URI) with conflicting values!' },
  },
  {
    name: 'a key that is not url-encoded',
    call: ['PUT', `${QEMU}/201/config`, { sshkeys: 'ssh-ed25519 AAAA me@host+x' }],
    status: 400,
    reason: INVALID,
    errors: { sshkeys: 'invalid format - invalid urlencoded string: ssh-ed25519 AAAA me@host+x\n' },
  },
  {
    name: 'what is no key',
    call: ['PUT', `${QEMU}/201/config`, { sshkeys: 'not%20a%20key' }],
    status: 500,
    reason: 'SSH public key validation error',
  },
  {
    name: 'a gateway without address',
    call: ['PUT', `${QEMU}/201/config`, { ipconfig0: 'gw=10.0.0.1' }],
    status: 400,
    reason: INVALID,
    errors: {
      ipconfig0:
        "invalid format - format error\nipconfig0.ip: missing property - 'ipconfig0.gw' requires this property\n",
    },
  },
  {
    name: 'args with a token',
    call: ['PUT', `${QEMU}/201/config`, { args: '-foo' }],
    status: 500,
    reason: "only root can set 'args' config",
  },
  {
    name: 'a real serial device with a token',
    call: ['PUT', `${QEMU}/201/config`, { serial1: '/dev/ttyS0' }],
    status: 500,
    reason: "only root can modify 'serial1' config for real devices",
  },
  {
    name: 'a PCI device that is not mapped',
    call: ['PUT', `${QEMU}/201/config`, { hostpci0: '0000:01:00.0' }],
    status: 500,
    reason: "only root can set 'hostpci0' config for non-mapped devices",
  },
  {
    name: 'skiplock with a token',
    call: ['PUT', `${QEMU}/201/config`, { skiplock: '1', cores: '1' }],
    status: 400,
    reason: INVALID,
    errors: { skiplock: 'Only root may use this option.' },
  },
  {
    name: 'a disk on an unknown storage',
    call: ['PUT', `${QEMU}/201/config`, { scsi1: 'nope:1' }],
    status: 500,
    reason: "storage 'nope' does not exist",
  },
  {
    name: 'a volume that does not exist',
    call: ['PUT', `${QEMU}/201/config`, { scsi1: 'local-lvm:vm-999-disk-0' }],
    status: 500,
    reason: "volume 'local-lvm:vm-999-disk-0' does not exist",
  },
  {
    name: 'an ISO that does not exist',
    call: ['PUT', `${QEMU}/201/config`, { ide0: 'local:iso/nope.iso,media=cdrom' }],
    status: 500,
    reason: "volume 'local:iso/nope.iso' does not exist",
  },
  {
    name: 'an id that is taken',
    call: ['GET', '/cluster/nextid', { vmid: '201' }],
    status: 400,
    reason: INVALID,
    errors: { vmid: 'VM 201 already exists' },
  },
  {
    name: 'an unknown storage, status',
    call: ['GET', '/nodes/pve1/storage/nope/status'],
    status: 400,
    reason: INVALID,
    errors: { storage: 'No such storage.' },
  },
  {
    name: 'an unknown storage, content',
    call: ['GET', '/nodes/pve1/storage/nope/content'],
    status: 500,
    reason: "storage 'nope' does not exist",
  },
  {
    name: 'a download of what the storage does not keep',
    call: [
      'POST',
      '/nodes/pve1/storage/local-lvm/download-url',
      { content: 'import', filename: 'a.qcow2', url: 'https://x/a.qcow2' },
    ],
    status: 500,
    reason: "storage 'local-lvm' is not configured for content-type 'import'",
  },
  {
    name: 'a download with the wrong ending',
    call: [
      'POST',
      '/nodes/pve1/storage/local/download-url',
      { content: 'import', filename: 'a.txt', url: 'https://x/a.txt' },
    ],
    status: 400,
    reason: INVALID,
    errors: { filename: 'wrong file extension' },
  },
  {
    name: 'a checksum without algorithm',
    call: [
      'POST',
      '/nodes/pve1/storage/local/download-url',
      { content: 'iso', filename: 'a.iso', url: 'https://x/a.iso', checksum: '00' },
    ],
    status: 400,
    reason: INVALID,
    errors: { 'checksum-algorithm': "missing property - 'checksum' requires this property" },
  },
  {
    name: 'a UPID that is none',
    call: ['GET', '/nodes/pve1/tasks/nope/status'],
    status: 400,
    reason: INVALID,
    errors: { upid: 'unable to parse worker upid' },
  },
  {
    name: 'a UPID that never was',
    call: [
      'GET',
      '/nodes/pve1/tasks/UPID:pve1:00000001:00000001:00000001:qmstart:1:root@pam:/status',
    ],
    status: 400,
    reason: INVALID,
    errors: { upid: 'no such task' },
  },
  {
    name: 'the reserved snapshot name',
    call: ['POST', `${QEMU}/201/snapshot`, { snapname: 'current' }],
    status: 500,
    reason: "unable to use snapshot name 'current' (reserved name)",
  },
  {
    name: 'a bad snapshot name',
    call: ['POST', `${QEMU}/201/snapshot`, { snapname: '1 bad' }],
    status: 400,
    reason: INVALID,
    errors: { snapname: "invalid format - invalid configuration ID '1 bad'\n" },
  },
  {
    name: 'a disk moved to the VM it is in',
    call: [
      'POST',
      `${QEMU}/201/move_disk`,
      { disk: 'scsi0', 'target-vmid': '201', 'target-disk': 'scsi1' },
    ],
    status: 400,
    reason: INVALID,
    errors: { 'target-vmid': 'must be different than source VMID to reassign disk' },
  },
  {
    name: 'a disk moved from a running VM',
    call: [
      'POST',
      `${QEMU}/202/move_disk`,
      { disk: 'scsi0', 'target-vmid': '201', 'target-disk': 'scsi5' },
    ],
    status: 500,
    reason: 'Cannot move disk to another VM while the source VM is running - detach first',
  },
  {
    name: 'a disk moved to a slot in use',
    call: [
      'POST',
      `${QEMU}/205/move_disk`,
      { disk: 'scsi0', 'target-vmid': '201', 'target-disk': 'scsi0' },
    ],
    status: 500,
    reason: "Target disk key 'scsi0' is already in use for VM '201'",
  },
]

/** The same set of VMs for every case: stopped, running, protected, with and without agent. */
function prepared(): TestLab {
  const lab = testLab()
  makeTemplate(lab, 900)
  makeVm(lab, 201)
  makeVm(lab, 202)
  makeVm(lab, 204, { protection: '1' })
  makeVm(lab, 205, { agent: '1' })
  makeVm(lab, 206, { agent: '1' })
  for (const vmid of [202, 206]) lab.finish(lab.call('POST', `${QEMU}/${vmid}/status/start`))
  return lab
}

const lab = prepared()

test.each(CASES)('$name: $status $reason', ({ call, status, reason, errors }) => {
  const reply = lab.call(...call)
  expect({ status: reply.status, reason: reply.reason }).toEqual({ status, reason })
  const body = JSON.parse(reply.body ?? '{}') as { message: string; errors?: unknown }
  if (errors) expect(body.errors).toEqual(errors)
  if (status === 500) expect(body.message).toBe(`${reason}\n`)
})

test('an unknown node is looked up as a host name', () => {
  const reply = lab.call('GET', '/nodes/nope/status')
  expect(reply.status).toBe(500)
  expect(reply.reason).toMatch(
    /^hostname lookup 'nope' failed - failed to get address info for: nope/,
  )
})

test.each([
  [
    'start of a missing VM',
    'POST',
    `${QEMU}/999/status/start`,
    {},
    "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
  ],
  ['start of a running VM', 'POST', `${QEMU}/202/status/start`, {}, 'VM 202 already running'],
  [
    'start of a template',
    'POST',
    `${QEMU}/900/status/start`,
    {},
    "you can't start a vm if it's a template",
  ],
  ['stop of a stopped VM', 'POST', `${QEMU}/201/status/stop`, {}, 'OK'],
  ['shutdown of a stopped VM', 'POST', `${QEMU}/201/status/shutdown`, {}, 'OK'],
  [
    'shrinking a disk',
    'PUT',
    `${QEMU}/201/resize`,
    { disk: 'scsi0', size: '1G' },
    'shrinking disks is not supported',
  ],
  [
    'resizing a disk that is not there',
    'PUT',
    `${QEMU}/201/resize`,
    { disk: 'scsi5', size: '1G' },
    "disk 'scsi5' does not exist",
  ],
  [
    'rolling back to no snapshot',
    'POST',
    `${QEMU}/201/snapshot/nope/rollback`,
    {},
    "snapshot 'nope' does not exist",
  ],
  [
    'deleting no snapshot',
    'DELETE',
    `${QEMU}/201/snapshot/nope`,
    {},
    "snapshot 'nope' does not exist",
  ],
  [
    'shutdown of a VM with nothing to boot',
    'POST',
    `${QEMU}/202/status/shutdown`,
    { timeout: '3' },
    'VM quit/powerdown failed - got timeout',
  ],
])('%s: 200 and a UPID, and only the task tells', (_name, method, path, params, exit) => {
  const reply = lab.call(method, path, params)
  expect(reply.status).toBe(200)
  expect(reply.data).toMatch(
    /^UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:\w+:\d+:drawbridge@pve!panel:$/,
  )
  const { exit: ended, log } = lab.finish(reply)
  expect(ended).toBe(exit)
  expect(log.at(-1)).toBe(exit === 'OK' ? 'TASK OK' : `TASK ERROR: ${exit}`)
})

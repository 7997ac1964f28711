import { type AddressInfo, createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { probeCertificate } from './certificate'
import { connectProxmox } from './client'
import { type StubAnswer, type StubRequest, selfSigned, startPveStub } from './testing/pve-stub'
import { after, against, errorOf, token } from './testing/stubbed'

test('a token goes along, and only to the pinned certificate', async () => {
  const { stub, proxmox } = await against(() => ({
    body: { data: { version: '8.4.21', release: '8.4' } },
  }))
  expect(await proxmox.version()).toEqual({ version: '8.4.21', release: '8.4', major: 8 })
  expect(stub.requests[0]?.headers.authorization).toBe('PVEAPIToken=drawbridge@pve!panel=5ecret')
})

/** A TLS server that answers nothing and keeps every byte that it was able to decrypt. */
async function impostor(): Promise<{
  url: string
  fingerprint: string
  heard: Buffer[]
  count(): number
}> {
  const { key, certificate, fingerprint } = await selfSigned()
  const heard: Buffer[] = []
  let handshakes = 0
  const server = createTlsServer({ key, cert: certificate }, (socket) => {
    handshakes++
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => heard.push(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  const { port } = server.address() as AddressInfo
  return { url: `https://127.0.0.1:${port}`, fingerprint, heard, count: () => handshakes }
}

test('whoever shows another certificate gets not one byte, neither token nor request', async () => {
  const stranger = await impostor()
  const told: unknown[] = []
  const proxmox = connectProxmox({
    ...{ url: stranger.url, auth: token, name: 'Rack' },
    fingerprint: Array(32).fill('AA').join(':'),
    onChanged: ({ change }) => told.push(change),
  })
  after(() => proxmox.close())
  const calls = [proxmox.version(), proxmox.nodes(), proxmox.startVm('pve1', 100)]
  for (const call of await Promise.allSettled(calls))
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'identity.changed' } })
  expect(told).toEqual([
    {
      ...{ kind: 'certificate', name: 'Rack' },
      expected: Array(32).fill('AA').join(':'),
      offered: stranger.fingerprint,
    },
  ])
  const asked = stranger.count()
  // What was seen once is not asked again: only a person's decision makes another client.
  await expect(proxmox.version()).rejects.toMatchObject({
    code: 'identity.changed',
    transient: false,
  })
  expect(stranger.count()).toBe(asked)
  expect(Buffer.concat(stranger.heard).length).toBe(0)
})

test('a pasted authority lets its certificates in, and another one is a changed identity', async () => {
  const stub = await startPveStub(() => ({ body: { data: { version: '9.0.1', release: '9.0' } } }))
  const other = await selfSigned()
  const with_ = (caPem: string) =>
    connectProxmox({ url: stub.url, auth: token, fingerprint: null, caPem })
  const [good, bad] = [with_(stub.certificate), with_(other.certificate)]
  for (const end of [stub, good, bad]) after(() => end.close())
  expect((await good.version()).major).toBe(9)
  const before = stub.requests.length
  await expect(bad.version()).rejects.toMatchObject({
    code: 'identity.changed',
    change: { offered: stub.fingerprint, expected: expect.stringContaining(other.fingerprint) },
  })
  expect(stub.requests).toHaveLength(before)
  expect((await probeCertificate(stub.url, undefined, stub.certificate)).trusted).toBe(true)
})

test('without a pin an unknown authority is refused, and said to be that', async () => {
  const { stub, proxmox } = await against(() => ({ body: { data: null } }), { fingerprint: null })
  expect((await errorOf(proxmox.version())).code).toBe('proxmox.certificate-untrusted')
  expect(stub.requests).toEqual([])
})

test('the certificate can be looked at before it is accepted', async () => {
  const { stub } = await against(() => null)
  expect(await probeCertificate(stub.url)).toMatchObject({
    fingerprint: stub.fingerprint,
    subject: 'pve1.lan, Stub',
    trusted: false,
  })
})

test.each([
  [401, 'No ticket', undefined, 'proxmox.auth', false],
  [403, 'Permission check failed (/vms/100, VM.Audit)', undefined, 'proxmox.permission', false],
  [
    500,
    "can't lock file '/var/lock/qemu-server/lock-202.conf' - got timeout",
    undefined,
    'proxmox.locked',
    true,
  ],
  [500, 'got lock request timeout', undefined, 'proxmox.locked', true],
  [500, 'VM is locked (backup)', undefined, 'proxmox.locked', true],
  [
    500,
    'checksum mismatch (file change by other user?)',
    undefined,
    'proxmox.changed-meanwhile',
    true,
  ],
  [500, 'unable to create VM 201: config file already exists', undefined, 'proxmox.exists', false],
  [
    500,
    "can't remove drive 'scsi0' - protection mode enabled",
    undefined,
    'proxmox.protected',
    false,
  ],
  [500, 'cluster not ready - no quorum?', undefined, 'proxmox.no-quorum', true],
  [595, 'No route to host', undefined, 'proxmox.unreachable', true],
  [596, 'Connection timed out', undefined, 'proxmox.unreachable', true],
  [501, "Method 'GET /foo' not implemented", undefined, 'proxmox.invalid', false],
  [500, 'something new', undefined, 'proxmox.failed', false],
])('%i %s is understood', async (status, reason, body, code, transient) => {
  const { proxmox } = await against(() => ({ status, reason, body }))
  const error = await errorOf(proxmox.getConfig('pve1', 202))
  expect([error.code, error.transient]).toEqual([code, transient])
  expect(error.message).toContain(reason)
  expect(error.answer).toMatchObject({ status, reason })
})

test('parameter errors and further lines of the message are kept', async () => {
  const { proxmox } = await against(() => ({
    status: 400,
    reason: 'Parameter verification failed.',
    body: {
      data: null,
      message: 'Parameter verification failed.\n',
      errors: { memory: 'invalid format - format error\nmemory.current: too small\n' },
    },
  }))
  const error = await errorOf(proxmox.setConfig('pve1', 202, { set: { memory: 1 } }))
  expect(error.code).toBe('proxmox.invalid')
  expect(error.message).toContain(
    'memory: invalid format - format error, memory.current: too small',
  )
})

test('a VM that is not there is null, a missing node is not', async () => {
  const { proxmox } = await against(({ path }) =>
    path.startsWith('/nodes/pve1/')
      ? {
          status: 500,
          reason: "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
        }
      : { status: 500, reason: "hostname lookup 'nope' failed - failed to get address info" },
  )
  expect(await proxmox.findConfig('pve1', 999)).toBeNull()
  expect(await proxmox.findVm('pve1', 999)).toBeNull()
  expect((await errorOf(proxmox.findConfig('nope', 999))).code).toBe('proxmox.not-found')
})

test('numbers and booleans may come as strings', async () => {
  const { proxmox } = await against(({ path }) =>
    path.endsWith('/lxc')
      ? { body: { data: [] } }
      : {
          body: {
            data: [
              {
                vmid: '202',
                name: 'b',
                status: 'running',
                template: '',
                cpus: '2',
                maxmem: '1073741824',
                maxdisk: 0,
                tags: 'k8s;a',
              },
              {
                vmid: 100,
                status: 'stopped',
                template: 1,
                cpus: 1,
                maxmem: 536870912,
                maxdisk: 1610612736,
                lock: 'clone',
              },
            ],
          },
        },
  )
  expect(await proxmox.listGuests('pve1')).toEqual([
    {
      vmid: 100,
      name: 'VM 100',
      kind: 'qemu',
      running: false,
      template: true,
      lock: 'clone',
      cpus: 1,
      memoryMib: 512,
      diskGib: 1.5,
      tags: [],
    },
    {
      vmid: 202,
      name: 'b',
      kind: 'qemu',
      running: true,
      template: false,
      lock: null,
      cpus: 2,
      memoryMib: 1024,
      diskGib: 0,
      tags: ['a', 'k8s'],
    },
  ])
})

test('an answer in another form is a sentence, not a crash', async () => {
  const { proxmox } = await against(() => ({ body: { data: [{ vmid: 'x' }] } }))
  expect((await errorOf(proxmox.listGuests('pve1'))).code).toBe('proxmox.unexpected-answer')
})

test('a port that is not Proxmox is a sentence', async () => {
  const { proxmox } = await against(() => ({ body: { hello: 'world' } }))
  const error = await errorOf(proxmox.version())
  expect(error.code).toBe('proxmox.unexpected-answer')
  expect(error.message).toContain('port 8006')
})

test('a host that refuses is unreachable and transient', async () => {
  const { stub, proxmox } = await against(() => null)
  await stub.close()
  const error = await errorOf(proxmox.version())
  expect([error.code, error.transient]).toEqual(['proxmox.unreachable', true])
})

test('a read whose connection breaks is asked again, a change never', async () => {
  let broken = 0
  const { stub, proxmox } = await against(({ method }) =>
    method === 'POST' || broken++ === 0
      ? null
      : { body: { data: { version: '9.0', release: '9' } } },
  )
  expect((await proxmox.version()).major).toBe(9)
  await errorOf(proxmox.startVm('pve1', 202))
  expect(stub.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST'])
})

test('parameters of a change are a form, those of a delete stand in the query', async () => {
  const { stub, proxmox } = await against(() => ({ body: { data: 'UPID:pve1:1:2:3:x:1:u:' } }))
  await proxmox.cloneVm('pve1', {
    templateVmid: 9000,
    vmid: 211,
    name: 'w',
    description: 'drawbridge:p/t/vms/w',
    storage: 'local-lvm',
    target: 'pve1',
  })
  await proxmox.setConfig('pve1', 211, {
    set: { onboot: true, tags: undefined },
    remove: ['net1', 'net2'],
    digest: 'abc',
  })
  await proxmox.deleteVm('pve1', 211)
  const [clone, config, gone] = stub.requests
  expect(new URLSearchParams(clone?.body).get('description')).toBe('drawbridge:p/t/vms/w')
  expect(new URLSearchParams(clone?.body).get('full')).toBe('1')
  expect(new URLSearchParams(clone?.body).has('target')).toBe(false)
  expect(config?.body).toBe('onboot=1&delete=net1%2Cnet2&digest=abc')
  expect([gone?.method, gone?.body]).toEqual(['DELETE', ''])
})

test('an upload is one form, fields before the file, with its length', async () => {
  const { stub, proxmox } = await against(() => ({ body: { data: 'UPID:pve1:1:2:3:imgcopy::u:' } }))
  await proxmox.upload('pve1', 'local', {
    kind: 'iso',
    name: 'seed.iso',
    content: Buffer.from('CD001'),
  })
  const [request] = stub.requests
  expect(Number(request?.headers['content-length'])).toBe(request?.body.length)
  const parts = request?.body.split('\r\n') ?? []
  expect(parts.indexOf('iso')).toBeLessThan(parts.indexOf('CD001'))
  expect(request?.body).toContain('name="filename"; filename="seed.iso"')
})

test('a ticket is fetched once, sent as a cookie with its CSRF token, and renewed when it ran out', async () => {
  let tickets = 0
  let ranOut = false
  const { stub, proxmox } = await against(
    ({ path }) => {
      if (path === '/access/ticket')
        return { body: { data: { ticket: `PVE:t${++tickets}`, CSRFPreventionToken: 'csrf' } } }
      if (ranOut) {
        ranOut = false
        return { status: 401, reason: 'No ticket' }
      }
      return { body: { data: null } }
    },
    { auth: { kind: 'ticket', user: 'root@pam', password: new Secret('pw') } },
  )
  await proxmox.setConfig('pve1', 1, {})
  ranOut = true
  await proxmox.setConfig('pve1', 1, {})
  expect(tickets).toBe(2)
  const last = stub.requests.at(-1)
  expect(last?.headers.cookie).toBe('PVEAuthCookie=PVE%3At2')
  expect(last?.headers.csrfpreventiontoken).toBe('csrf')
})

/** A task that says two more lines at each look and ends after `looks`. */
function taskThat(exit: string, looks: number, log: string[]) {
  let looked = 0
  return ({ path, query }: StubRequest): StubAnswer => {
    if (path.endsWith('/status')) {
      const running = ++looked < looks
      return {
        body: {
          data: {
            status: running ? 'running' : 'stopped',
            type: 'qmclone',
            id: '9000',
            ...(running ? {} : { exitstatus: exit }),
          },
        },
      }
    }
    const from = Number(query.get('start'))
    const lines = log
      .slice(from, looked * 2)
      .map((t, index) => ({ n: String(from + index + 1), t }))
    return {
      body: { data: from === 0 && lines.length === 0 ? [{ n: 1, t: 'no content' }] : lines },
    }
  }
}
const upid = 'UPID:pve1:000003E8:0003:6B04:qmclone:9000:root@pam:'

test('waiting for a task passes on each line once', async () => {
  const log = ['a', 'b', 'c', 'd', 'TASK OK']
  const { proxmox } = await against(taskThat('OK', 3, log))
  const lines: string[] = []
  await proxmox.waitForTask(upid, {
    signal: AbortSignal.timeout(10_000),
    log: (line) => lines.push(line),
  })
  expect(lines).toEqual(log)
})

test('a task that ended badly throws with its exit and last lines; warnings are a success', async () => {
  const log = [
    'create full clone of drive scsi0',
    'storage is full',
    'TASK ERROR: clone failed: no space',
  ]
  const failed = await against(taskThat('clone failed: no space', 2, log))
  const error = await errorOf(
    failed.proxmox.waitForTask(upid, { signal: AbortSignal.timeout(10_000) }),
  )
  expect(error.code).toBe('proxmox.task-failed')
  expect(error.message).toContain('clone failed: no space')
  expect(error.message).toContain('storage is full')
  expect(error.transient).toBe(false)
  const warned = await against(taskThat('WARNINGS: 1', 1, []))
  await warned.proxmox.waitForTask(upid, { signal: AbortSignal.timeout(10_000) })
})

test('a task that lost the wait for a lock may be tried again', async () => {
  const { proxmox } = await against(
    taskThat("can't lock file '/x/pve-storage-lvm' - got timeout", 1, []),
  )
  const error = await errorOf(proxmox.waitForTask(upid, { signal: AbortSignal.timeout(10_000) }))
  expect([error.code, error.transient]).toEqual(['proxmox.task-failed', true])
})

test('waiting ends with the signal, and the task goes on', async () => {
  const { stub, proxmox } = await against(taskThat('OK', 1000, []))
  const reason = new Error('cancelled')
  const controller = new AbortController()
  const waiting = proxmox.waitForTask(upid, { signal: controller.signal })
  setImmediate(() => controller.abort(reason))
  await expect(waiting).rejects.toBe(reason)
  expect(stub.requests.some(({ method }) => method === 'DELETE')).toBe(false)
})

test('an agent that is not there yet is null, not an error', async () => {
  const { proxmox } = await against(() => ({
    status: 500,
    reason: 'QEMU guest agent is not running',
  }))
  expect(await proxmox.agentPing('pve1', 1)).toBe(false)
  expect(await proxmox.agentInterfaces('pve1', 1)).toBeNull()
})

test('something that accepts and says nothing is given up on', async () => {
  const silent = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  after(() => silent.close())
  const { port } = silent.address() as { port: number }
  const controller = new AbortController()
  const probing = probeCertificate(`https://127.0.0.1:${port}`, controller.signal)
  controller.abort(new Error('enough'))
  await expect(probing).rejects.toThrow('enough')
})

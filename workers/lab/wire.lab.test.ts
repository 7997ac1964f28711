import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningLab, startLab } from './start-lab'
import { labClient, readConnection } from './testing/lab-client'

let dataDir: string
let lab: RunningLab
let pve: ReturnType<typeof labClient>
const SPEED = 20

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lab-'))
  lab = await startLab({ dataDir, port: 0, speed: SPEED })
  pve = labClient(lab)
})

afterAll(async () => {
  await pve.close()
  await lab.close()
  rmSync(dataDir, { recursive: true })
})

/** A request without a client's help: status line, headers and body as they came. */
function raw(options: {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
}) {
  const url = new URL(lab.connection.url)
  return new Promise<{
    status?: number
    reason?: string
    headers: NodeJS.Dict<string | string[]>
    body: string
  }>((resolve, reject) => {
    const sent = request(
      {
        host: url.hostname,
        port: url.port,
        rejectUnauthorized: false,
        agent: false,
        ...options,
        path: `/api2/json${options.path}`,
      },
      (response) => {
        let body = ''
        response.on('data', (data) => {
          body += data
        })
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            reason: response.statusMessage,
            headers: response.headers,
            body,
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(options.body)
  })
}

const authorized = () => ({ Authorization: pve.token })

test('it says in its certificate that it is a simulation, and the fingerprint is the one it wrote', async () => {
  const url = new URL(lab.connection.url)
  const socket = connect({ host: url.hostname, port: Number(url.port), rejectUnauthorized: false })
  await new Promise((resolve, reject) =>
    socket.once('secureConnect', resolve).once('error', reject),
  )
  const certificate = socket.getPeerCertificate()
  expect(certificate.subject.O).toBe('Drawbridge Lab (simulation)')
  expect(certificate.fingerprint256).toBe(readConnection(dataDir).fingerprint)
  socket.destroy()
})

test('what it wrote for the panel is for the panel alone', () => {
  for (const name of ['connection.json', 'state.json', 'pve-ssl.key'])
    expect(statSync(join(dataDir, 'lab', name)).mode & 0o077).toBe(0)
})

test('a refused sign-in is an empty 401 after three seconds of the lab, and closes the connection', async () => {
  const before = performance.now()
  const answer = await raw({ method: 'GET', path: '/nodes' })
  expect(performance.now() - before).toBeGreaterThan(3000 / SPEED)
  expect(answer).toMatchObject({ status: 401, reason: 'No ticket', body: '' })
  expect(answer.headers).toMatchObject({ connection: 'close', server: 'pve-api-daemon/3.0' })
  expect(answer.headers['content-type']).toBeUndefined()
})

test('the reason is in the status line, the whole message in the body', async () => {
  const answer = await raw({
    method: 'GET',
    path: '/nodes/pve1/qemu/999/config',
    headers: authorized(),
  })
  const reason = "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist"
  expect(answer).toMatchObject({ status: 500, reason })
  expect(JSON.parse(answer.body)).toEqual({ data: null, message: `${reason}\n` })
})

type Raw = Parameters<typeof raw>[0]

test.each<[string, Raw, number, string]>([
  [
    'DELETE with a body',
    { method: 'DELETE', path: '/nodes/pve1/qemu/999', body: 'purge=1' },
    501,
    "Unexpected content for method 'DELETE'",
  ],
  ['HEAD', { method: 'HEAD', path: '/version' }, 501, "method 'HEAD' not available"],
  ['PATCH', { method: 'PATCH', path: '/version' }, 501, "method 'PATCH' not available"],
  [
    'text',
    {
      method: 'POST',
      path: '/nodes/pve1/qemu/101/config',
      headers: { 'Content-Type': 'text/plain' },
      body: 'cores=1',
    },
    506,
    "upload 'Content-Type 'text/plain' not implemented",
  ],
])('%s is refused before any handler sees it', async (_name, options, status, reason) => {
  const length: Record<string, string> = options.body
    ? { 'Content-Length': String(options.body.length) }
    : {}
  const answer = await raw({
    ...options,
    headers: { ...authorized(), ...length, ...options.headers },
  })
  expect(answer).toMatchObject({ status, reason })
})

test('broken JSON is a 500 with the place, and JSON is as good as a form', async () => {
  const headers = { ...authorized(), 'Content-Type': 'application/json' }
  const broken = await raw({ method: 'POST', path: '/nodes/pve1/qemu', headers, body: '{bad' })
  expect(broken.status).toBe(500)
  expect(broken.reason).toContain('AnyEvent.pm line 917')
  const body = JSON.stringify({ vmid: 310, name: 'json', onboot: true, cores: 2 })
  const made = await raw({ method: 'POST', path: '/nodes/pve1/qemu', headers, body })
  await pve.task({ status: 200, reason: 'OK', text: made.body, data: JSON.parse(made.body).data })
  expect((await pve.call('GET', '/nodes/pve1/qemu/310/config')).data).toMatchObject({
    name: 'json',
    onboot: 1,
    cores: 2,
  })
})

test('curl can do what the documentation of PVE shows', async () => {
  const api = `${lab.connection.url}/api2/json`
  const curl = async (...args: string[]) => {
    const header = `Authorization: ${pve.token}`
    const { stdout } = await promisify(execFile)('curl', ['-sk', '-H', header, ...args])
    return (JSON.parse(stdout) as { data: unknown }).data
  }
  expect(await curl(`${api}/version`)).toMatchObject({ version: expect.stringMatching(/^9\.0\./) })
  const form = ['--data-urlencode', 'vmid=311', '--data-urlencode', 'name=by-curl']
  expect(await curl(...form, `${api}/nodes/pve1/qemu`)).toMatch(
    /^UPID:pve1:.*:qmcreate:311:drawbridge@pve!panel:$/,
  )
})

test('an upload is stored with its size, and its checksum is compared', async () => {
  const bytes = new TextEncoder().encode('not really an image')
  const { exit, log } = await pve.task(await pve.upload('some.iso', bytes))
  expect(exit).toBe('OK')
  expect(log).toContain(`file size is: ${bytes.length}`)
  const content = await pve.call('GET', '/nodes/pve1/storage/local/content', { content: 'iso' })
  expect(content.data).toMatchObject([
    { volid: 'local:iso/some.iso', size: bytes.length, content: 'iso' },
  ])
  const removed = await pve.task(
    await pve.call('DELETE', '/nodes/pve1/storage/local/content/local:iso/some.iso'),
  )
  expect(removed.log).toContain("Removed volume 'local:iso/some.iso'")
})

test('failures are switched on and off by hand', async () => {
  const fault = (await pve.control('POST', 'faults', {
    kind: 'host-down',
    node: 'pve1',
    how: 'refused',
  })) as { id: string }
  await expect(pve.call('GET', '/version')).rejects.toThrow()
  expect(await pve.control('GET', 'faults')).toMatchObject([{ kind: 'host-down' }])
  await pve.control('DELETE', `faults/${fault.id}`)
  expect((await pve.call('GET', '/version')).status).toBe(200)
  expect(await pve.control('POST', 'faults', { kind: 'nonsense' })).toMatchObject({
    message: expect.any(String),
  })
})

test('no web page can switch failures on', async () => {
  const url = new URL(lab.connection.url)
  const status = await new Promise((resolve, reject) => {
    const sent = request(
      {
        host: url.hostname,
        port: url.port,
        rejectUnauthorized: false,
        agent: false,
        method: 'POST',
        path: '/lab/reset',
        headers: { Origin: 'https://evil.example', 'Content-Type': 'application/json' },
      },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    sent.on('error', reject)
    sent.end('{}')
  })
  expect(status).toBe(403)
})

test('a reset empties the lab and keeps its token', async () => {
  await pve.control('POST', 'reset')
  const { data } = await pve.call('GET', '/nodes/pve1/qemu')
  expect(data).toMatchObject([{ vmid: 101, name: 'workstation' }])
  expect(await pve.control('GET', 'state')).toMatchObject({ tasks: [] })
})

test('a taken port is told', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  const elsewhere = mkdtempSync(join(tmpdir(), 'lab-'))
  await expect(startLab({ dataDir: elsewhere, port, speed: 1 })).rejects.toThrow(/EADDRINUSE/)
  rmSync(elsewhere, { recursive: true })
  other.close()
})

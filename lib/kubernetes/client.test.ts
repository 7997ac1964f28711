import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { directDialer } from '@/lib/io/dialer'
import type { KubePki } from '@/lib/lab/kubernetes/kube'
import { makeKubePki, makeServerCertificate } from '@/workers/lab/kubernetes/pki'
import { type KubernetesClient, kubernetesClient } from './client'
import type { KubernetesCode } from './errors'
import { parseKubeconfig, readdress } from './kubeconfig'

type Seen = { method: string; url: string; type: string; body: string }
type Answer = (request: IncomingMessage, response: ServerResponse) => void

let pki: KubePki
let server: Server
let port: number
let answer: Answer
const seen: Seen[] = []
const clients: KubernetesClient[] = []

const base64 = (value: string) => Buffer.from(value).toString('base64')
/** As kubeadm writes it: the server by a name that nothing here resolves. */
const kubeconfig = () =>
  stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [
      {
        name: 'k',
        cluster: {
          server: 'https://api.lan:6443',
          'certificate-authority-data': base64(pki.caCert),
        },
      },
    ],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    users: [
      {
        name: 'u',
        user: {
          'client-certificate-data': base64(pki.adminCert),
          'client-key-data': base64(pki.adminKey),
        },
      },
    ],
  })

function connect(at = port, timeoutMs = 5000): KubernetesClient {
  const endpoint = { name: 'api.lan', address: '127.0.0.1', port: at }
  const client = kubernetesClient({
    ...{ kubeconfig: readdress(kubeconfig(), endpoint, null), dialer: directDialer(), timeoutMs },
  })
  clients.push(client)
  return client
}

const json = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

beforeAll(async () => {
  pki = await makeKubePki(Date.now())
  const { cert, key } = await makeServerCertificate(pki, ['api.lan'], Date.now())
  const tls = { cert, key, ca: pki.caCert, requestCert: true, rejectUnauthorized: true }
  server = createServer(tls, async (request, response) => {
    seen.push({
      ...{ method: request.method ?? '', url: request.url ?? '', body: await text(request) },
      type: request.headers['content-type'] ?? '',
    })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  seen.length = 0
  await Promise.all(clients.splice(0).map((client) => client.close()))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('the certificate is held to the name, though the address is dialled', async () => {
  answer = (_request, response) => json(response, 200, { gitVersion: 'v1.29.14' })
  expect(await connect().version()).toBe('v1.29.14')
  const other = readdress(kubeconfig(), { name: 'other.lan', address: '127.0.0.1', port }, null)
  const client = kubernetesClient({ kubeconfig: other, dialer: directDialer() })
  clients.push(client)
  await expect(client.version()).rejects.toMatchObject({ code: 'identity.changed' })
})

test('whoever answers with a certificate of another authority is told of, and asked nothing', async () => {
  const stranger = await makeKubePki(Date.now())
  const text = kubeconfig().replace(base64(pki.caCert), base64(stranger.caCert))
  const told: unknown[] = []
  const client = kubernetesClient({
    kubeconfig: readdress(text, { name: 'api.lan', address: '127.0.0.1', port }, null),
    ...{ dialer: directDialer(), name: 'k8s', onChanged: ({ change }) => told.push(change) },
  })
  clients.push(client)
  for (const call of [client.version(), client.ready(), client.list('/api/v1/secrets')])
    await expect(call).rejects.toMatchObject({
      ...{ code: 'identity.changed', transient: false },
      change: { kind: 'cluster', name: 'k8s', offered: expect.stringMatching(/^[0-9A-F:]{95}$/) },
    })
  expect(told.length).toBeGreaterThan(0)
  expect(seen).toEqual([])
})

test('a list follows its pages, and its items get the kind that lists leave out', async () => {
  answer = ({ url }, response) => {
    const second = url?.includes('continue=next')
    const metadata = second ? { resourceVersion: '7' } : { continue: 'next', resourceVersion: '7' }
    const items = [{ metadata: { name: second ? 'b' : 'a' } }]
    json(response, 200, { kind: 'NodeList', apiVersion: 'v1', metadata, items })
  }
  const nodes = await connect().list('/api/v1/nodes')
  expect(nodes.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Node a',
    'Node b',
  ])
  expect((await connect().snapshot('/api/v1/nodes')).version).toBe('7')
})

test('an object is applied by the server, by us, by force', async () => {
  answer = (_request, response) =>
    json(response, 200, { kind: 'Namespace', metadata: { name: 'x' } })
  await connect().apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } })
  expect(seen).toEqual([
    {
      ...{ method: 'PATCH', type: 'application/apply-patch+yaml' },
      url: '/api/v1/namespaces/x?fieldManager=drawbridge&force=true',
      body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }),
    },
  ])
})

test.each<[status: number, said: string, code: KubernetesCode, transient: boolean]>([
  [401, 'Unauthorized', 'kubernetes.auth', false],
  [403, 'forbidden', 'kubernetes.forbidden', false],
  [409, 'conflict', 'kubernetes.conflict', true],
  [429, 'too many', 'kubernetes.busy', true],
  [422, 'invalid', 'kubernetes.invalid', false],
  [500, 'failed calling webhook "x": no endpoints', 'kubernetes.webhook', true],
  [500, 'boom', 'kubernetes.failed', false],
])('%i (%s) is %s', async (status, said, code, transient) => {
  answer = (_request, response) => json(response, status, { kind: 'Status', message: said })
  await expect(connect().list('/api/v1/pods')).rejects.toMatchObject({
    ...{ code, transient, status, message: `GET /api/v1/pods: ${said}` },
  })
})

test('what is not there is null; what is gone already is deleted', async () => {
  answer = (_request, response) => json(response, 404, { message: 'not found' })
  expect(await connect().get('/api/v1/nodes/x')).toBeNull()
  await connect().delete('/api/v1/nodes/x')
})

test('nobody there, and somebody who says nothing, are not waited for for ever', async () => {
  const silent = createTcpServer((socket) => socket.resume())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const at = (silent.address() as AddressInfo).port
  expect(await connect(at, 200).ready()).toBe(false)
  await expect(connect(at, 200).version()).rejects.toMatchObject({
    ...{ code: 'kubernetes.unreachable', message: expect.stringContaining('no TLS handshake') },
  })
  await new Promise((resolve) => silent.close(resolve))
  expect(await connect(at, 200).ready()).toBe(false)
})

test('a watch gives whole lines however they arrive, and ends with its signal', async () => {
  answer = (_request, response) => {
    response.writeHead(200)
    const [first, second] = [Buffer.from('{"a":"z\u00fc"}\n{"b'), Buffer.from('":2}\n')]
    response.write(first.subarray(0, 7))
    setTimeout(() => response.write(first.subarray(7)), 20)
    setTimeout(() => response.write(second), 40)
  }
  const controller = new AbortController()
  const lines: string[] = []
  const reading = (async () => {
    for await (const line of connect().lines('/api/v1/nodes', '5', controller.signal)) {
      lines.push(line)
      if (lines.length === 2) controller.abort('enough')
    }
  })()
  await expect(reading).rejects.toBe('enough')
  expect(lines).toEqual(['{"a":"z\u00fc"}', '{"b":2}'])
  expect(seen[0]?.url).toContain('watch=1&resourceVersion=5')
})

test('closing the client ends its watches', async () => {
  answer = (_request, response) => {
    response.writeHead(200)
    response.write('{"a":1}\n')
  }
  const client = connect()
  const read = async () => {
    for await (const _line of client.lines('/api/v1/nodes', '1', AbortSignal.timeout(5000)))
      void client.close()
  }
  await expect(read()).rejects.toMatchObject({ code: 'kubernetes.unreachable' })
})

test('a kubeconfig that lacks something says what, and never quotes itself', () => {
  const broken = kubeconfig().replace('current-context: c', 'current-context: d')
  expect(() => parseKubeconfig(broken)).toThrow(/names no cluster or user/)
  expect(() => parseKubeconfig('users: [{name: u, user: {client-key-data: hush}}]')).toThrow(
    /^(?!.*hush).*lacks or garbles/,
  )
  expect(() => parseKubeconfig('token: {hush')).toThrow(/^(?!.*hush).*no valid YAML/)
})

// The process ended at this one.
test('a kubeconfig that nests without end is refused, whoever put it there', () => {
  const deep = 'a: '.repeat(300_000)
  expect(() => parseKubeconfig(deep)).toThrow(/nests deeper/)
  const address = { name: 'api.lan', address: '10.2.0.5', port: 6443 }
  expect(() => readdress(deep, address, null)).toThrow(/nests deeper/)
})

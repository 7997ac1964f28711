import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { kindOfAddress } from './address-kind'
import {
  type Allowed,
  type Checked,
  EgressError,
  type LookUp,
  makeEgress,
  targetOf,
} from './egress'

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo()
})

/** A server on loopback that counts what reached it. */
async function serve(answer: (path: string) => { status: number; location?: string }) {
  let connections = 0
  const server: Server = createServer((request, response) => {
    const { status, location } = answer(request.url ?? '')
    response.writeHead(status, location === undefined ? {} : { location }).end('hello')
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  const { port } = server.address() as AddressInfo
  return { port, reached: () => connections }
}

const LOOPBACK: Checked[] = [{ address: '127.0.0.1', family: 4 }]
const opens = (rules: Allowed[], lookUp?: LookUp) => {
  const egress = makeEgress(async () => rules, lookUp ? { lookUp } : {})
  cleanup.push(() => egress.close())
  return egress
}
const admin = (host: string, port: number | null = null): Allowed => ({
  ...{ host, port },
  reach: 'private',
  by: 'an admin',
})
const charts = (host: string): Allowed => ({ host, port: 443, reach: 'public', by: 'the add-ons' })
const caught = (error: unknown) => error

test('what is allowed by host and port is fetched', async () => {
  const { port } = await serve(() => ({ status: 200 }))
  const { fetch } = opens([admin('127.0.0.1', port)])
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello')
})

test.each([
  ['another host', 'http://other.example:{port}/'],
  ['another port', 'http://127.0.0.1:12345/'],
  ['a number that means an address of this machine', 'http://2130706434:{port}/'],
])('%s gets no connection', async (_, url) => {
  const { port, reached } = await serve(() => ({ status: 200 }))
  const { fetch } = opens([admin('127.0.0.1', port)], async () => LOOPBACK)
  const error = await fetch(url.replace('{port}', String(port))).catch(caught)
  expect(error).toBeInstanceOf(EgressError)
  expect(String(error)).toContain('Other addresses')
  expect(reached()).toBe(0)
})

test('a redirect is held to the same rules', async () => {
  const secret = await serve(() => ({ status: 200 }))
  const { port } = await serve((path) =>
    path === '/away'
      ? { status: 302, location: `http://127.0.0.1:${secret.port}/` }
      : { status: path === '/near' ? 302 : 200, location: '/there' },
  )
  const { fetch } = opens([admin('127.0.0.1', port)])
  expect((await fetch(`http://127.0.0.1:${port}/near`)).status).toBe(200)
  const error = await fetch(`http://127.0.0.1:${port}/away`).catch(caught)
  expect(error).toMatchObject({ code: 'egress.not-allowed' })
  expect(secret.reached()).toBe(0)
})

test('a name is looked up once and the checked address is the one that is connected to', async () => {
  const { port } = await serve(() => ({ status: 200 }))
  const asked: string[] = []
  const egress = opens([admin('localhost', port)], async (host) => {
    asked.push(host)
    // What a rebinding name server answers the second time would not be let through.
    return asked.length === 1 ? LOOPBACK : [{ address: '169.254.169.254', family: 4 }]
  })
  expect((await egress.fetch(`http://localhost:${port}/`)).status).toBe(200)
  expect(asked).toEqual(['localhost'])
})

test.each<[string, Allowed, string, string]>([
  ['a chart repository that resolves to the rack', charts('charts.example'), '10.0.0.1', 'private'],
  [
    'a chart repository that resolves to this machine',
    charts('charts.example'),
    '127.0.0.1',
    'own machine',
  ],
  ["an admin's host that resolves to this machine", admin('charts.example'), '::1', 'own machine'],
  [
    "an admin's host that resolves to cloud metadata",
    admin('charts.example'),
    '169.254.169.254',
    'never',
  ],
  ['one that hides IPv4 in IPv6', charts('charts.example'), '::ffff:10.0.0.1', 'private'],
])('%s is refused', async (_, rule, address, why) => {
  const egress = opens([rule], async () => [
    { address: '93.184.215.14', family: 4 },
    { address, family: address.includes(':') ? 6 : 4 },
  ])
  await expect(egress.resolve('charts.example', 443)).rejects.toThrow(why)
  await expect(egress.connect('charts.example', 443)).rejects.toBeInstanceOf(EgressError)
})

test('a list that changed counts at the next connection', async () => {
  const { port } = await serve(() => ({ status: 200 }))
  const rules: Allowed[] = []
  const egress = opens(rules)
  await expect(egress.connect('127.0.0.1', port)).rejects.toBeInstanceOf(EgressError)
  rules.push(admin('127.0.0.1', port))
  ;(await egress.connect('127.0.0.1', port)).destroy()
  rules.pop()
  await expect(egress.connect('127.0.0.1', port)).rejects.toBeInstanceOf(EgressError)
})

test('names compare without case, root dot and brackets; *. stands for what is below', async () => {
  const egress = opens([admin('Idp.Lan', 443), admin('*.example.org'), admin('[fd12::1]', 8006)])
  await egress.check('idp.lan.', 443)
  await egress.check('a.b.example.org', 22)
  await egress.check('fd12:0::1', 8006)
  for (const host of ['example.org', 'badexample.org', 'idp.lan.example', 'fd12::2'])
    await expect(egress.check(host, 443)).rejects.toBeInstanceOf(EgressError)
})

test.each([
  ['https://Charts.Example/x', 'charts.example', 443],
  ['http://a.lan/x', 'a.lan', 80],
  ['oci://registry.example/charts', 'registry.example', 443],
  ['https://[fd12::1]:8443/', 'fd12::1', 8443],
])('%s goes to %s:%i', (url, host, port) => expect(targetOf(url)).toEqual({ host, port }))

describe('the kind of an address', () => {
  test.each([
    ['93.184.215.14', 'public'],
    ['2606:2800:21f::1', 'public'],
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd00::1', 'private'],
    ['127.8.8.8', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['2002:7f00:1::', 'loopback'],
    ['169.254.169.254', 'never'],
    ['::ffff:169.254.169.254', 'never'],
    ['64:ff9b::a9fe:a9fe', 'never'],
    ['fe80::1', 'never'],
    ['fd00:ec2::254', 'never'],
    ['100.100.100.200', 'never'],
    ['0.0.0.0', 'never'],
    ['::', 'never'],
    ['224.0.0.1', 'never'],
    ['255.255.255.255', 'never'],
    ['ff02::1', 'never'],
    ['not an address', 'never'],
  ])('%s is %s', (address, kind) => expect(kindOfAddress(address)).toBe(kind))

  test('an IPv4 address is of the same kind however IPv6 writes it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(kindOfAddress(`::ffff:${address}`)).toBe(kindOfAddress(address))
      }),
    )
  })
})

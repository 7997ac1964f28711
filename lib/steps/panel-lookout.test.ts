import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { DialError, type Dialer, directDialer } from '@/lib/io/dialer'
import type { Observed } from '@/lib/plan/observed'
import { mergeSightings } from '@/lib/topology/ipam-sighting'
import type { Topology } from '@/lib/topology/topology'
import { type Lookout, lookoutOver, panelSightings } from './panel-lookout'

const ALWAYS = new AbortController().signal
const silent: Dialer = {
  close() {},
  dial: (_host, _port, signal) =>
    new Promise((_, reject) => {
      signal?.throwIfAborted()
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    }),
}
const to = (code: ConstructorParameters<typeof DialError>[0]): Dialer => ({
  close() {},
  dial: () => Promise.reject(new DialError(code, 'x')),
})

test('who takes a connection or refuses it answers; who says nothing does not', async () => {
  const server = createServer((socket) => socket.end())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // Nothing listens at 22 or 443 of this address, and the machine says so.
  expect(await lookoutOver(directDialer(), false).answers('127.77.0.9', ALWAYS)).toBe(true)
  server.close()
  expect(await lookoutOver(to('dial.no-route'), false).answers('10.9.0.9', ALWAYS)).toBe(false)
  expect(await lookoutOver(to('dial.timeout'), false).answers('10.9.0.9', ALWAYS)).toBe(false)
  expect(await lookoutOver(silent, false).answers('10.9.0.9', ALWAYS)).toBe(false)
  await expect(
    lookoutOver(silent, false).answers('10.9.0.9', AbortSignal.abort(new Error('cancelled'))),
  ).rejects.toThrow()
})

const vm = (network: string, address: string) => ({
  ...{ role: 'plain' as const, host: 'pve', cpus: 1, memoryMib: 1024 },
  ...{ disks: { system: { kind: 'system' as const, sizeGib: 8 } } },
  nics: { lan: { network, address } },
})
const topology = (count: number): Topology => ({
  drawbridge: 1,
  name: 't',
  hosts: { pve: { role: 'proxmox', connection: 'home' } },
  networks: {
    lan: { cidr: '192.168.1.0/24' },
    vms: { cidr: '10.2.0.0/24' },
    world: { cidr: '203.0.112.0/22' },
  },
  vms: {
    there: vm('lan', '192.168.1.50'),
    covered: vm('vms', '10.2.0.33'),
    public: vm('world', '203.0.113.9'),
    astray: vm('lan', '172.16.0.9'),
    ...Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`new-${n}`, vm('lan', `192.168.1.${60 + n}`)]),
    ),
  },
})
const observed = (document: Topology): Observed => ({
  ...{ at: 5000, hosts: {}, templates: {}, clusters: {} },
  vms: Object.fromEntries(
    Object.keys(document.vms ?? {}).map((id) => [
      id,
      id === 'there'
        ? { state: 'unknown', reason: 'x', since: null }
        : { state: 'absent', at: 5000 },
    ]),
  ),
})

test('only private addresses in drawn networks that VMs are to get are tried, sixteen at most', async () => {
  const tried: string[] = []
  const lookout: Lookout = {
    answers: async (address) => {
      tried.push(address)
      return address === '192.168.1.61'
    },
    neighbours: async () => [
      { address: '192.168.1.61', mac: 'AA:00:00:00:00:01' },
      { address: '192.168.1.7', mac: 'AA:00:00:00:00:02' },
      { address: '172.17.0.2', mac: 'AA:00:00:00:00:03' },
      { address: '10.2.0.5', mac: 'AA:00:00:00:00:04' },
    ],
  }
  const document = topology(40)
  const met = await panelSightings(document, observed(document), new Set(['vms']), {
    lookout: async () => lookout,
    signal: ALWAYS,
  })
  expect(tried.toSorted()).toEqual(
    Array.from({ length: 16 }, (_, n) => `192.168.1.${60 + n}`).toSorted(),
  )
  expect(met.map(({ address, mac }) => [address, mac])).toEqual([
    ['192.168.1.61', 'AA:00:00:00:00:01'],
    ['192.168.1.7', 'AA:00:00:00:00:02'],
  ])
  expect(met[0]).toMatchObject({ by: 'the panel', source: 'neighbour', at: 5000 })
})

test('one whose MAC nobody saw is not kept: the next reading tries again', () => {
  const seen = { address: '192.168.1.61', at: 5000, by: 'the panel', source: 'neighbour' as const }
  const kept = mergeSightings(
    [
      { ...seen, mac: null },
      { ...seen, mac: 'AA:00:00:00:00:01' },
    ],
    [],
    { at: 6000, blind: new Set() },
  )
  expect(kept.map(({ mac }) => mac)).toEqual(['AA:00:00:00:00:01'])
})

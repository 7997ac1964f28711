import { expect, test } from 'vitest'
import type { Inventory } from '../fit/inventory'
import { aNode, inventoryOf } from '../fit/testing/inventories'
import { formatTopology } from '../format'
import { parseTopology } from '../parse'
import type { Topology } from '../topology'
import { deployable } from '../validate'
import { type Adoption, adoptMachines } from './adopt'
import { aDisk, aGuest, aNic } from './testing/machines'

const EMPTY: Topology = { drawbridge: 1, name: 'Mine' }

const read = (
  inventory: Inventory,
  answers: Record<string, string> = {},
  topology = EMPTY,
): Adoption =>
  adoptMachines(topology, {
    inventories: { home: { name: 'Home', inventory } },
    connection: 'home',
    answers,
  })

/** Twins on one bridge, and a container. */
const PLAIN = inventoryOf([
  aNode('pve', {
    guests: [
      aGuest(101, 'web-1', {}, { addresses: ['192.168.178.41'] }),
      aGuest(102, 'web-2', {}, { addresses: ['192.168.178.42'] }),
      { ...aGuest(103, 'dns', {}, { kind: 'lxc' }), addresses: ['192.168.178.53'] },
    ],
  }),
])

/** Two hosts, one of them dark; VLANs, DHCP, an HBA, snapshots, a lock, another panel's VM, odd names. */
const UGLY = inventoryOf([
  aNode('pve1', {
    guests: [
      aGuest(110, 'TrueNAS.lan', {
        ...{ passed: ['hostpci0: 0000:01:00.0'], machine: 'pc-q35-8.1', bios: 'ovmf' },
        nics: [
          aNic('net0', { mac: 'BC:24:11:00:10:01' }),
          aNic('net1', { mac: 'BC:24:11:00:10:02', tag: 50, mtu: 9000 }),
          aNic('net2', { mac: 'BC:24:11:00:10:03', bridge: 'vmbr9' }),
        ],
        disks: [
          aDisk('sata1', { storage: '', sizeGib: 0 }),
          aDisk('virtio0', { sizeGib: 3.5 }),
          aDisk('scsi1', { serial: 'WD-1', sizeGib: 500 }),
        ],
        boot: ['net0', 'virtio0'],
      }),
      aGuest(111, 'ubuntu', {
        cloudInit: true,
        ...{ agent: true, tags: ['Web', 'a_b'] },
        nics: [
          aNic('net0', {
            mac: 'BC:24:11:00:11:01',
            tag: 60,
            given: '10.60.0.11/23',
            gateway: '10.60.0.1',
          }),
        ],
      }),
      aGuest(
        112,
        'lease',
        { nics: [aNic('net0', { mac: 'BC:24:11:00:12:01', given: 'dhcp' })] },
        { addresses: ['192.168.178.77'] },
      ),
      aGuest(113, 'busy', { lock: 'backup' }),
      aGuest(114, 'old', { snapshot: 'before' }),
      aGuest(115, 'theirs', {}, { marker: 'drawbridge:p9/other/vms/x' }),
      aGuest(9000, 'jammy', {}, { template: true, running: false }),
      aGuest(117, 'lease'),
      aGuest(116, '123', { nics: [aNic('net0', { mac: '', model: 'virtio' })] }),
    ],
  }),
  { node: 'pve2', facts: null, trouble: 'it is offline, says its Proxmox' },
])

test('twins become one size, and a container is told of', () => {
  const { topology, questions, problems, found } = read(PLAIN)
  expect(questions).toEqual([])
  expect(deployable(problems)).toBe(true)
  expect(topology.sizes).toEqual({ '1c-2g-32g': { cpus: 1, memoryMib: 2048, diskGib: 32 } })
  expect(topology.networks).toEqual({ lan: { cidr: '192.168.178.0/24', gateway: '192.168.178.1' } })
  expect(topology.vms?.['web-1']).toMatchObject({
    ...{ adopted: true, size: '1c-2g-32g', vmid: 101 },
    nics: { net0: { network: 'lan', address: '192.168.178.41' } },
    disks: { scsi0: { kind: 'system', slot: 'scsi0' } },
  })
  expect(topology.unmanaged).toMatchObject({ dns: { kind: 'lxc', vmid: 103 } })
  expect(found.map(({ as }) => as)).toEqual(['vm', 'vm', 'unmanaged'])
})

test.each([
  ['plain', PLAIN, {}],
  ['ugly', UGLY, {}],
  ['ugly-answered', UGLY, { 'cidr:vmbr0/50': '10.50.0.0/24', 'guest:home/114': 'unmanaged' }],
] as const)('%s: the document and what is told of each guest', async (name, inventory, answers) => {
  const { topology, found, questions, unread } = read(inventory, answers)
  const told = { found, questions: questions.map(({ id, value }) => `${id} = ${value}`), unread }
  await expect(
    `${formatTopology(topology)}\n---\n${JSON.stringify(told, null, 2)}\n`,
  ).toMatchFileSnapshot(`golden/${name}.yaml`)
})

test('what cannot be known is asked, and left alone without an answer', () => {
  const { questions, topology, found } = read(UGLY)
  expect(questions.map(({ id, proposed }) => [id, proposed])).toEqual([
    ['cidr:vmbr0/50', ''],
    ['cidr:vmbr9/0', ''],
  ])
  expect(Object.keys(topology.vms?.['truenas-lan']?.nics ?? {})).toEqual(['net0'])
  expect(found[0]?.left).toEqual(
    expect.arrayContaining(['net1', 'net2', 'sata1', 'machine pc-q35-8.1', 'name']),
  )
  expect(read(UGLY, { 'cidr:vmbr0/50': 'nonsense' }).questions[0]?.fault).toMatch(/Write a network/)
})

test('a lease is no address, a fraction of a GiB is rounded up, the first disk that boots is the system', () => {
  const { topology } = read(UGLY)
  expect(topology.vms?.lease?.nics?.net0).not.toHaveProperty('address')
  expect(topology.vms?.ubuntu?.nics?.net0).toMatchObject({ address: '10.60.0.11' })
  expect(topology.networks?.['vlan-60']).toMatchObject({
    cidr: '10.60.0.0/23',
    gateway: '10.60.0.1',
  })
  expect(Object.entries(topology.vms?.['truenas-lan']?.disks ?? {})).toMatchObject([
    ['virtio0', { kind: 'system', sizeGib: 4 }],
    ['scsi1', { kind: 'data', sizeGib: 500 }],
  ])
})

test('what is locked, marked by others or no VM is not managed, with a reason', () => {
  const { found } = read(UGLY)
  const why = (vmid: number) => found.find((each) => each.vmid === vmid)?.cannot
  expect(why(113)).toMatch(/lock on it \(backup\)/)
  expect(why(115)).toMatch(/another drawing or panel/)
  expect(why(9000)).toMatch(/template/)
  expect(why(110)).toBeNull()
})

test.each([
  ['plain', PLAIN],
  ['ugly', UGLY],
] as const)(
  '%s: what was read is a document that parses, and reading again changes nothing',
  (_, inventory) => {
    const first = read(inventory)
    const parsed = parseTopology(formatTopology(first.topology))
    if (!parsed.ok) throw new Error(JSON.stringify(parsed))
    expect(read(inventory, {}, parsed.topology).changes).toEqual([])
    expect(first.problems.filter(({ severity }) => severity === 'blocker')).toEqual([])
  },
)

test('a copy of a machine that is drawn is not taken for another one', () => {
  const { topology } = read(PLAIN)
  const copy = aGuest(190, 'web-1-copy', { nics: [aNic('net0', { mac: 'BC:24:11:00:01:01' })] })
  const { found } = read(inventoryOf([aNode('pve', { guests: [copy] })]), {}, topology)
  expect(found[0]?.cannot).toMatch(/web-1 of the drawing has the same MAC/)
})

import fc from 'fast-check'
import { CPU_TYPES, type Inventory, type InventoryNode, type NodeFacts } from '../inventory'

/** A machine as many have one: 64 GiB, a thin pool, a bridge without VLANs, the router's LAN. */
export const aNode = (node: string, facts: Partial<NodeFacts>): InventoryNode => ({
  node,
  trouble: null,
  facts: {
    version: '9.0.11',
    cpuModel: 'Intel(R) Core(TM) i7-12700',
    cpuType: 'x86-64-v2-AES',
    cpuThreads: 20,
    memoryMib: 65_536,
    bridges: [
      { name: 'vmbr0', vlanAware: false, address: '192.168.178.20/24', gateway: '192.168.178.1' },
    ],
    storages: [
      {
        ...{ id: 'local', type: 'dir', content: ['import', 'iso', 'backup', 'vztmpl'] },
        ...{ active: true, shared: false, totalGib: 93.9, usedGib: 11.2 },
      },
      {
        ...{ id: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'] },
        ...{ active: true, shared: false, totalGib: 794.3, usedGib: 60.1 },
      },
    ],
    dns: { search: 'fritz.box', servers: ['192.168.178.1'] },
    guests: [
      {
        ...{ vmid: 100, name: 'home-assistant', kind: 'qemu', running: true, template: false },
        ...{ cpus: 2, memoryMib: 4096, marker: null, addresses: ['192.168.178.40'] },
      },
    ],
    ...facts,
  },
})

export const inventoryOf = (nodes: InventoryNode[]): Inventory => ({ at: 1_780_000_000_000, nodes })

const lan = fc
  .tuple(
    fc.constantFrom(
      '192.168.1',
      '192.168.178',
      '10.0.0',
      '10.2.0',
      '10.96.4',
      '10.244.1',
      '172.16.5',
    ),
    fc.constantFrom(24, 24, 24, 23, 22, 26, 27),
  )
  .map(([net, prefix]) => ({ net, prefix }))

const guest = fc.record({
  vmid: fc.integer({ min: 100, max: 320 }),
  name: fc.constantFrom('home-assistant', 'nas', 'win11'),
  kind: fc.constantFrom('qemu' as const, 'lxc' as const),
  running: fc.boolean(),
  template: fc.boolean(),
  cpus: fc.integer({ min: 1, max: 8 }),
  memoryMib: fc.constantFrom(512, 2048, 8192, 16_384),
  marker: fc.constant(null),
  addresses: fc.constant([] as string[]),
})

const storages = fc
  .record({
    disks: fc.constantFrom('lvmthin', 'zfspool', 'lvm', 'dir', 'nfs', 'btrfs', 'none'),
    name: fc.constantFrom('local-lvm', 'local-zfs', 'tank', 'ssd', 'Fast_SSD'),
    gib: fc.constantFrom(40, 120, 450, 1800, 7000),
    import: fc.boolean(),
    second: fc.boolean(),
  })
  .map((one) => [
    {
      ...{ id: 'local', type: 'dir', active: true, shared: false, totalGib: 90, usedGib: 10 },
      content: ['iso', 'backup', ...(one.import ? ['import'] : [])],
    },
    ...(one.disks === 'none'
      ? []
      : [
          {
            ...{ id: one.name, type: one.disks, content: ['images', 'rootdir'], active: true },
            ...{ shared: false, totalGib: one.gib, usedGib: one.gib / 10 },
          },
        ]),
    ...(one.second
      ? [
          {
            ...{ id: 'slow', type: 'lvm', content: ['images'], active: true },
            ...{ shared: false, totalGib: 3000, usedGib: 5 },
          },
        ]
      : []),
  ])

const node = (name: string, last: number) =>
  fc
    .record({
      ...{ lan, storages, guests: fc.array(guest, { maxLength: 4 }) },
      threads: fc.constantFrom(1, 2, 4, 8, 32),
      gib: fc.constantFrom(2, 4, 8, 16, 32, 128),
      aware: fc.boolean(),
      bridges: fc.constantFrom('one', 'two', 'other', 'none', 'silent'),
      cpuType: fc.constantFrom(null, ...CPU_TYPES),
      dns: fc.boolean(),
    })
    .map(({ gib, threads, aware, ...one }) => {
      const { net, prefix } = one.lan
      const main = {
        name: one.bridges === 'other' ? 'vmbr7' : 'vmbr0',
        vlanAware: aware,
        address: one.bridges === 'silent' ? null : `${net}.${last}/${prefix}`,
        gateway: one.bridges === 'silent' ? null : `${net}.1`,
      }
      const spare = { name: 'vmbr1', vlanAware: true, address: null, gateway: null }
      return aNode(name, {
        ...{ cpuThreads: threads, memoryMib: gib * 1024, cpuType: one.cpuType },
        ...{ storages: one.storages, guests: one.guests },
        bridges: one.bridges === 'none' ? [] : one.bridges === 'two' ? [spare, main] : [main],
        dns: one.dns ? { search: 'lan', servers: [`${net}.1`] } : null,
      })
    })

/** Machines as people have them, from too small to plenty, in one connection. */
export const anInventory = fc.oneof(
  node('pve', 5).map((one) => inventoryOf([one])),
  fc.tuple(node('pve1', 5), node('pve2', 6)).map((all) => inventoryOf(all)),
  fc.tuple(node('pve1', 5), node('pve2', 6), node('pve3', 7)).map((all) => inventoryOf(all)),
)

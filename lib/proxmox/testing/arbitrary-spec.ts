import fc from 'fast-check'
import type { DiskSpec, NicSpec, PciSpec, VmSpec } from '@/lib/plan/observed'

const hex = fc
  .integer({ min: 0, max: 255 })
  .map((n) => n.toString(16).padStart(2, '0').toUpperCase())
const mac = fc.tuple(hex, hex, hex).map((parts) => ['BC:24:11', ...parts].join(':'))
const nic = (n: number): fc.Arbitrary<NicSpec> =>
  fc.record({
    slot: fc.constant(`net${n}`),
    model: fc.constantFrom('virtio' as const, 'e1000' as const),
    mac,
    bridge: fc.constantFrom('vmbr0', 'vmbr1'),
    tag: fc.option(fc.integer({ min: 1, max: 4094 }), { nil: null }),
    firewall: fc.boolean(),
    mtu: fc.option(fc.integer({ min: 1280, max: 9216 }), { nil: null }),
  })
const disk = (n: number): fc.Arbitrary<DiskSpec> =>
  fc.record({
    slot: fc.constant(`scsi${n}`),
    serial: n === 0 ? fc.constant(null) : fc.constant(`db-disk-${n}`),
    storage: fc.constantFrom('local-lvm', 'tank'),
    sizeGib: fc.integer({ min: 1, max: 4000 }),
    kind: fc.constant(n === 0 ? ('system' as const) : ('data' as const)),
    discard: fc.boolean(),
    ssd: fc.boolean(),
    iothread: fc.boolean(),
  })
const pci = (n: number): fc.Arbitrary<PciSpec> =>
  fc.record({
    slot: fc.constant(`hostpci${n}`),
    mapping: fc.constantFrom('card', 'Hba-1'),
    pcie: fc.boolean(),
  })
const several = <T>(make: (n: number) => fc.Arbitrary<T>, min: number, max: number) =>
  fc
    .integer({ min, max })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => make(n))))
const passed = fc.oneof(
  fc.constant({}),
  (several(pci, 1, 3) as fc.Arbitrary<PciSpec[]>).map((list) => ({ pci: list })),
)
/** Any VM that a document can describe. */
export const spec: fc.Arbitrary<VmSpec> = fc
  .tuple(
    fc.record({
      name: fc.constantFrom('k8s-master-1', 'nfs'),
      cpus: fc.integer({ min: 1, max: 64 }),
      memoryMib: fc.integer({ min: 16, max: 500_000 }),
      balloonMib: fc.integer({ min: 0, max: 500_000 }),
      cpuType: fc.constantFrom('x86-64-v2-AES', 'host', 'kvm64'),
      machine: fc.constantFrom('q35', 'i440fx', 'pc-q35-9.0+pve0'),
      bios: fc.constantFrom('seabios' as const, 'ovmf' as const),
      agent: fc.boolean(),
      onBoot: fc.boolean(),
      startOrder: fc.option(fc.nat(99), { nil: null }),
      startDelayS: fc.option(fc.nat(600), { nil: null }),
      protection: fc.boolean(),
      tags: fc
        .uniqueArray(fc.constantFrom('k8s', 'worker', 'nfs', 'a-b'))
        .map((tags) => tags.toSorted()),
      nics: several(nic, 0, 12) as fc.Arbitrary<NicSpec[]>,
      disks: several(disk, 1, 12) as fc.Arbitrary<DiskSpec[]>,
    }),
    passed,
  )
  .map(([plain, devices]) => ({ ...plain, ...devices }))

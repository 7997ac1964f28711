import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges } from './apply'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import { invert } from './change'
import { applyEdit, changesOf, type Edit } from './edit'
import { freeId } from './free-id'
import { resolveVm } from './resolve'
import { rewriteText } from './rewrite'
import { readTopology } from './testing/read-seed'
import { runs, SLOW } from './testing/runs'
import { canonical } from './testing/same-document'
import { small } from './testing/small'
import type { Kind, Topology } from './topology'
import { validate } from './validate'

const after = (...edits: Edit[]) =>
  edits.reduce((topology, edit) => applyChanges(topology, changesOf(topology, edit)), small())

test('a VM that is added is whole: host, template, size and the next free address', () => {
  const added = after({ kind: 'addVm', id: 'db', role: 'plain', network: 'lan' })
  expect(added.vms?.db).toEqual({
    role: 'plain',
    host: 'pve',
    template: 'ubuntu',
    size: 'tiny',
    nics: { lan: { network: 'lan', address: '10.0.0.41' } },
  })
  expect(validate(added)).toEqual([])
})

test('a NIC that moves takes the next free address of the right pool there', () => {
  const moved = after({ kind: 'moveVm', vm: 'web', nic: 'lan', network: 'dmz' })
  expect(moved.vms?.web?.nics?.lan).toEqual({
    network: 'dmz',
    address: '10.4.0.11',
    mac: 'BC:24:11:00:00:03',
  })
  const back = applyEdit(moved, { kind: 'moveVm', vm: 'web', nic: 'lan', network: 'lan' })
  expect(back.vms?.web?.nics?.lan?.address).toBe('10.0.0.40')
})

test('where the other network has no pool left, the address is gone and a rule says why', () => {
  const fill: Edit[] = ['x', 'y', 'z'].map((id) => ({
    kind: 'addVm',
    id,
    role: 'plain',
    network: 'dmz',
  }))
  const full = after(...fill)
  expect(full.vms?.z?.nics?.dmz).toEqual({ network: 'dmz' })
  expect(validate(full).map(({ code }) => code)).toEqual(['vm.no-address'])
})

test('resizing forgets the numbers beside the old size', () => {
  const sized = after(
    { kind: 'set', path: ['vms', 'web', 'memoryMib'], value: 9000 },
    { kind: 'resizeVm', vm: 'web', size: 'big' },
  )
  expect(resolveVm(sized, 'web')).toMatchObject({ cpus: 4, memoryMib: 16_384 })
})

test('a duplicate has nothing that is the first one’s alone', () => {
  const twin = after({ kind: 'duplicateVm', vm: 'web', id: 'web-2' }).vms?.['web-2']
  expect(twin).toMatchObject({ role: 'plain', size: 'tiny' })
  expect(twin?.vmid).toBeUndefined()
  expect(twin?.nics).toEqual({
    lan: { network: 'lan', address: '10.0.0.41' },
    dmz: { network: 'dmz', address: '10.4.0.11' },
  })
})

test('a disk that is added is a data disk behind the system disk', () => {
  const grown = after(
    { kind: 'addDisk', vm: 'web', sizeGib: 30 },
    { kind: 'addDisk', vm: 'web', sizeGib: 40 },
  )
  expect(
    resolveVm(grown, 'web')?.disks.map(({ slot, id, sizeGib }) => [slot, id, sizeGib]),
  ).toEqual([
    ['scsi0', 'system', 20],
    ['scsi1', 'data', 30],
    ['scsi2', 'data-2', 40],
  ])
})

test('removing a network takes its pools and NICs along, and nothing points into the void', () => {
  const removed = after({ kind: 'removeObject', collection: 'networks', id: 'dmz' })
  expect(removed.pools?.['dmz-vms']).toBeUndefined()
  expect(removed.vms?.web?.nics).toEqual({ lan: small().vms!.web!.nics!.lan })
  expect(validate(removed)).toEqual([])
})

test('removing an object never leaves a reference to it, whichever it is', () => {
  for (const document of [small(), readTopology(DARK_KNIGHT)]) {
    for (const collection of [
      'hosts',
      'routers',
      'networks',
      'pools',
      'sizes',
      'templates',
      'vms',
    ] as Kind[]) {
      for (const id of Object.keys(document[collection] ?? {})) {
        const left = applyEdit(document, { kind: 'removeObject', collection, id })
        const codes = validate(left).map(({ code }) => code)
        expect(codes, `${collection} ${id}`).not.toContain('reference.unknown')
      }
    }
  }
})

test('an add-on is switched off with its settings kept, and on again as it was', () => {
  const edit = { cluster: 'k8s', addOn: 'metallb' }
  const off = after({ kind: 'disableAddOn', ...edit })
  expect(off.clusters?.k8s?.addOns?.metallb).toEqual({ pool: 'metallb', enabled: false })
  expect(applyEdit(off, { kind: 'enableAddOn', ...edit })).toEqual(small())
  expect(
    after({ kind: 'enableAddOn', cluster: 'k8s', addOn: 'loki' }).clusters?.k8s?.addOns?.loki,
  ).toEqual({})
})

test('an edit of what is not there changes nothing', () => {
  const edits: Edit[] = [
    { kind: 'moveVm', vm: 'no', nic: 'lan', network: 'dmz' },
    { kind: 'moveVm', vm: 'web', nic: 'lan', network: 'lan' },
    { kind: 'resizeVm', vm: 'no', size: 'big' },
    { kind: 'removeObject', collection: 'vms', id: 'no' },
    { kind: 'remove', path: ['vms', 'web', 'cpus'] },
    { kind: 'disableAddOn', cluster: 'k8s', addOn: 'no' },
    { kind: 'withdraw', code: 'x', path: [] },
    { kind: 'set', path: [], value: 1 },
    { kind: 'set', path: ['vms', 'no', 'about'], value: 'x' },
    { kind: 'set', path: ['vms', 'web', 'nics', 'no', 'mtu'], value: 1500 },
  ]
  for (const edit of edits) expect(changesOf(small(), edit), edit.kind).toEqual([])
})

test('a new id is one that nobody has', () => {
  expect(freeId(small().vms, 'web')).toBe('web-2')
  expect(freeId(undefined, 'web')).toBe('web')
})

/** Edits that people make, on objects that mostly exist. */
function anyEdit(topology: Topology): fc.Arbitrary<Edit> {
  const one = (kind: Kind) => fc.constantFrom('gone', ...Object.keys(topology[kind] ?? {}))
  const role = fc.constantFrom('worker', 'plain', 'control-plane', 'nfs', 'load-balancer')
  const fresh = fc.constantFrom('n1', 'n2', 'n3')
  const lan = fc.constantFrom('lan', 'storage')
  return fc.oneof(
    fc.record({ kind: fc.constant('addVm'), id: fresh, role, network: one('networks') }),
    fc.record({ kind: fc.constant('duplicateVm'), vm: one('vms'), id: fresh }),
    fc.record({ kind: fc.constant('moveVm'), vm: one('vms'), nic: lan, network: one('networks') }),
    fc.record({ kind: fc.constant('resizeVm'), vm: one('vms'), size: one('sizes') }),
    fc.record({ kind: fc.constant('placeVm'), vm: one('vms'), host: one('hosts') }),
    fc.record({ kind: fc.constant('addNic'), vm: one('vms'), network: one('networks') }),
    fc.record({
      kind: fc.constant('addDisk'),
      vm: one('vms'),
      sizeGib: fc.integer({ min: 1, max: 99 }),
    }),
    fc.record({
      kind: fc.constant('removeObject'),
      collection: fc.constant('vms'),
      id: one('vms'),
    }),
    fc.record({
      kind: fc.constant('removeObject'),
      collection: fc.constant('networks'),
      id: one('networks'),
    }),
    fc.record({
      kind: fc.constant('set'),
      path: fc
        .tuple(fc.constant('vms'), one('vms'), fc.constant('about'))
        .filter(([, id]) => id !== 'gone'),
      value: fc.string(),
    }),
    fc.record({ kind: fc.constant('addNetwork'), id: fresh, cidr: fc.constant('10.77.0.0/24') }),
  ) as fc.Arbitrary<Edit>
}

test('any number of edits undone gives the first document, in value and in text', SLOW, () => {
  const first = readTopology(DARK_KNIGHT)
  fc.assert(
    fc.property(fc.array(anyEdit(first), { maxLength: 8 }), (edits) => {
      let topology = first
      let text = DARK_KNIGHT
      const undo = []
      for (const edit of edits) {
        const changes = changesOf(topology, edit)
        topology = applyChanges(topology, changes)
        text = rewriteText(text, changes)
        undo.unshift(invert(changes))
        expect(canonical(readTopology(text))).toBe(canonical(topology))
      }
      for (const changes of undo) {
        topology = applyChanges(topology, changes)
        text = rewriteText(text, changes)
      }
      expect(canonical(topology)).toBe(canonical(first))
      expect(canonical(readTopology(text))).toBe(canonical(first))
      // What a removed object had beside and inside it in comments is gone; nothing else is.
      if (!edits.some(({ kind }) => kind === 'removeObject')) expect(text).toBe(DARK_KNIGHT)
    }),
    runs(8),
  )
})

test('no edit takes an address that somebody answers at, nor one that is kept', () => {
  const topology = applyChanges(small(), [
    { path: ['reservations', 'x'], to: { address: '10.0.0.43', until: '2026-11-24' } },
  ])
  const beside = { addresses: ['10.0.0.41', '10.0.0.42', '10.4.0.11'], today: '2026-11-24' }
  const at = (edit: Edit, vm: string, nic: string) =>
    applyEdit(topology, edit, beside).vms?.[vm]?.nics?.[nic]?.address
  expect(at({ kind: 'renumberNic', vm: 'web', nic: 'lan' }, 'web', 'lan')).toBe('10.0.0.44')
  expect(at({ kind: 'moveVm', vm: 'web', nic: 'lan', network: 'dmz' }, 'web', 'lan')).toBe(
    '10.4.0.12',
  )
  expect(at({ kind: 'addNic', vm: 'cp-1', network: 'dmz' }, 'cp-1', 'dmz')).toBe('10.4.0.12')
  expect(at({ kind: 'duplicateVm', vm: 'web', id: 'web-2' }, 'web-2', 'lan')).toBe('10.0.0.44')
  expect(at({ kind: 'addVm', id: 'n', role: 'plain', network: 'lan' }, 'n', 'lan')).toBe(
    '10.0.0.44',
  )
  const later = { ...beside, today: '2026-11-25' }
  expect(
    applyEdit(topology, { kind: 'renumberNic', vm: 'web', nic: 'lan' }, later).vms?.web?.nics?.lan
      ?.address,
  ).toBe('10.0.0.43')
})

test('an object is held once, by name and reason; a hold goes with its object', () => {
  const path = ['vms', 'web']
  const held = applyEdit(small(), {
    kind: 'hold',
    path,
    by: 'ada',
    reason: 'disk',
    until: '2026-12-01',
  })
  expect(held.holds).toEqual([{ path, by: 'ada', reason: 'disk', until: '2026-12-01' }])
  const again = applyEdit(held, { kind: 'hold', path, by: 'bob', reason: 'move' })
  expect(again.holds).toEqual([{ path, by: 'bob', reason: 'move' }])
  expect(applyEdit(again, { kind: 'release', path })).toEqual(small())
  expect(applyEdit(again, { kind: 'release', path: ['vms', 'cp-1'] })).toBe(again)
  const part = applyEdit(again, { kind: 'hold', path: [...path, 'disks'], by: 'bob', reason: 'x' })
  expect(
    applyEdit(part, { kind: 'removeObject', collection: 'vms', id: 'web' }).holds,
  ).toBeUndefined()
})

import { expect, test } from 'vitest'
import { toAddressMap } from './address-map'
import { idFrom, readAddressCsv, toAddressCsv } from './address-map-csv'
import { applyChanges } from './apply'
import { listHolders } from './ipam-holders'
import { small } from './testing/small'
import type { Topology } from './topology'

const kept = (topology: Topology) => topology.reservations ?? {}

function csvOf(topology: Topology): string {
  const holders = listHolders(topology, { sightings: [], elsewhere: [] })
  return toAddressCsv(
    Object.keys(topology.networks ?? {}).flatMap((id) => toAddressMap(topology, id, holders) ?? []),
  )
}

const imported = (topology: Topology, text: string) =>
  applyChanges(topology, readAddressCsv(text, topology).changes)

const withKept = (): Topology =>
  applyChanges(small(), [
    {
      path: ['reservations', 'printer'],
      to: { address: '10.0.0.45', owner: 'Mum, "the boss"\nand Dad', mac: 'AA:BB:CC:00:00:01' },
    },
    {
      path: ['reservations', 'sum'],
      to: { address: '10.0.0.46', owner: '=1+1', until: '2026-12-24' },
    },
  ])

test('what was written as a table is read back, and a second time there is nothing to do', () => {
  const there = withKept()
  const text = csvOf(there)
  expect(text).toContain("'=1+1")
  expect(kept(imported(small(), text))).toEqual(kept(there))
  expect(readAddressCsv(text, there)).toMatchObject({ changes: [], faults: [] })
})

test('machines of a table are passed over, a reservation is corrected by its address', () => {
  const text =
    'kind,address,owner\r\nvm,10.0.0.48,x\r\n,10.0.0.45,Dad\r\nreservation,10.0.0.47,\r\n'
  const there = withKept()
  expect(readAddressCsv(text, there)).toMatchObject({ added: 1, changed: 1, skipped: 1 })
  expect(kept(imported(there, text))).toEqual({
    ...kept(there),
    printer: { ...kept(there).printer, owner: 'Dad' },
    'at-10-0-0-47': { address: '10.0.0.47' },
  })
})

test('a table of a spreadsheet with a byte order mark and semicolons is read', () => {
  const text = '\uFEFFName;Address;MAC\nÖfen 2;10.0.0.48;aa-bb-cc-00-00-02\n\n'
  expect(kept(imported(small(), text))).toEqual({
    'ofen-2': { address: '10.0.0.48', mac: 'AA:BB:CC:00:00:02' },
  })
})

test('every faulty line is told at once, and then nothing is imported', () => {
  const text = [
    'address,mac,until',
    '10.0.0.48,,',
    '10.0.0.300,,',
    '192.168.9.9,,',
    '10.0.0.48,,',
    '10.0.0.49,nope,',
    '10.0.0.50,,2026-02-30',
  ].join('\n')
  const { faults, changes } = readAddressCsv(text, small())
  expect(changes).toEqual([])
  expect(faults.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7])
  expect(faults.map(({ message }) => message).join(' ')).toMatch(/no network.*line 2 already/s)
})

test('a table without addresses, or without anything, is refused in words', () => {
  for (const text of ['', 'name\nx', 'PK\u0003\u0004']) {
    expect(readAddressCsv(text, small()).faults[0]?.message).toContain('"address"')
  }
})

test.each([
  ['Printer (hall)', 'printer-hall'],
  ['2024', 'at-2024'],
  ['  ', null],
  ['constructor', null],
  ['x'.repeat(80), 'x'.repeat(50)],
])('%j becomes the id %j', (words, id) => expect(idFrom(words)).toBe(id))

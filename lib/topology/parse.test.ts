import { expect, test } from 'vitest'
import { parseTopology } from './parse'

const faults = (text: string) => {
  const result = parseTopology(text)
  if (result.ok) throw new Error('the text was accepted')
  return result.faults.map(
    (fault) => `${fault.line}:${fault.column} ${fault.code} ${fault.message}`,
  )
}

test('a small document is its value and its text', () => {
  const text = 'drawbridge: 1\nname: lab\n'
  expect(parseTopology(text)).toEqual({ ok: true, topology: { drawbridge: 1, name: 'lab' }, text })
})

test.each([
  ['', '1:1 document.version This is no document'],
  ['name: lab', '1:1 document.version The document does not name its version'],
  ['drawbridge: 7\nname: x', '1:13 document.version The document is of version 7'],
  ['drawbridge: 1\nname: a\nname: b', '3:1 text.duplicate-key name is written twice'],
  ['drawbridge: 1\nname: &x lab\nabout: *x', '3:8 text.alias'],
  ['drawbridge: 1\nname: [a', 'text.syntax'],
  [
    'drawbridge: 1\nname: lab\nvmz: {}',
    '3:1 schema.unknown-field vmz is no field of the document - did you mean vms?',
  ],
  [
    'drawbridge: 1\nname: lab\nvms:\n  a:\n    role: plain\n    memoryMB: 4',
    '6:5 schema.unknown-field memoryMB is no field of vms.a - did you mean memoryMib?',
  ],
  ['drawbridge: 1\nname: lab\nvms:\n  A_b: {role: plain}', '4:3 schema.id "A_b" cannot be an id'],
  ['drawbridge: 1\nname: lab\nvms:\n  10: {role: plain}', '4:3 schema.id "10" cannot be an id'],
  [
    'drawbridge: 1\nname: lab\nvms:\n  a:\n    role: wrker',
    '5:11 schema.option vms.a.role is "wrker"',
  ],
  ['drawbridge: 1\nname: lab\nvms:\n  a: {vmid: 3}', 'schema.missing vms.a.role is missing'],
  [
    'drawbridge: 1\nname: lab\nvms:\n  a: {role: plain, vmid: 3}',
    '4:26 schema.range vms.a.vmid is 3 - at least 100',
  ],
  [
    'drawbridge: 1\nname: lab\nvms:\n  a:\n    role: plain\n    memoryMib: 4 GiB',
    '6:16 schema.type vms.a.memoryMib is "4 GiB" - write a whole number of MiB',
  ],
  [
    'drawbridge: 1\nname: lab\nclusters:\n  k:\n    kubernetes: 1.30',
    '5:17 schema.type clusters.k.kubernetes is read as a number - put it in quotes',
  ],
  ['drawbridge: 1\nname: !!binary aGk=', 'text.syntax'],
  ['%YAML 1.1\n---\ndrawbridge: 1\nname: x', 'text.directive'],
  ['drawbridge: 1\nname: x\n---\nname: y', 'text.syntax'],
  [
    'drawbridge: 1\nname: x\nclusters: {k: {addOns: {a: {values: {n: 12345678901234567890}}}}}',
    'text.number-too-large',
  ],
])('%j is refused with its place', (text, expected) => {
  expect(faults(text).join('\n')).toContain(expected)
})

test('every fault of the schema is told at once, in the order of the text', () => {
  expect(
    faults('drawbridge: 1\nname: lab\nvms:\n  a: {role: x}\n  b: {rolle: plain}').map((f) =>
      f.slice(0, 3),
    ),
  ).toEqual(['4:1', '5:3', '5:7'])
})

test('a bomb of aliases is refused without being spread out', () => {
  const levels = Array.from({ length: 40 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]`)
  const text = `drawbridge: 1\nname: x\nl0: &l0 [a]\n${levels.join('\n')}\n`
  expect(faults(text)[0]).toContain('text.alias')
})

test('a text that nests without end is refused', () => {
  const text = `drawbridge: 1\nname: x\nvms: ${'['.repeat(5000)}${']'.repeat(5000)}`
  expect(faults(text)[0]).toMatch(/text\.(too-deep|syntax)/)
})

import { expect, test } from 'vitest'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import { formatText, formatTopology } from './format'
import { readTopology } from './testing/read-seed'

test('fields come into the schema’s order, and each comment stays with what it stands above', () => {
  expect(
    formatText(`name: lab
drawbridge: 1
vms:
    # where it runs
    web:
        # after the host
        size: tiny
        # the host
        host: pve  # in the rack
        role: plain
networks:
    lan: { cidr: 10.0.0.0/24 }
`),
  ).toBe(`drawbridge: 1
name: lab
networks:
  lan: {cidr: 10.0.0.0/24}
vms:
  # where it runs
  web:
    role: plain
    # the host
    host: pve # in the rack
    # after the host
    size: tiny
`)
})

test('objects keep their order, because it counts', () => {
  const text = 'drawbridge: 1\nname: lab\nvms:\n  b:\n    role: plain\n  a:\n    role: plain\n'
  expect(formatText(text)).toBe(text)
})

test('line ends of Windows are read and written as those of everybody', () => {
  const text = DARK_KNIGHT.replaceAll('\n', '\r\n')
  expect(formatText(text)).toBe(DARK_KNIGHT)
  expect(readTopology(text)).toEqual(readTopology(DARK_KNIGHT))
})

test('a value without a text is written with sections apart', () => {
  const text = formatTopology(readTopology(DARK_KNIGHT))
  expect(text).toMatch(/\n\nvms:\n {2}haproxy-lb:\n {4}role: load-balancer\n/)
  expect(text).toContain('controlPlanes: [k8s-master-1, k8s-master-2, k8s-master-3]')
})

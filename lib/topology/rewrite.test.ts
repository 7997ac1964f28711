import { expect, test } from 'vitest'
import { rewriteText } from './rewrite'

const TEXT = `# The whole homelab
drawbridge: 1
name: lab # in the basement

# Networks
networks:
  lan:
    cidr: 10.2.0.0/24 # nodes
    vlan: 20

vms:
  # first
  a:
    role: plain
    nics: {lan: {network: lan}}
  # second
  b:
    role: plain
    tags: [one, two]
`

test('a value is replaced and everything else stays as it was', () => {
  expect(rewriteText(TEXT, [{ path: ['networks', 'lan', 'vlan'], from: 20, to: 30 }])).toBe(
    TEXT.replace('vlan: 20', 'vlan: 30'),
  )
})

test('a comment behind a value survives its change', () => {
  const text = rewriteText(TEXT, [{ path: ['networks', 'lan', 'cidr'], to: '10.9.0.0/24' }])
  expect(text).toContain('cidr: 10.9.0.0/24 # nodes')
})

test('a new field goes where the schema has it', () => {
  const text = rewriteText(TEXT, [{ path: ['vms', 'b', 'vmid'], to: 201 }])
  expect(text).toContain('    role: plain\n    vmid: 201\n    tags:')
})

test('a new object goes in front of the one that it is put before', () => {
  const text = rewriteText(TEXT, [{ path: ['vms', 'c'], to: { role: 'plain' }, before: 'b' }])
  expect(text.indexOf('  c:')).toBeLessThan(text.indexOf('  b:'))
  expect(text).toContain('  # second\n  b:')
})

test('a removed object takes only its own comment along', () => {
  const text = rewriteText(TEXT, [{ path: ['vms', 'b'], from: {} }])
  expect(text).not.toContain('second')
  expect(text).toContain('# first')
})

test('a whole section appears in the order of sections', () => {
  const text = rewriteText(TEXT, [
    { path: ['sizes'], to: { small: { cpus: 2, memoryMib: 2048, diskGib: 20 } } },
  ])
  expect(text.indexOf('sizes:')).toBeGreaterThan(text.indexOf('networks:'))
  expect(text.indexOf('sizes:')).toBeLessThan(text.indexOf('vms:'))
})

test('a secret reference is written with its tag', () => {
  const text = rewriteText(TEXT, [
    {
      path: ['clusters'],
      to: { k: { addOns: { x: { values: { password: { $secret: 'pw' } } } } } },
    },
  ])
  expect(text).toContain('password: !secret pw')
})

test('a comment above the first object stays, unless a blank line parts it from the heading', () => {
  const gone = [{ path: ['vms', 'a'], from: {} }]
  expect(rewriteText(TEXT, gone)).toContain('vms:\n  # first\n  # second\n  b:')
  const headed = TEXT.replace('  # first\n', '  # all of them\n\n  # first\n')
  expect(rewriteText(headed, gone)).toContain('vms:\n  # all of them\n  # second\n  b:')
})

test('a list keeps the comments of the items that stay', () => {
  const text = TEXT.replace('[one, two]', '\n      - one # the first\n      - two')
  const changed = rewriteText(text, [{ path: ['vms', 'b', 'tags'], to: ['zero', 'one'] }])
  expect(changed).toContain('    tags:\n      - zero\n      - one # the first\n')
})

test('a map that becomes empty is written as nothing, and fills again', () => {
  const empty = rewriteText(TEXT, [{ path: ['networks', 'lan'] }])
  expect(empty).toContain('networks: {}')
  const filled = rewriteText(empty, [{ path: ['networks', 'dmz'], to: { cidr: '10.4.0.0/24' } }])
  expect(filled).toContain('networks:\n  dmz:\n    cidr: 10.4.0.0/24')
})

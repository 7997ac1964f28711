import { expect, test } from 'vitest'
import type { Json } from '@/lib/topology/change'
import { auditFields } from './audit-diff'

test('of two sides only what differs is shown', () => {
  const before = { name: 'Old', url: 'a', dialer: { kind: 'direct' }, fingerprint: null }
  const after = { name: 'New', url: 'a', dialer: { kind: 'socks5', port: 1080 }, fingerprint: null }
  expect(auditFields({ before, after })).toEqual([
    { field: 'name', before: 'Old', after: 'New' },
    { field: 'dialer.kind', before: 'direct', after: 'socks5' },
    { field: 'dialer.port', before: null, after: '1080' },
  ])
})

test('of one side everything is shown', () => {
  expect(auditFields({ before: null, after: { scopes: ['a', 'b'], on: true, none: [] } })).toEqual([
    { field: 'scopes', before: null, after: 'a, b' },
    { field: 'on', before: null, after: 'yes' },
    { field: 'none', before: null, after: 'none' },
  ])
  expect(auditFields({ before: { name: '' }, after: null })).toEqual([
    { field: 'name', before: 'none', after: null },
  ])
  expect(auditFields({ before: null, after: null })).toEqual([])
})

test('each change of a save is a line, with its values', () => {
  const changes: Json = [
    { path: ['vms', 'web', 'memoryMib'], from: 2048, to: 4096 },
    { path: ['vms', 'mail'], to: { size: 'small' } },
  ]
  expect(auditFields({ before: { revision: 1 }, after: { revision: 2, changes } })).toEqual([
    { field: 'revision', before: '1', after: '2' },
    { field: 'vms.web.memoryMib', before: '2048', after: '4096' },
    { field: 'vms.mail', before: null, after: '{"size":"small"}' },
  ])
})

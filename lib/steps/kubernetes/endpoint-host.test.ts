import { expect, test } from 'vitest'
import { withHost } from './endpoint-host'

const endpoint = { name: 'k8s.lan', address: '10.2.0.5' }
const BASE = '127.0.0.1 localhost\n10.2.0.11 m1.lan m1\n'

test.each([
  ['a machine that is older than its cluster', BASE, `${BASE}10.2.0.5 k8s.lan\n`],
  ['one that knows it', `${BASE}10.2.0.5 k8s.lan\n`, `${BASE}10.2.0.5 k8s.lan\n`],
  ['an address of before', `10.2.0.4 k8s.lan\n${BASE}`, `${BASE}10.2.0.5 k8s.lan\n`],
  ['a line with other names', '10.2.0.4 lb k8s.lan # by hand\n', '10.2.0.4 lb\n10.2.0.5 k8s.lan\n'],
  ['a comment only', '# 10.2.0.5 k8s.lan\n', '# 10.2.0.5 k8s.lan\n10.2.0.5 k8s.lan\n'],
  ['no hosts file', '', '10.2.0.5 k8s.lan\n'],
])('%s', (_what, before, after) => {
  expect(withHost(before, endpoint)).toBe(after)
  expect(withHost(after, endpoint)).toBe(after)
})

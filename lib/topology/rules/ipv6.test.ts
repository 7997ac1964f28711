import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../testing/runs'
import { formatIpv6, parseCidr6, parseIpv6 } from './ipv6'

test.each([
  ['::', '::'],
  ['::1', '::1'],
  ['fd00:2::11', 'fd00:2::11'],
  ['FD00:0:0:0:1:0:0:1', 'fd00::1:0:0:1'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
])('%s is read, and written as %s', (text, written) => {
  expect(formatIpv6(parseIpv6(text)!)).toBe(written)
})

test.each(['', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', 'g::', '::10.0.0.256'])(
  '"%s" is no address',
  (text) => expect(parseIpv6(text)).toBeNull(),
)

test('a block is masked, and says that it was', () => {
  const block = parseCidr6('fd00:2::1/64')!
  expect(block).toMatchObject({ prefix: 64, hostBits: true })
  expect([formatIpv6(block.first), formatIpv6(block.last)]).toEqual([
    'fd00:2::',
    'fd00:2::ffff:ffff:ffff:ffff',
  ])
  expect(parseCidr6('::/0')).toMatchObject({ first: 0n, hostBits: false })
  expect(parseCidr6('fd00::/129')).toBeNull()
  expect(parseCidr6('fd00::')).toBeNull()
})

test('every address comes back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (address) => {
      expect(parseIpv6(formatIpv6(address))).toBe(address)
    }),
    runs(500),
  )
})

import { expect, test } from 'vitest'
import { peerOf } from './peer'

test.each([
  ['10.0.0.7', undefined, 'none', '10.0.0.7'],
  ['::ffff:10.0.0.7', undefined, 'none', '10.0.0.7'],
  // Anybody may write the header: without a trusted proxy it says nothing.
  ['10.0.0.7', '1.2.3.4', 'none', '10.0.0.7'],
  ['10.0.0.7', '1.2.3.4', 'loopback', '10.0.0.7'],
  // The last entry is the proxy's own; those before it are what it was told.
  ['127.0.0.1', '6.6.6.6, 1.2.3.4', 'loopback', '1.2.3.4'],
  ['::1', '1.2.3.4', 'loopback', '1.2.3.4'],
  ['10.0.0.2', ['6.6.6.6', '1.2.3.4'], 'all', '1.2.3.4'],
  ['127.0.0.1', undefined, 'all', '127.0.0.1'],
  // A chain of proxies that are all trusted; what stood before them may be invented.
  ['10.0.0.2', '6.6.6.6, 1.2.3.4, 10.0.0.3', '10.0.0.0/30', '1.2.3.4'],
  ['10.0.0.9', '1.2.3.4', '10.0.0.0/30, 192.168.1.1', '10.0.0.9'],
  ['::ffff:192.168.1.1', '1.2.3.4', '10.0.0.0/30, 192.168.1.1', '1.2.3.4'],
  ['127.0.0.1', 'not an address', 'loopback', '127.0.0.1'],
  ['fd00:1::5', undefined, 'none', 'fd00:1:0:0::/64'],
  ['fd00:1::6:7:8', undefined, 'none', 'fd00:1:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', undefined, 'none', '2001:db8:1:2::/64'],
  [undefined, undefined, 'none', 'unknown'],
] as const)('%s, forwarded for %s, trusting %s, is %s', (address, forwarded, trust, peer) => {
  const header = typeof forwarded === 'object' ? [...forwarded] : forwarded
  expect(peerOf(address, header, trust)).toBe(peer)
})

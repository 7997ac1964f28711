import { expect, test } from 'vitest'
import { originForLinks } from './link-origin'

const LAN = 'https://192.168.1.5:4880'
const at = (host: string, scheme = 'http') => new Headers({ host, 'x-drawbridge-scheme': scheme })

test.each([
  [
    'PUBLIC_URL, wherever the page is open',
    'https://panel.example',
    LAN,
    at('localhost:4880'),
    'https://panel.example',
  ],
  ['the address of the page', null, LAN, at('pi.local:4880', 'https'), 'https://pi.local:4880'],
  ['the network’s, where the page is open at this machine', null, LAN, at('localhost:4880'), LAN],
  ['the same by the address', null, LAN, at('127.0.0.1:4880'), LAN],
  ['the same over IPv6', null, LAN, at('[::1]:4880'), LAN],
  [
    'none, where only this machine is listened to',
    null,
    'http://127.0.0.1:4880',
    at('localhost:4880'),
    null,
  ],
  ['none, where nothing is known', null, null, new Headers(), null],
])('a link for another device begins with %s', (_, publicUrl, lanOrigin, headers, origin) => {
  expect(originForLinks({ publicUrl, lanOrigin }, headers)).toBe(origin)
})

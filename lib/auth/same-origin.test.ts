import { expect, test } from 'vitest'
import { isForeignRead, isSameOrigin } from './same-origin'
import { SCHEME_HEADER } from './scheme'

const host = { host: 'pi.local:4880' }
const https = { ...host, [SCHEME_HEADER]: 'https' }

test.each([
  [{ ...host, origin: 'http://pi.local:4880' }, true],
  [{ ...https, origin: 'https://pi.local:4880' }, true],
  // A proxy that ends TLS and says nothing of it.
  [{ ...host, origin: 'https://pi.local:4880' }, true],
  // The plain twin of an HTTPS panel can be written by anybody on the way.
  [{ ...https, origin: 'http://pi.local:4880' }, false],
  [{ ...host, origin: 'http://pi.local:8080' }, false],
  [{ ...host, origin: 'null' }, false],
  [{ ...host, origin: 'https://panel.example', 'sec-fetch-site': 'same-origin' }, true],
  [{ ...host, origin: 'https://panel.example', 'sec-fetch-site': 'cross-site' }, false],
  [{ ...host, origin: 'http://pi.local:4880', 'sec-fetch-site': 'same-site' }, false],
  [{ ...host, 'sec-fetch-site': 'cross-site' }, false],
  [{ ...host, 'sec-fetch-site': 'none' }, true],
  // A command line.
  [host, true],
] as [Record<string, string>, boolean][])('%j may change things: %s', (headers, expected) => {
  expect(isSameOrigin(new Headers(headers), 'https://panel.example')).toBe(expected)
})

test.each([
  [{}, false],
  [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, false],
  [{ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, false],
  [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    true,
  ],
  [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, true],
  [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    true,
  ],
  // Back from an identity provider.
  [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    false,
  ],
] as [Record<string, string>, boolean][])('%j reads from another site: %s', (headers, expected) => {
  expect(isForeignRead(new Headers(headers))).toBe(expected)
})

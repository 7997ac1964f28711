import { describe, expect, test } from 'vitest'
import type { ConnectionSummary } from '@/lib/api/contract'
import { EMPTY_DRAFT, faultsOf, fullUrl, toDraft, toPatch, toRequest } from './connection-form'

const DRAFT = {
  ...EMPTY_DRAFT,
  name: 'rack',
  url: 'pve1.lan',
  tokenSecret: '11111111-2222-3333-4444-555555555555',
}
const CONNECTION: ConnectionSummary = {
  id: 'c-1',
  name: 'rack',
  kind: 'proxmox',
  url: 'https://pve1.lan:8006',
  tokenId: 'drawbridge@pve!panel',
  lab: false,
  fingerprint: null,
  caPem: null,
  others: [],
  dialer: { kind: 'ssh-jump', host: 'gate.lan', port: 22, user: 'ada' },
  helmPath: 'helm',
  state: { state: 'unknown', reason: '', since: null },
}

test.each([
  ['pve1.lan', 'https://pve1.lan:8006'],
  ['https://pve1.lan/', 'https://pve1.lan:8006'],
  ['https://pve1.lan:8007', 'https://pve1.lan:8007'],
  [' 192.0.2.7 ', 'https://192.0.2.7:8006'],
  ['', ''],
])('%s means %s', (typed, url) => {
  expect(fullUrl(typed)).toBe(url)
})

describe('faults', () => {
  test('a whole draft has none', () => {
    expect(faultsOf(DRAFT, null)).toEqual({})
  })
  test('an empty form names every field that is needed', () => {
    expect(Object.keys(faultsOf({ ...EMPTY_DRAFT, tokenId: '' }, null))).toEqual([
      'name',
      'url',
      'tokenId',
      'tokenSecret',
    ])
  })
  test('an existing connection keeps its token', () => {
    expect(faultsOf(toDraft(CONNECTION), CONNECTION)).toEqual({})
  })
  test('a token goes to another address only where the certificate is pinned, or when typed again', () => {
    const moved = { ...toDraft(CONNECTION), url: 'https://elsewhere.lan:8006' }
    const unpinned = { ...CONNECTION, fingerprint: null }
    expect(faultsOf(moved, unpinned).tokenSecret).toMatch('another')
    expect(faultsOf({ ...moved, tokenSecret: 's' }, unpinned)).toEqual({})
    expect(faultsOf(moved, { ...CONNECTION, fingerprint: 'AA:BB' })).toEqual({})
  })
  test('other nodes are whole addresses, each once; the token is pasted again where nobody compares', () => {
    const having = (others: string, was: Partial<ConnectionSummary> = {}) =>
      faultsOf({ ...toDraft(CONNECTION), others }, { ...CONNECTION, fingerprint: 'AA:BB', ...was })
    expect(having('pve2.lan\nhttps://pve3.lan:8006')).toEqual({})
    expect(having('http://pve2.lan').others).toMatch('https')
    expect(having('pve1.lan').others).toMatch('once')
    expect(having('pve2.lan pve2.lan').others).toMatch('once')
    expect(having('pve2.lan', { fingerprint: null }).tokenSecret).toMatch('paste')
  })
  test('plain http is refused: the token would be readable on the way', () => {
    expect(faultsOf({ ...DRAFT, url: 'http://pve1.lan' }, null).url).toBeDefined()
  })
  test('a jump host needs host, port and login', () => {
    expect(Object.keys(faultsOf({ ...DRAFT, dialer: 'ssh-jump', dialerPort: '0' }, null))).toEqual([
      'dialerHost',
      'dialerPort',
      'dialerUser',
    ])
  })
})

describe('what is sent', () => {
  test('a new connection', () => {
    expect(toRequest(DRAFT)).toEqual({
      name: 'rack',
      url: 'https://pve1.lan:8006',
      tokenId: 'drawbridge@pve!panel',
      tokenSecret: '11111111-2222-3333-4444-555555555555',
      helmPath: 'helm',
      dialer: { kind: 'direct' },
    })
  })
  test('an edit sends only what differs', () => {
    expect(toPatch(toDraft(CONNECTION), CONNECTION)).toEqual({})
    expect(toPatch({ ...toDraft(CONNECTION), name: 'r2' }, CONNECTION)).toEqual({ name: 'r2' })
    expect(toPatch({ ...toDraft(CONNECTION), dialer: 'direct' }, CONNECTION)).toEqual({
      dialer: { kind: 'direct' },
    })
  })
})

test('an edit of the other nodes keeps what was accepted of those that stay', () => {
  const held = { ...CONNECTION, others: [{ url: 'https://pve2.lan:8006', fingerprint: 'AA:BB' }] }
  const draft = toDraft(held)
  expect(toPatch(draft, held)).toEqual({})
  expect(toPatch({ ...draft, others: `${draft.others}\npve3.lan` }, held)).toEqual({
    others: [...held.others, { url: 'https://pve3.lan:8006', fingerprint: null }],
  })
  expect(toPatch({ ...draft, others: '' }, held)).toEqual({ others: [] })
})

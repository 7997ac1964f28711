import { expect, test } from 'vitest'
import type { ConnectionSummary } from '@/lib/api/contract'
import { whyNotHelm } from '@/lib/api/helm-path'
import { UpdateConnection } from '@/lib/api/requests'
import { shownConnection } from './connection-card'

const tested = (helmPath: string): ConnectionSummary => ({
  ...{ id: 'c-1', name: 'rack', kind: 'proxmox', url: 'https://pve1.lan:8006', lab: false },
  ...{ tokenId: 'drawbridge@pve!panel', fingerprint: null, caPem: null, others: [], helmPath },
  dialer: { kind: 'direct' },
  state: {
    state: 'known',
    value: { version: '9.1.2', nodes: ['pve1'], missingPrivileges: [], excessPrivileges: [] },
    at: 1,
  },
})

test.each(['helm3', './helm', 'bin/helm', ' /usr/bin/helm'])(
  'a Helm of an earlier version, %j, is told on its connection in words',
  (helmPath) => {
    expect(shownConnection(tested(helmPath))).toMatchObject({ state: 'warn' })
    expect(shownConnection(tested(helmPath)).text).toMatch(/its Helm is not run/)
    expect(whyNotHelm(helmPath)).toContain(`"${helmPath}" is not run any more`)
    expect(UpdateConnection.safeParse({ helmPath }).success).toBe(false)
  },
)

test.each(['helm', '/usr/local/bin/helm'])('%j is run', (helmPath) => {
  expect(shownConnection(tested(helmPath))).toMatchObject({ state: 'ok' })
  expect(whyNotHelm(helmPath)).toBeNull()
  expect(UpdateConnection.safeParse({ helmPath }).success).toBe(true)
})

test('an address that does not answer is told in the sentence about the connection', () => {
  const { state, ...connection } = tested('helm')
  const seen = (reason: string | null) => ({
    url: 'https://pve2.lan:8006',
    reason,
    certificate: null,
  })
  const having = (...reasons: (string | null)[]) =>
    shownConnection({ ...connection, state: { ...state, addresses: reasons.map(seen) } })
  expect(having(null, null)).toMatchObject({ state: 'ok' })
  expect(having(null, 'it does not answer')).toMatchObject({
    state: 'warn',
    text: expect.stringMatching('1 of its 2 addresses cannot be used'),
  })
})

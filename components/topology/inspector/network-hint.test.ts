import { expect, test } from 'vitest'
import { applyChanges } from '@/lib/topology/apply'
import { small } from '@/lib/topology/testing/small'
import { inferNetwork } from './network-hint'

const card = (to: { network: string; address?: string }) =>
  inferNetwork(applyChanges(small(), [{ path: ['vms', 'web', 'nics', 'lan'], to }]), [
    ...['vms', 'web', 'nics', 'lan'],
  ])

test('an address of another network proposes that network', () => {
  expect(card({ network: 'lan', address: '10.4.0.15' })).toEqual({ network: 'dmz', now: 'lan' })
  expect(card({ network: 'gone', address: '10.4.0.15' })).toEqual({ network: 'dmz', now: null })
})

test('nothing is proposed for an address in place, in no network, or for what is no card', () => {
  expect(card({ network: 'lan', address: '10.0.0.15' })).toBeNull()
  expect(card({ network: 'lan', address: '192.168.7.1' })).toBeNull()
  expect(card({ network: 'lan' })).toBeNull()
  expect(inferNetwork(small(), ['routers', 'router'])).toBeNull()
})

import { expect, test } from 'vitest'
import { goalFrom } from '@/lib/api/goal-from'
import { Goal } from '@/lib/api/requests'
import type { Topology } from '@/lib/topology/topology'
import { firewallGoals, readGoal } from './goal'

const ON = { kind: 'firewall', on: true, admins: 'mgmt', from: '' } as const

test('a firewall goal in the URL names who administers, and never where from', () => {
  const text = JSON.stringify({ ...ON, from: '10.9.9.9' })
  expect(readGoal(text)).toEqual(ON)
  expect(readGoal('{"kind":"firewall","on":false}')).toEqual({ kind: 'firewall', on: false })
  expect(readGoal('{"kind":"firewall","on":true}')).toEqual({ kind: 'deploy' })
})

test('the address that was asked from takes the place of what a request says', () => {
  const asked = Goal.parse({ ...ON, from: '10.9.9.9' })
  expect(goalFrom(asked, '10.0.0.7')).toEqual({ ...ON, from: '10.0.0.7' })
  expect(goalFrom({ kind: 'deploy' }, '10.0.0.7')).toEqual({ kind: 'deploy' })
})

test('the firewall is offered where there are policies, with the networks of hosts', () => {
  const document = {
    policies: { a: { action: 'deny' } },
    networks: { lan: { cidr: '10.0.0.0/24' }, mgmt: { cidr: '10.1.0.0/24', name: 'Admins' } },
    hosts: { pve1: { role: 'proxmox', network: 'mgmt' } },
  } as unknown as Topology
  expect(firewallGoals({ ...document, policies: {} })).toEqual([])
  expect(firewallGoals(document).map(({ label }) => label)).toEqual([
    'Plan to enforce policies, admins in Admins',
    'Plan to switch the firewall off',
  ])
  expect(firewallGoals({ ...document, hosts: {} })).toHaveLength(3)
})

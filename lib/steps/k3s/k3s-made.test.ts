import { expect, test } from 'vitest'
import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import { k3sMade } from './k3s-made'

const node = (role: 'server' | 'agent', args: string | null) =>
  ({
    metadata: {
      name: role,
      labels: role === 'server' ? { 'node-role.kubernetes.io/control-plane': 'true' } : {},
      annotations: args === null ? {} : { 'k3s.io/node-args': args },
    },
  }) as unknown as KubernetesObject
const server = (...args: string[]) => node('server', JSON.stringify(['server', ...args]))

test('a server tells what its cluster was begun with, an agent where it joined', () => {
  const agent = node('agent', JSON.stringify(['agent', '--server', 'https://api.lan:6443']))
  const args = ['--cluster-cidr', '10.1.0.0/16', '--service-cidr', '10.2.0.0/16']
  expect(k3sMade([agent, server(...args, '--flannel-backend', 'none')])).toEqual({
    ...{ podCidr: '10.1.0.0/16', serviceCidr: '10.2.0.0/16', endpoint: 'api.lan:6443' },
    ...{ network: 'calico', encryptSecrets: false, audit: false },
  })
})

test('what it was not told is k3s’ default', () => {
  expect(k3sMade([server()])).toMatchObject({ podCidr: '10.42.0.0/16', network: 'flannel' })
})

test.each([
  ['no server', [node('agent', '["agent"]')]],
  ['no record', [node('server', null)]],
  ['a record that is no JSON', [node('server', '[')]],
  ['a record of something else', [node('server', '{"a": 1}')]],
])('%s decides nothing', (_what, nodes) => {
  expect(k3sMade(nodes)).toBeUndefined()
})

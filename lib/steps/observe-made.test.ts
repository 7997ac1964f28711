import { expect, test } from 'vitest'
import type { Kubernetes } from '@/lib/kubernetes/kubernetes'
import { observeMade } from './observe-made'

const cluster = (data: unknown) =>
  ({
    get: async () => (data === null ? null : { metadata: { name: 'kubeadm-config' }, data }),
  }) as unknown as Kubernetes

test('what kubeadm made a cluster with is read from its own record', async () => {
  const ClusterConfiguration = [
    'apiVersion: kubeadm.k8s.io/v1beta3',
    'controlPlaneEndpoint: k8s.lan:6443',
    'networking: {dnsDomain: cluster.local, podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12}',
  ].join('\n')
  expect(await observeMade(cluster({ ClusterConfiguration }))).toEqual({
    ...{ podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12', endpoint: 'k8s.lan:6443' },
  })
})

test.each([
  ['no record', null],
  ['another one', { other: 'x' }],
  ['one that is no YAML', { ClusterConfiguration: '{a: [' }],
  // The process ended at this one.
  ['one that nests without end', { ClusterConfiguration: 'a: '.repeat(300_000) }],
  ['one with an alias of nothing', { ClusterConfiguration: 'a: *b' }],
])('%s decides nothing', async (_what, data) => {
  expect(await observeMade(cluster(data))).toBeUndefined()
})

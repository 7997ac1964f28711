import { expect, test } from 'vitest'
import { KubernetesError } from '@/lib/kubernetes/errors'
import type { StepArgs } from '@/lib/plan/step'
import type { StepContext } from '../handler'
import { k8sNodeReady } from './k8s-node'

const args = {
  ...{ cluster: { cluster: 'home' }, node: 'm1', guest: { name: 'm1' } },
} as unknown as StepArgs['k8s.node-ready']

/** A control plane that restarted into boot `b2`; what the API says of it, and its own /readyz. */
const machine = (reported: string | KubernetesError, readyz: string) =>
  ({
    kubernetes: async () => ({
      get: async () => {
        if (reported instanceof KubernetesError) throw reported
        return {
          metadata: { name: 'm1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
          status: {
            conditions: [{ type: 'Ready', status: 'True' }],
            nodeInfo: { bootID: reported },
          },
        }
      },
    }),
    guest: async () => ({
      must: async () => 'b2',
      run: async () => ({ code: 0, out: readyz, err: '' }),
    }),
  }) as unknown as StepContext

test.each([
  ['what its kubelet said before the restart', machine('b1', 'ok'), false],
  ['an API server whose etcd is not back', machine('b2', '[-]etcd failed'), false],
  [
    'an API that is away with its only control plane',
    machine(new KubernetesError('kubernetes.unreachable', 'refused'), ''),
    false,
  ],
  ['both back', machine('b2', 'ok'), true],
])('a restarted control plane: %s', async (_what, ctx, ready) => {
  expect(await k8sNodeReady.check(args, ctx)).toBe(ready)
})

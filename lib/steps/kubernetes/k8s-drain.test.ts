import { expect, test } from 'vitest'
import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import type { StepArgs } from '@/lib/plan/step'
import type { StepContext } from '../handler'
import { k8sDrain } from './k8s-drain'

const args = { cluster: { cluster: 'home' }, node: 'w1' } as unknown as StepArgs['k8s.drain']

/** A node with one pod of a Deployment, which evicting marks as ending; only a kubelet ends it. */
function node(kubelet: 'reports' | 'is silent') {
  const ready = kubelet === 'reports' ? 'True' : 'Unknown'
  const found = {
    metadata: { name: 'w1' },
    spec: {} as { unschedulable?: boolean },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  }
  const owner = { kind: 'ReplicaSet', controller: true }
  const pod = { metadata: { name: 'web', namespace: 'default', ownerReferences: [owner] } } as {
    metadata: KubernetesObject['metadata']
  }
  let pods = [pod]
  const kubernetes = {
    get: async () => found,
    list: async () => pods,
    async patch() {
      found.spec.unschedulable = true
    },
    async post() {
      pod.metadata.deletionTimestamp = '2026-11-24T00:00:00Z'
      if (kubelet === 'reports') pods = []
      return 201
    },
  }
  const lines: string[] = []
  const ctx = {
    kubernetes: async () => kubernetes,
    log: (line: string) => void lines.push(line),
    signal: AbortSignal.timeout(5000),
    now: () => Date.now(),
  } as unknown as StepContext
  return { ctx, found }
}

test.each(['reports', 'is silent'] as const)(
  'a node whose kubelet %s is empty once its pods were told to go',
  async (kubelet) => {
    const { ctx, found } = node(kubelet)
    expect(await k8sDrain.check(args, ctx)).toBe(false)
    await k8sDrain.apply(args, ctx)
    expect(found.spec.unschedulable).toBe(true)
    expect(await k8sDrain.check(args, ctx)).toBe(true)
  },
)

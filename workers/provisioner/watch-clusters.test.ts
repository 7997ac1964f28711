import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KubernetesClient } from '@/lib/kubernetes/client'
import { KubernetesError } from '@/lib/kubernetes/errors'
import type { KubernetesObject } from '@/lib/kubernetes/kubernetes'
import type { ClusterRef } from '@/lib/plan/step'
import { watchClusters } from './watch-clusters'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const refOf = (cluster: string, address = '10.2.0.2') =>
  ({ topologyId: 't1', cluster, name: cluster, endpoint: { address, port: 6443 } }) as ClusterRef

const node = (ready: boolean, more = {}): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, ...more },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', message: 'why' }] },
})
const pod = (name: string): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'x' } },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
})

/** A cluster with one node; `say` sends a change to whoever watches the collection. */
function clusterOf() {
  const streams = new Map<string, (line: string) => void>()
  const ended: string[] = []
  const client = {
    async snapshot(path: string) {
      return { items: path.endsWith('nodes') ? [node(true)] : [], version: '1' }
    },
    async *lines(path: string, _version: string, signal: AbortSignal) {
      signal.addEventListener('abort', () => {
        ended.push(path)
        streams.get(path)?.('')
      })
      for (;;) {
        const line = await new Promise<string>((resolve) => streams.set(path, resolve))
        signal.throwIfAborted()
        yield line
      }
    },
  }
  const say = async (kind: 'nodes' | 'pods', type: string, object: KubernetesObject) => {
    streams.get(`/api/v1/${kind}`)?.(JSON.stringify({ type, object }))
    await vi.advanceTimersByTimeAsync(0)
  }
  return { client: client as unknown as KubernetesClient, say, ended }
}

async function start(cluster = clusterOf()) {
  const changes: string[] = []
  const ends: unknown[] = []
  const watches = watchClusters({
    kubernetes: async () => cluster.client,
    onChange: (topologyId) => changes.push(topologyId),
    onEnd: (_ref, error) => ends.push(error),
  })
  watches.keep('t1', [refOf('c1')])
  await vi.advanceTimersByTimeAsync(1000)
  return { ...cluster, watches, changes, ends }
}

test('it asks for one look when it begins: what it lists is newer than the look before', async () => {
  expect((await start()).changes).toEqual(['t1'])
})

test('a burst of changes is told of once, a second later', async () => {
  const { changes, say } = await start()
  await say('nodes', 'MODIFIED', node(false))
  await say('pods', 'ADDED', pod('a'))
  await say('pods', 'ADDED', pod('b'))
  expect(changes).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1000)
  expect(changes).toHaveLength(2)
})

test('what nobody would call a change is not told of', async () => {
  const { changes, say } = await start()
  await say('nodes', 'MODIFIED', node(true, { metadata: { name: 'n1', labels: { a: 'b' } } }))
  await vi.advanceTimersByTimeAsync(5000)
  expect(changes).toHaveLength(1)
})

test('a cordoned node and a pod that goes are changes', async () => {
  const { changes, say } = await start()
  await say('nodes', 'MODIFIED', node(true, { spec: { unschedulable: true } }))
  await vi.advanceTimersByTimeAsync(1000)
  await say('pods', 'ADDED', pod('a'))
  await vi.advanceTimersByTimeAsync(1000)
  await say('pods', 'DELETED', pod('a'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(changes).toHaveLength(4)
})

test('clusters that are wanted no more, or are reached elsewhere, are let go', async () => {
  const { watches, ended } = await start()
  watches.keep('t1', [refOf('c1')])
  watches.keep('other', [])
  expect(ended).toEqual([])
  watches.keep('t1', [refOf('c1', '10.2.0.3')])
  expect(ended).toHaveLength(2)
  watches.stop()
})

test('an answer that waiting does not change ends the watch until it is wanted again', async () => {
  const cluster = clusterOf()
  const forbidden = new KubernetesError('kubernetes.forbidden', 'no', { status: 403 })
  const { snapshot } = cluster.client
  cluster.client.snapshot = () => Promise.reject(forbidden)
  const { watches, ends, changes } = await start(cluster)
  expect(ends).toEqual([forbidden])
  cluster.client.snapshot = snapshot
  watches.keep('t1', [refOf('c1')])
  await vi.advanceTimersByTimeAsync(1000)
  expect(changes).toEqual(['t1'])
})

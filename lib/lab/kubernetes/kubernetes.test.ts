import { beforeEach, describe, expect, test } from 'vitest'
import { changesSince, type KubeRequest, serve } from './api'
import { isReady } from './conditions'
import { addControlPlane, foundKube } from './found'
import { type Kube, type KubeMachine, type KubeObject, type KubeWorld, list } from './kube'
import { registerNode } from './nodes'
import { hasQuorum, tickKube } from './tick'

const PODS = '/api/v1/pods'
const machine = (address: string): KubeMachine => ({
  kubelet: true,
  address,
  cpus: 4,
  memoryMib: 8192,
  os: 'Ubuntu 22.04.5 LTS',
  kernel: '5.15.0-130-generic',
  containerRuntime: 'containerd://2.2.1',
})

let world: KubeWorld
let kube: Kube

beforeEach(() => {
  let seed = 1
  const next = () => {
    seed = (seed * 16807) % 2147483647
    return seed
  }
  world = {
    at: 0,
    wall: Date.UTC(2026, 10, 24),
    stuck: [],
    random: (low, high) => low + (next() % (high - low + 1)),
    hex: (length) => Array.from({ length }, () => (next() % 16).toString(16)).join(''),
    nodes: { m1: machine('10.2.0.11'), w1: machine('10.2.0.31'), w2: machine('10.2.0.32') },
  }
  const pki = { caCert: '', caKey: '', adminCert: '', adminKey: '' }
  kube = foundKube(
    {
      name: 'dark-knight',
      version: 'v1.29.14',
      endpoint: { name: 'k8s.home.arpa', port: 6443 },
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/12',
      certSans: [],
      pki,
      kubeProxy: false,
    },
    'm1',
    world.nodes.m1 as KubeMachine,
    world,
  )
  for (const name of ['w1', 'w2'])
    registerNode(kube, name, world.nodes[name] as KubeMachine, false, world)
})

const ask = (method: string, path: string, body?: unknown, rest: Partial<KubeRequest> = {}) =>
  serve(kube, { method, path, body, query: {}, contentType: 'application/json', ...rest }, world)

const nodeOf = (pod: KubeObject) => (pod.spec as { nodeName: string }).nodeName

/** Runs the controllers for a while of virtual time. */
function pass(seconds: number) {
  for (let second = 0; second < seconds; second += 1) {
    world = { ...world, at: world.at + 1000, wall: world.wall + 1000 }
    tickKube(kube, world)
  }
}

const workload = (
  kind: string,
  name: string,
  labels: Record<string, string>,
  spec: object = {},
): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'kube-system' },
  spec: {
    ...spec,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [{ name, image: `example/${name}:1` }],
        hostNetwork: true,
        tolerations: [{ operator: 'Exists' }],
      },
    },
  },
})

const network = () =>
  ask(
    'POST',
    '/apis/apps/v1/namespaces/kube-system/daemonsets',
    workload('DaemonSet', 'calico-node', { 'k8s-app': 'calico-node' }),
  )

describe('nodes and pods', () => {
  test('no node gets ready before the network, every one after it; then coredns runs', () => {
    pass(60)
    expect(list(kube, '/api/v1/nodes').filter(isReady)).toEqual([])
    expect(
      list(kube, PODS)
        .filter((pod) => pod.metadata.labels?.['k8s-app'] === 'coredns')
        .some(isReady),
    ).toBe(false)
    expect(network()).toMatchObject({ status: 201 })
    pass(120)
    expect(list(kube, '/api/v1/nodes').filter(isReady)).toHaveLength(3)
    const dns = list(kube, PODS).filter((pod) => pod.metadata.labels?.['k8s-app'] === 'coredns')
    expect(dns.filter(isReady)).toHaveLength(2)
    expect(dns.every((pod) => nodeOf(pod).startsWith('w'))).toBe(true)
  })

  test('a node whose machine stops is missed, and its pods are made anew elsewhere', () => {
    network()
    pass(120)
    ;(world.nodes.w1 as KubeMachine).kubelet = false
    pass(120)
    const node = ask('GET', '/api/v1/nodes/w1').body as KubeObject
    expect(isReady(node)).toBe(false)
    const dns = list(kube, PODS).filter((pod) => pod.metadata.labels?.['k8s-app'] === 'coredns')
    expect(dns.map((pod) => (pod.spec as { nodeName: string }).nodeName)).toEqual(['w2', 'w2'])
  })

  test('an evicted pod goes and comes back elsewhere; a budget refuses', () => {
    network()
    pass(120)
    const pod = list(kube, PODS).find(
      (each) => each.metadata.labels?.['k8s-app'] === 'coredns',
    ) as KubeObject
    const first = nodeOf(pod)
    const patch = { contentType: 'application/merge-patch+json' }
    ask('PATCH', `/api/v1/nodes/${first}`, { spec: { unschedulable: true } }, patch)
    const eviction = `/api/v1/namespaces/kube-system/pods/${pod.metadata.name}/eviction`
    ask('POST', '/apis/policy/v1/namespaces/kube-system/poddisruptionbudgets', {
      metadata: { name: 'dns' },
      spec: { minAvailable: 2, selector: { matchLabels: { 'k8s-app': 'coredns' } } },
    })
    expect(ask('POST', eviction, {}).status).toBe(429)
    ask('DELETE', '/apis/policy/v1/namespaces/kube-system/poddisruptionbudgets/dns')
    expect(ask('POST', eviction, {}).status).toBe(201)
    pass(60)
    const dns = list(kube, PODS).filter((each) => each.metadata.labels?.['k8s-app'] === 'coredns')
    expect(dns.filter(isReady)).toHaveLength(2)
    expect(dns.some((each) => each.metadata.uid === pod.metadata.uid)).toBe(false)
    expect(dns.map(nodeOf)).toContain(first === 'w1' ? 'w2' : 'w1')
  })

  test('a stuck pod shows its reason and keeps its workload from being available', () => {
    network()
    pass(120)
    world.stuck = [
      {
        pod: 'sick',
        reason: 'ImagePullBackOff',
        message: 'Back-off pulling image "example/sick:1"',
      },
    ]
    ask(
      'POST',
      '/apis/apps/v1/namespaces/kube-system/deployments',
      workload('Deployment', 'sick', { app: 'sick' }, { replicas: 1 }),
    )
    pass(60)
    const pod = list(kube, PODS).find((each) => each.metadata.labels?.app === 'sick') as KubeObject
    expect(pod.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
    })
    world.stuck = []
    pass(60)
    expect(
      list(kube, PODS)
        .filter((each) => each.metadata.labels?.app === 'sick')
        .some(isReady),
    ).toBe(true)
  })
})

describe('the API', () => {
  test('server-side apply makes and merges, and keeps a secret out of stringData', () => {
    const apply = { contentType: 'application/apply-patch+yaml' }
    const path = '/api/v1/namespaces/default/secrets/s'
    expect(
      ask(
        'PATCH',
        path,
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'x' } },
        apply,
      ).status,
    ).toBe(201)
    expect(ask('GET', path).body).toMatchObject({ data: { a: btoa('x') } })
    expect(ask('GET', path).body).not.toHaveProperty('stringData')
    expect(
      ask(
        'PATCH',
        path,
        { apiVersion: 'v1', kind: 'Secret', metadata: { labels: { b: 'c' } } },
        apply,
      ).body,
    ).toMatchObject({
      data: { a: btoa('x') },
      metadata: { labels: { b: 'c' } },
    })
  })

  test('a definition brings its resource; its webhook answers only when its deployment runs', () => {
    const object = {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name: 'p' },
      spec: { addresses: ['10.2.0.100-10.2.0.150'] },
    }
    const path = '/apis/metallb.io/v1beta1/namespaces/metallb-system/ipaddresspools/p'
    const apply = { contentType: 'application/apply-patch+yaml' }
    expect(ask('PATCH', path, object, apply).status).toBe(404)
    ask('POST', '/api/v1/namespaces', { metadata: { name: 'metallb-system' } })
    ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'ipaddresspools.metallb.io' },
      spec: {
        group: 'metallb.io',
        scope: 'Namespaced',
        names: { plural: 'ipaddresspools', kind: 'IPAddressPool' },
        versions: [{ name: 'v1beta1', served: true }],
      },
    })
    expect(ask('PATCH', path, object, apply)).toMatchObject({
      status: 500,
      body: { message: expect.stringContaining('failed calling webhook') },
    })
    network()
    const controller = workload(
      'Deployment',
      'metallb-controller',
      { app: 'metallb' },
      { replicas: 1 },
    )
    ask('POST', '/apis/apps/v1/namespaces/metallb-system/deployments', controller)
    pass(120)
    expect(ask('PATCH', path, object, apply).status).toBe(201)
    ask('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'web' },
      spec: { type: 'LoadBalancer' },
    })
    pass(5)
    expect(ask('GET', '/api/v1/namespaces/default/services/web').body).toMatchObject({
      status: { loadBalancer: { ingress: [{ ip: '10.2.0.100' }] } },
    })
  })

  test('lists by labels and fields, in pages', () => {
    const all = ask('GET', PODS, undefined, { query: { fieldSelector: 'spec.nodeName=m1' } })
      .body as { items: KubeObject[] }
    expect(all.items).toHaveLength(4)
    const page = ask('GET', PODS, undefined, {
      query: { fieldSelector: 'spec.nodeName=m1', limit: '3' },
    }).body as {
      items: KubeObject[]
      metadata: { continue: string }
    }
    expect([page.items.length, page.metadata.continue]).toEqual([3, '3'])
    const one = ask('GET', PODS, undefined, {
      query: { labelSelector: 'component in (etcd),tier' },
    }).body as { items: KubeObject[] }
    expect(one.items.map(({ metadata }) => metadata.name)).toEqual(['etcd-m1'])
  })

  test('a watch sees what comes after its version', () => {
    const answer = ask('GET', '/api/v1/nodes', undefined, {
      query: { watch: '1', resourceVersion: String(kube.rv) },
    })
    if (!('watch' in answer)) throw new Error('no watch')
    ask(
      'PATCH',
      '/api/v1/nodes/w1',
      { metadata: { labels: { zone: 'a' } } },
      { contentType: 'application/merge-patch+json' },
    )
    const seen = changesSince(kube, answer.watch)
    expect(seen.events).toMatchObject([
      { type: 'MODIFIED', object: { metadata: { name: 'w1', labels: { zone: 'a' } } } },
    ])
  })

  test('unknown paths and missing objects are Status objects', () => {
    expect(ask('GET', '/apis/nope/v1/things')).toMatchObject({
      status: 404,
      body: { kind: 'Status', reason: 'NotFound' },
    })
    expect(ask('GET', '/api/v1/nodes/nope')).toMatchObject({
      status: 404,
      body: { message: 'nodes "nope" not found' },
    })
  })
})

test('two of three members are a quorum, one is not, and then nothing moves', () => {
  world.nodes.m2 = machine('10.2.0.12')
  world.nodes.m3 = machine('10.2.0.13')
  addControlPlane(kube, 'm2', world.nodes.m2, world)
  addControlPlane(kube, 'm3', world.nodes.m3, world)
  world.nodes.m2.kubelet = false
  expect(hasQuorum(kube, world)).toBe(true)
  world.nodes.m3.kubelet = false
  expect(hasQuorum(kube, world)).toBe(false)
  network()
  pass(60)
  expect(list(kube, '/api/v1/nodes').filter(isReady)).toEqual([])
})

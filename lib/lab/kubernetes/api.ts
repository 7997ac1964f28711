import { admission } from './admission'
import { type KubeAnswer, problem } from './answer'
import { isReady } from './conditions'
import { drop, type Kube, type KubeObject, type KubeWorld, list, pathIn, put } from './kube'
import { applyPatch, mergePatch } from './patch'
import {
  apiVersionOf,
  collectionPath,
  groupVersionPath,
  type Resource,
  resourcesOf,
} from './resources'
import { byFields, byLabels } from './selectors'

export type KubeRequest = {
  method: string
  /** Without query. */
  path: string
  query: Record<string, string>
  contentType: string
  /** Parsed JSON, undefined without one. */
  body: unknown
}

type Target = { resource: Resource; namespace?: string; name?: string; sub?: string }

/** The lab's own time in virtual ms: what its stand-in for Helm measures its patience by. */
export const LAB_CLOCK = '/lab/clock'

/** One request to a cluster's API, as an administrator. */
export function serve(kube: Kube, request: KubeRequest, world: KubeWorld): KubeAnswer {
  const { path, method } = request
  if (path === '/readyz' || path === '/livez' || path === '/healthz')
    return { status: 200, text: 'ok' }
  if (path === LAB_CLOCK) return { status: 200, body: { kind: 'LabClock', ms: world.at } }
  if (path === '/version') return { status: 200, body: versionOf(kube) }
  const discovery = method === 'GET' ? discover(kube, path) : null
  if (discovery) return discovery
  const target = resolve(kube, path)
  if (!target) return problem(404, 'NotFound', 'the server could not find the requested resource')
  if (target.sub !== undefined) return subresource(kube, target, request, world)
  if (target.name === undefined) return collection(kube, target, request, world)
  return single(kube, { ...target, name: target.name }, request, world)
}

const versionOf = (kube: Kube) => ({
  major: '1',
  minor: kube.version.split('.')[1] ?? '',
  gitVersion: kube.version,
  gitTreeState: 'clean',
  platform: 'linux/amd64',
})

function discover(kube: Kube, path: string): KubeAnswer | null {
  const resources = resourcesOf(kube)
  if (path === '/api') return { status: 200, body: { kind: 'APIVersions', versions: ['v1'] } }
  if (path === '/apis') {
    const groups = [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '')
    return {
      status: 200,
      body: { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((name) => ({ name })) },
    }
  }
  const here = resources.filter((resource) => groupVersionPath(resource) === path)
  if (here.length === 0) return null
  return {
    status: 200,
    body: {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: apiVersionOf(here[0] as Resource),
      resources: here.map(({ name, kind, namespaced }) => ({
        name,
        kind,
        namespaced,
        singularName: kind.toLowerCase(),
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      })),
    },
  }
}

/** The resource, namespace, name and subresource that a path names; null if there is no such type. */
function resolve(kube: Kube, path: string): Target | null {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const [group, version, rest] =
    parts[0] === 'api'
      ? ['', parts[1], parts.slice(2)]
      : parts[0] === 'apis'
        ? [parts[1], parts[2], parts.slice(3)]
        : [undefined, undefined, []]
  if (group === undefined || version === undefined || rest.length === 0) return null
  const find = (name: string | undefined) =>
    resourcesOf(kube).find(
      (each) => each.group === group && each.version === version && each.name === name,
    )
  if (rest[0] === 'namespaces' && rest.length > 2) {
    const resource = find(rest[2])
    return resource?.namespaced
      ? { resource, namespace: rest[1], name: rest[3], sub: rest[4] }
      : null
  }
  const resource = find(rest[0])
  return resource ? { resource, name: rest[1], sub: rest[2] } : null
}

const missing = ({ resource, name }: Target) =>
  problem(
    404,
    'NotFound',
    `${resource.name}${resource.group ? `.${resource.group}` : ''} "${name}" not found`,
  )

const pathOf = ({ resource, name = '', namespace }: Target): string =>
  pathIn(collectionPath(resource), name, resource.namespaced ? namespace : undefined)

function collection(
  kube: Kube,
  target: Target,
  request: KubeRequest,
  world: KubeWorld,
): KubeAnswer {
  const { resource, namespace } = target
  const at = collectionPath(resource)
  if (request.method === 'POST') return create(kube, target, request, world)
  if (request.method !== 'GET')
    return problem(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    )
  const accept = both(byLabels(request.query.labelSelector), byFields(request.query.fieldSelector))
  if (request.query.watch === '1' || request.query.watch === 'true') {
    const rv = Number(request.query.resourceVersion ?? kube.rv)
    return {
      status: 200,
      watch: { collection: at, rv, accept, ...(namespace === undefined ? {} : { namespace }) },
    }
  }
  const found = list(kube, at, namespace).filter(accept)
  const limit = Number(request.query.limit ?? found.length)
  const start = Number(request.query.continue ?? 0)
  const page = found.slice(start, start + limit)
  const next = start + limit < found.length ? String(start + limit) : undefined
  return {
    status: 200,
    body: {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(kube.rv), ...(next ? { continue: next } : {}) },
      items: page.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
    },
  }
}

const both =
  (a: (object: KubeObject) => boolean, b: (object: KubeObject) => boolean) =>
  (object: KubeObject) =>
    a(object) && b(object)

function create(kube: Kube, target: Target, request: KubeRequest, world: KubeWorld): KubeAnswer {
  const given = request.body as KubeObject | undefined
  const name = given?.metadata?.name
  if (!given || !name) return problem(422, 'Invalid', 'metadata.name: Required value')
  const at = { ...target, name }
  const path = pathOf(at)
  if (kube.objects[path])
    return problem(409, 'AlreadyExists', `${target.resource.name} "${name}" already exists`)
  return write(kube, at, shaped(given, at), world, 201)
}

function single(
  kube: Kube,
  target: Target & { name: string },
  request: KubeRequest,
  world: KubeWorld,
): KubeAnswer {
  const path = pathOf(target)
  const before = kube.objects[path]
  switch (request.method) {
    case 'GET':
      return before ? { status: 200, body: before } : missing(target)
    case 'PUT':
      return write(
        kube,
        target,
        shaped(request.body as KubeObject, target),
        world,
        before ? 200 : 201,
      )
    case 'PATCH': {
      const isApply = request.contentType.startsWith('application/apply-patch')
      if (!before && !isApply) return missing(target)
      const patched = isApply
        ? applyPatch(before ?? null, request.body as KubeObject)
        : (mergePatch(before, request.body) as KubeObject)
      return write(kube, target, shaped(patched, target), world, before ? 200 : 201)
    }
    case 'DELETE':
      if (!before) return missing(target)
      remove(kube, path, before, world)
      return { status: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } }
    default:
      return problem(
        405,
        'MethodNotAllowed',
        'the server does not allow this method on the requested resource',
      )
  }
}

function write(
  kube: Kube,
  target: Target,
  object: KubeObject,
  world: KubeWorld,
  status: number,
): KubeAnswer {
  const refusal = admission(kube, target.resource, object)
  if (refusal) return refusal
  const stored = put(kube, pathOf(target), object, world)
  return { status, body: stored }
}

const shaped = (object: KubeObject, { resource, namespace, name = '' }: Target): KubeObject => ({
  ...object,
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  metadata: {
    ...object.metadata,
    name,
    ...(resource.namespaced && namespace ? { namespace } : {}),
  },
})

/** A pod takes its grace period; a namespace takes everything in it along. */
function remove(kube: Kube, path: string, object: KubeObject, world: KubeWorld): void {
  if (
    object.kind === 'Pod' &&
    kube.pods[path]?.next !== 'gone' &&
    (object.spec as { nodeName?: string }).nodeName
  ) {
    put(
      kube,
      path,
      {
        ...object,
        metadata: { ...object.metadata, deletionTimestamp: new Date(world.wall).toISOString() },
      },
      world,
    )
    kube.pods[path] = { next: 'gone', due: world.at + world.random(1500, 6000) }
    return
  }
  if (object.kind === 'Namespace') {
    for (const [other, held] of Object.entries(kube.objects)) {
      if (held.metadata.namespace === object.metadata.name) drop(kube, other)
    }
  }
  drop(kube, path)
}

function subresource(
  kube: Kube,
  target: Target,
  request: KubeRequest,
  world: KubeWorld,
): KubeAnswer {
  const path = pathOf(target)
  const before = kube.objects[path]
  if (!before) return missing(target)
  if (target.sub === 'eviction' && request.method === 'POST')
    return evict(kube, path, before, world)
  if (target.sub === 'status' && (request.method === 'PATCH' || request.method === 'PUT')) {
    const { status } = request.body as KubeObject
    return {
      status: 200,
      body: put(kube, path, { ...before, status: mergePatch(before.status ?? {}, status) }, world),
    }
  }
  if (target.sub === 'log') return { status: 200, text: '' }
  return problem(404, 'NotFound', 'the server could not find the requested resource')
}

type Budget = {
  selector?: { matchLabels?: Record<string, string> }
  minAvailable?: number
  maxUnavailable?: number
}

/** Refused with 429 while a disruption budget allows no fewer ready pods. */
function evict(kube: Kube, path: string, pod: KubeObject, world: KubeWorld): KubeAnswer {
  const namespace = pod.metadata.namespace
  for (const budget of list(kube, '/apis/policy/v1/poddisruptionbudgets', namespace)) {
    const { selector, minAvailable = 0 } = budget.spec as Budget
    const labels = Object.entries(selector?.matchLabels ?? {})
    const matches = (each: KubeObject) =>
      labels.every(([key, value]) => each.metadata.labels?.[key] === value)
    if (!matches(pod)) continue
    const ready = list(kube, '/api/v1/pods', namespace).filter(
      (each) => matches(each) && isReady(each) && !each.metadata.deletionTimestamp,
    )
    if (ready.length <= minAvailable) {
      return problem(
        429,
        'TooManyRequests',
        "Cannot evict pod as it would violate the pod's disruption budget.",
      )
    }
  }
  remove(kube, path, pod, world)
  return { status: 201, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } }
}

/** Changes after `rv` that a watch is interested in, and the version it has reached then. */
export function changesSince(
  kube: Kube,
  watch: {
    collection: string
    rv: number
    namespace?: string
    accept(object: KubeObject): boolean
  },
): { events: { type: string; object: KubeObject }[]; rv: number; gone: boolean } {
  const oldest = kube.changes[0]?.rv ?? kube.rv + 1
  if (watch.rv + 1 < oldest && kube.rv > watch.rv && kube.changes.length > 0 && watch.rv !== 0) {
    return { events: [], rv: kube.rv, gone: true }
  }
  const events = kube.changes
    .filter(
      (change) =>
        change.rv > watch.rv &&
        change.collection === watch.collection &&
        (watch.namespace === undefined || change.object.metadata.namespace === watch.namespace) &&
        watch.accept(change.object),
    )
    .map(({ type, object }) => ({ type, object }))
  return { events, rv: kube.rv, gone: false }
}

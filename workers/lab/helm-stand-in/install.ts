import { setTimeout as delay } from 'node:timers/promises'
import type { Kubernetes, KubernetesObject } from '@/lib/kubernetes/kubernetes'
import { objectPath } from '@/lib/kubernetes/object-path'
import { ChartError } from '@/lib/lab/charts/chart'
import { CHARTS } from '@/lib/lab/charts/charts'
import { LAB_CLOCK } from '@/lib/lab/kubernetes/api'
import { listReleases, type Release, saveRelease } from './release-store'

export type Install = {
  name: string
  namespace: string
  chart: string
  version: string
  values: Record<string, unknown>
  labels: Record<string, string>
  timeoutMs: number
  say(line: string): void
}

/** `helm upgrade --install --wait`. Throws with Helm's words when it fails; the release stays "failed". */
export async function install(kubernetes: Kubernetes, options: Install): Promise<void> {
  const { name, namespace, chart, say } = options
  const before = await listReleases(kubernetes, { namespace, name })
  const last = before.at(-1)
  if (last?.status.startsWith('pending-')) {
    throw new Error('UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress')
  }
  const known = CHARTS[chart]
  if (!known)
    throw new Error(`INSTALLATION FAILED: failed to fetch ${chart}: the stand-in has no such chart`)
  const release: Release = {
    ...{ name, namespace, chart, version: options.version, labels: options.labels },
    revision: (last?.revision ?? 0) + 1,
    status: last ? 'pending-upgrade' : 'pending-install',
    objects: render(chart, options),
  }
  await saveRelease(kubernetes, release)
  try {
    for (const definition of known.definitions ?? [])
      await kubernetes.apply(toDefinition(definition))
    for (const object of release.objects) await kubernetes.apply(withRelease(object, release))
    await settle(kubernetes, release.objects, options)
  } catch (error) {
    await saveRelease(kubernetes, { ...release, status: 'failed' })
    const verb = last ? 'UPGRADE FAILED' : 'INSTALLATION FAILED'
    throw new Error(`${verb}: ${error instanceof Error ? error.message : String(error)}`)
  }
  await saveRelease(kubernetes, { ...release, status: 'deployed' })
  for (const older of before.filter(({ status }) => status === 'deployed')) {
    await saveRelease(kubernetes, { ...older, status: 'superseded' })
  }
  say(`Release "${name}" has been ${last ? 'upgraded' : 'installed'}. Happy Helming! (simulated)`)
}

function render(chart: string, { name, namespace, values }: Install): KubernetesObject[] {
  try {
    return (CHARTS[chart]?.render({ release: name, namespace, values }) ?? []) as KubernetesObject[]
  } catch (error) {
    if (error instanceof ChartError) throw new Error(`INSTALLATION FAILED: ${error.message}`)
    throw error
  }
}

const withRelease = (object: KubernetesObject, { name, namespace }: Release): KubernetesObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: {
      ...object.metadata.annotations,
      'meta.helm.sh/release-name': name,
      'meta.helm.sh/release-namespace': namespace,
    },
  },
})

const toDefinition = (of: {
  group: string
  version: string
  plural: string
  kind: string
  cluster?: boolean
}): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${of.plural}.${of.group}` },
  spec: {
    group: of.group,
    scope: of.cluster ? 'Cluster' : 'Namespaced',
    names: { plural: of.plural, kind: of.kind },
    versions: [{ name: of.version, served: true, storage: true }],
  },
})

/** Waits until every workload has all its pods, as `--wait` does; `timeoutMs` in the lab's time. */
export async function settle(
  kubernetes: Kubernetes,
  objects: readonly KubernetesObject[],
  { timeoutMs, say }: Pick<Install, 'timeoutMs' | 'say'>,
): Promise<void> {
  let [at, waited, said] = [await clockOf(kubernetes), 0, '']
  for (;;) {
    const waiting = await notReady(kubernetes, objects)
    if (waiting.length === 0) return
    const line = `beginning wait for ${waiting.length} resources: ${waiting.join(', ')}`
    if (line !== said) say(line)
    said = line
    const now = await clockOf(kubernetes)
    waited += Math.min(now - at, LONGEST_LOOK_MS)
    at = now
    if (waited > timeoutMs) throw new Error('context deadline exceeded')
    await delay(250)
  }
}

/** A look that comes late, on a busy machine in a fast lab, counts no longer than this. */
const LONGEST_LOOK_MS = 20_000

/** The lab's time, since its pods live by it: a timeout of ten minutes is ten of the lab's. */
async function clockOf(kubernetes: Kubernetes): Promise<number> {
  const clock = (await kubernetes.get(LAB_CLOCK)) as { ms?: number } | null
  if (clock?.ms === undefined) throw new Error('this is no cluster of the lab')
  return clock.ms
}

async function notReady(
  kubernetes: Kubernetes,
  objects: readonly KubernetesObject[],
): Promise<string[]> {
  const waiting: string[] = []
  for (const object of objects) {
    if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind)) continue
    const found = await kubernetes.get(await objectPath(object, kubernetes))
    const status = (found?.status ?? {}) as Record<string, number | undefined>
    const [ready, wanted] =
      object.kind === 'DaemonSet'
        ? [status.numberReady ?? 0, status.desiredNumberScheduled ?? 1]
        : [status.readyReplicas ?? 0, (object.spec as { replicas?: number }).replicas ?? 1]
    if (ready < wanted) waiting.push(`${object.kind} ${object.metadata.name} (${ready}/${wanted})`)
  }
  return waiting
}

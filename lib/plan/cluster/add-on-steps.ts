import { canonicalHash } from '@/lib/base/canonical-hash'
import type { Manifest } from '@/lib/catalogue/entry'
import type { ChosenAddOn } from '@/lib/catalogue/order'
import { pinSecrets, type SecretVersions } from '@/lib/catalogue/secret-pins'
import { secretNames } from '@/lib/catalogue/values'
import type { Step, StepArgs } from '../step'
import { secondsOf } from '../step-seconds'
import { kubeconfigStep, nodeReadyStep } from './kubernetes-steps'
import type { WantedCluster } from './wanted'

type Resource = StepArgs['addon.resources']['resources'][number]

const base = (wanted: WantedCluster, addOn: ChosenAddOn) => ({
  object: ['clusters', wanted.id, 'addOns', addOn.id],
  locks: [],
})

/** Id of the last step of an add-on: what waits for the add-on waits for it. */
const lastStep = (wanted: WantedCluster, addOn: ChosenAddOn) =>
  addOn.afterwards.length > 0
    ? `addon.resources:${wanted.id}/${addOn.id}/afterwards`
    : installStep(wanted, addOn.id)

const installStep = (wanted: WantedCluster, id: string) => `addon.install:${wanted.id}/${id}`

/** Resources before, chart, resources afterwards. All but the network wait for the nodes. */
export function addOnSteps(wanted: WantedCluster, addOn: ChosenAddOn): Step[] {
  const byId = new Map(wanted.addOns.map((each) => [each.id, each]))
  const others = addOn.needs.flatMap((id) => byId.get(id) ?? [])
  const first =
    addOn.id === 'calico'
      ? [kubeconfigStep(wanted)]
      : [
          ...others.map((each) => lastStep(wanted, each)),
          ...[...wanted.controlPlanes, ...wanted.workers].map(nodeReadyStep),
        ]
  const beforeId = `addon.resources:${wanted.id}/${addOn.id}/before`
  const steps: Step[] = []
  if (addOn.before.length > 0) {
    steps.push(resourcesStep(wanted, addOn, beforeId, first, [namespaceOf(addOn), ...addOn.before]))
  }
  steps.push({
    ...base(wanted, addOn),
    id: installStep(wanted, addOn.id),
    kind: 'addon.install',
    needs: addOn.before.length > 0 ? [beforeId] : first,
    reason: `${addOn.entry.name} ${addOn.version} for Kubernetes ${wanted.cluster.kubernetes}.${newSecrets(addOn.values, wanted.context.secretVersions)}`,
    effect: 'create',
    etaS: wanted.context.durations['addon.install'] ?? addOn.entry.etaS,
    args: {
      cluster: wanted.ref,
      addOn: addOn.id,
      release: addOn.release,
      namespace: addOn.namespace,
      chart: addOn.entry.chart.name,
      repo: addOn.entry.chart.repo,
      version: addOn.version,
      values: addOn.values,
      valuesHash: addOn.valuesHash,
      namespaceLabels: podSecurityLabels(addOn),
      timeoutS: addOn.entry.timeoutS,
    },
  })
  if (addOn.afterwards.length > 0) {
    const needs = [installStep(wanted, addOn.id)]
    steps.push(resourcesStep(wanted, addOn, lastStep(wanted, addOn), needs, addOn.afterwards))
  }
  return steps
}

/** Pod Security: what the chart's pods are allowed to do. kube-system is the cluster's own. */
export const podSecurityLabels = (addOn: ChosenAddOn): Record<string, string> =>
  addOn.namespace === 'kube-system'
    ? {}
    : { 'pod-security.kubernetes.io/enforce': addOn.entry.podSecurity }

const namespaceOf = (addOn: ChosenAddOn): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: addOn.namespace, labels: podSecurityLabels(addOn) },
})

function resourcesStep(
  wanted: WantedCluster,
  addOn: ChosenAddOn,
  id: string,
  needs: string[],
  manifests: readonly Manifest[],
): Step {
  const { secretVersions } = wanted.context
  const changed = newSecrets(manifests, secretVersions)
  const resources = manifests.map((manifest) => toResource(manifest, secretVersions))
  return {
    ...base(wanted, addOn),
    id,
    kind: 'addon.resources',
    needs,
    reason: `${addOn.entry.name} needs ${resources.map((each) => `${each.kind} ${each.name}`).join(', ')}.${changed}`,
    effect: changed === '' ? 'prepare' : 'change',
    etaS: secondsOf('addon.resources', wanted.context),
    args: { cluster: wanted.ref, addOn: addOn.id, resources },
  }
}

/** A sentence about the secrets in a tree that have another value than their first, or nothing. */
function newSecrets(tree: unknown, versions: SecretVersions = {}): string {
  const told = secretNames(tree)
    .filter((name) => Object.hasOwn(versions, name) && (versions[name] ?? 1) > 1)
    .map((name) => `${name} (version ${versions[name]})`)
  return told.length === 0 ? '' : ` It uses the secret ${told.join(', ')}.`
}

const toResource = (manifest: Manifest, versions: SecretVersions = {}): Resource => ({
  apiVersion: manifest.apiVersion,
  kind: manifest.kind,
  name: manifest.metadata.name,
  namespace: manifest.metadata.namespace ?? null,
  manifest,
  hash: canonicalHash(pinSecrets(manifest, versions)),
})

/** Key of a resource in `ObservedCluster.resources`. */
export const resourceKey = (each: Pick<Resource, 'kind' | 'namespace' | 'name'>) =>
  `${each.kind}/${each.namespace ?? ''}/${each.name}`

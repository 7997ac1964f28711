import { ADD_ON_LABEL, VALUES_LABEL, VERSION_LABEL, valuesLabel } from '@/lib/helm/client'
import type { Kubernetes } from '@/lib/kubernetes/kubernetes'

export type SeenRelease = {
  name: string
  namespace: string
  revision: number
  /** `deployed`, `failed`, `pending-install` ... */
  status: string
  /** From our labels; null on a release of somebody else. */
  version: string | null
  valuesHash: string | null
  addOn: string | null
}

/**
 * The newest revision of every Helm release, from the labels of the secrets that Helm keeps them in
 * (Helm 3 storage driver "secret"): no payload is fetched, Helm need not run.
 */
export async function listReleases(kubernetes: Kubernetes): Promise<SeenRelease[]> {
  const secrets = await kubernetes.list('/api/v1/secrets', { labelSelector: 'owner=helm' })
  const newest = new Map<string, SeenRelease>()
  for (const { metadata } of secrets) {
    const labels = metadata.labels ?? {}
    const release: SeenRelease = {
      name: labels.name ?? '',
      namespace: metadata.namespace ?? '',
      revision: Number(labels.version ?? 0),
      status: labels.status ?? 'unknown',
      version: labels[VERSION_LABEL] ?? null,
      valuesHash: labels[VALUES_LABEL] ?? null,
      addOn: labels[ADD_ON_LABEL] ?? null,
    }
    const key = `${release.namespace}/${release.name}`
    if ((newest.get(key)?.revision ?? -1) < release.revision) newest.set(key, release)
  }
  return [...newest.values()]
}

/** Whether a release is what a plan wants: deployed, in this version, from these values. */
export const isAsWanted = (
  release: SeenRelease | undefined,
  wanted: { version: string; valuesHash: string },
): boolean =>
  release?.status === 'deployed' &&
  release.version === wanted.version &&
  release.valuesHash === valuesLabel(wanted.valuesHash)

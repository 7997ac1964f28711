/**
 * Newest release of k3s for each minor of Kubernetes that is known to exist and is no pre-release
 * (docs.k3s.io/release-notes and the releases of k3s-io/k3s, read 2026-11-24).
 */
const NEWEST: Record<string, string> = {
  '1.29': 'v1.29.15+k3s1',
  '1.30': 'v1.30.14+k3s2',
  '1.31': 'v1.31.14+k3s1',
  '1.32': 'v1.32.9+k3s1',
  '1.33': 'v1.33.5+k3s1',
  '1.34': 'v1.34.9+k3s1',
  '1.35': 'v1.35.6+k3s1',
  '1.36': 'v1.36.1+k3s1',
}

/**
 * The release of k3s for the Kubernetes of a document: `1.36` -> `v1.36.1+k3s1`. A full version is
 * kept with its first build, or its newest where a later one is known; a minor that is not listed
 * is asked for as `.0`.
 */
export function k3sRelease(kubernetes: string): string {
  const [major = '1', minor = '0', patch] = kubernetes.split('.')
  const newest = NEWEST[`${major}.${minor}`]
  if (patch === undefined) return newest ?? `v${kubernetes}.0+k3s1`
  return newest?.startsWith(`v${kubernetes}+`) ? newest : `v${kubernetes}+k3s1`
}

/** The Kubernetes of a release: `v1.36.1+k3s1` -> `1.36.1`. */
export const kubernetesOf = (release: string): string => release.replace(/^v/, '').split('+')[0]!

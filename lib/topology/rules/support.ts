import { compareVersions } from './end-of-life'

/** Kubernetes minors that a version was made for, both inclusive. */
export type Support = { from: string; to: string; version: string; app: string }

const made = (from: string, to: string, version: string, app = version): Support => ({
  from,
  to,
  version,
  app,
})

/**
 * The add-ons that the panel can install and the versions it would take, newest first: what the
 * catalogue pins. The catalogue stands above this part, so a test holds the two together.
 */
export const SUPPORT: Readonly<Record<string, readonly Support[]>> = {
  calico: [
    made('1.34', '1.36', 'v3.32.1'),
    made('1.32', '1.35', 'v3.31.7'),
    made('1.29', '1.32', 'v3.29.7'),
  ],
  'metrics-server': [
    made('1.31', '1.37', '3.13.1', '0.8.1'),
    made('1.27', '1.30', '3.12.2', '0.7.2'),
  ],
  metallb: [made('1.19', '1.37', '0.16.1', 'v0.16.1')],
  longhorn: [made('1.25', '1.37', '1.12.1', 'v1.12.1')],
  'nfs-subdir-external-provisioner': [made('1.9', '1.37', '4.0.18', '4.0.2')],
  'local-path-provisioner': [made('1.12', '1.37', '0.0.37', 'v0.0.37')],
  'kube-prometheus-stack': [made('1.25', '1.37', '88.5.3', 'v0.93.1')],
  'ingress-nginx': [
    made('1.34', '1.35', '4.15.1', '1.15.1'),
    made('1.29', '1.33', '4.13.9', '1.13.9'),
  ],
  'cert-manager': [
    made('1.33', '1.36', 'v1.21.1'),
    made('1.31', '1.35', 'v1.20.0'),
    made('1.29', '1.33', 'v1.18.6'),
  ],
  loki: [made('1.25', '1.37', '18.11.0', '3.7.6')],
  promtail: [made('1.19', '1.37', '6.15.5', '2.9.3')],
  'argo-cd': [made('1.33', '1.36', '10.1.1', 'v3.4.4'), made('1.29', '1.32', '8.2.7', 'v3.0.12')],
  velero: [made('1.31', '1.37', '12.1.0', '1.18.1'), made('1.28', '1.30', '8.7.2', '1.15.2')],
}

/** `1.29` of `1.29.14`. */
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.')

/** The version that would be installed on a Kubernetes version; null if none was made for it, undefined if the add-on is not known. */
export function supportOf(addOn: string, kubernetes: string): Support | null | undefined {
  if (!Object.hasOwn(SUPPORT, addOn)) return undefined
  const minor = minorOf(kubernetes)
  const fits = ({ from, to }: Support) =>
    compareVersions(from, minor) <= 0 && compareVersions(minor, to) <= 0
  return SUPPORT[addOn]!.find(fits) ?? null
}

/**
 * The newest Kubernetes minor that every one of these add-ons was made for; null if there is none.
 * Those that the panel does not know say nothing.
 */
export function newestKubernetesFor(addOns: readonly string[]): string | null {
  const known = addOns.filter((id) => Object.hasOwn(SUPPORT, id))
  const minors = [...new Set(known.flatMap((id) => SUPPORT[id]!.map(({ to }) => to)))]
  const fits = minors.filter((minor) => known.every((id) => supportOf(id, minor)))
  return fits.sort(compareVersions).at(-1) ?? null
}

/** When the table was last compared with its sources; the date that rules use if nobody tells today's. */
export const END_OF_LIFE_AS_OF = '2026-11-23'

/** Last day of a Kubernetes minor. Source: kubernetes.io/releases and its eol.yaml, read on the date above. */
export const KUBERNETES_ENDS: Readonly<Record<string, string>> = {
  '1.28': '2024-10-28',
  '1.29': '2025-02-28',
  '1.34': '2026-10-27',
  '1.35': '2027-02-28',
  '1.36': '2027-06-28',
  '1.37': '2027-10-28',
}

/** Add-ons whose makers stopped, and what they name instead. Source: each project's own page, read on the date above. */
export const ADD_ON_ENDS: Readonly<Record<string, { ends: string; instead: string }>> = {
  'ingress-nginx': { ends: '2026-03-31', instead: 'Traefik or a Gateway API implementation' },
  promtail: { ends: '2026-03-02', instead: 'Grafana Alloy' },
}

/**
 * Last day of a Kubernetes version, or null when the table does not know it to end. A minor below
 * the oldest row ended before that row did.
 */
export function kubernetesEnd(version: string): string | null {
  const minor = Number(version.split('.')[1])
  const known = KUBERNETES_ENDS[`1.${minor}`]
  if (known) return known
  const later = Object.keys(KUBERNETES_ENDS)
    .map((each) => Number(each.split('.')[1]))
    .filter((each) => each > minor)
  return later.length === 0 ? null : KUBERNETES_ENDS[`1.${Math.min(...later)}`]!
}

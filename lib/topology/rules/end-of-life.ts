/** When the tables were last compared with their sources; the date that rules use if nobody tells today's. */
export const END_OF_LIFE_AS_OF = '2026-11-24'

/**
 * When one line of a product ends: the last day on which its makers repair it. Where they name a
 * month alone, its last day; where they only say "no longer supported", the day on which they did.
 */
export type End = { line: string; ends: string; source: string }

/** What has lines that end. The keys are what rules ask for. */
export type Product =
  | 'kubernetes'
  | 'proxmox'
  | 'debian'
  | 'ubuntu'
  | 'containerd'
  | 'etcd'
  | 'helm'
  | 'calico'
  | 'longhorn'
  | 'cert-manager'
  | 'argo-cd'
  | 'istio'

const KUBERNETES_EOL =
  'https://raw.githubusercontent.com/kubernetes/website/main/data/releases/eol.yaml'
const CONTAINERD = 'https://github.com/containerd/containerd/blob/main/RELEASES.md'
// "Not read again": known from before, the page could not be reached on the date above.
const PROXMOX = 'https://pve.proxmox.com/wiki/FAQ (not read again)'
const DEBIAN = 'https://wiki.debian.org/LTS'
const UBUNTU = 'https://ubuntu.com/about/release-cycle (not read again)'
const CERT_MANAGER = 'https://cert-manager.io/docs/releases/'
const ISTIO =
  'https://raw.githubusercontent.com/istio/istio.io/master/data/compatibility/supportStatus.yml'
const LONGHORN = 'https://github.com/longhorn/longhorn/wiki/Release-Schedule-&-Support'

const end = (line: string, ends: string, source: string): End => ({ line, ends, source })

/** Lines by product, the oldest first. */
export const ENDS: Readonly<Record<Product, readonly End[]>> = {
  kubernetes: [
    end('1.24', '2023-07-28', KUBERNETES_EOL),
    end('1.25', '2023-10-28', KUBERNETES_EOL),
    end('1.26', '2024-02-28', KUBERNETES_EOL),
    end('1.27', '2024-07-16', KUBERNETES_EOL),
    end('1.28', '2024-10-22', KUBERNETES_EOL),
    end('1.29', '2025-02-28', KUBERNETES_EOL),
    end('1.30', '2025-07-15', KUBERNETES_EOL),
    end('1.31', '2025-11-11', KUBERNETES_EOL),
    end('1.32', '2026-02-28', KUBERNETES_EOL),
    end('1.33', '2026-06-28', 'https://kubernetes.io/releases/1.33/'),
    end('1.34', '2026-10-27', 'https://kubernetes.io/releases/1.34/'),
    end('1.35', '2027-02-28', 'https://kubernetes.io/releases/1.35/'),
    end('1.36', '2027-06-28', 'https://kubernetes.io/releases/1.36/'),
    end('1.37', '2027-10-28', 'https://kubernetes.io/releases/1.37/'),
  ],
  proxmox: [
    end('6', '2022-09-30', PROXMOX),
    end('7', '2024-07-31', PROXMOX),
    end('8', '2026-08-31', PROXMOX),
  ],
  // The end of long-term support: security updates go on until then.
  debian: [
    end('10', '2024-06-30', DEBIAN),
    end('11', '2026-08-31', DEBIAN),
    end('12', '2028-06-30', DEBIAN),
    end('13', '2030-06-30', DEBIAN),
  ],
  // The end of standard support, without a subscription. Releases between two long ones have nine months.
  ubuntu: [
    end('18.04', '2023-05-31', UBUNTU),
    end('18.10', '2019-07-31', UBUNTU),
    end('19.04', '2020-01-31', UBUNTU),
    end('19.10', '2020-07-31', UBUNTU),
    end('20.04', '2025-05-31', UBUNTU),
    end('20.10', '2021-07-31', UBUNTU),
    end('21.04', '2022-01-31', UBUNTU),
    end('21.10', '2022-07-31', UBUNTU),
    end('22.04', '2027-04-30', UBUNTU),
    end('22.10', '2023-07-31', UBUNTU),
    end('23.04', '2024-01-31', UBUNTU),
    end('23.10', '2024-07-31', UBUNTU),
    end('24.04', '2029-04-30', UBUNTU),
    end('24.10', '2025-07-31', UBUNTU),
    end('25.04', '2026-01-31', UBUNTU),
    end('25.10', '2026-07-31', UBUNTU),
    end('26.04', '2031-04-30', UBUNTU),
  ],
  containerd: [
    end('1.6', '2025-08-23', CONTAINERD),
    end('1.7', '2026-09-30', CONTAINERD),
    end('2.0', '2025-11-07', CONTAINERD),
    end('2.1', '2026-05-05', CONTAINERD),
    end('2.2', '2026-11-06', CONTAINERD),
    end('2.3', '2028-04-27', CONTAINERD),
  ],
  // The release of 3.6.0 ended 3.4: the current and the previous minor are maintained.
  etcd: [
    end('3.4', '2025-05-15', 'https://etcd.io/docs/v3.6/op-guide/versioning/ (day not read again)'),
  ],
  helm: [end('3', '2027-02-10', 'https://helm.sh/blog/helm-v3-end-of-life')],
  // No dates are published; the month of the line's last release.
  calico: [
    end('3.27', '2024-11-30', 'https://github.com/projectcalico/calico/releases/tag/v3.27.5'),
  ],
  longhorn: [
    end('1.5', '2024-11-17', 'https://github.com/longhorn/longhorn/pull/9825'),
    end('1.6', '2025-08-05', 'https://github.com/longhorn/longhorn/pull/11427'),
    end('1.7', '2025-09-04', 'https://github.com/longhorn/longhorn/pull/11655'),
    // 18 months from its release, as every line since 1.8.
    end('1.8', '2026-07-22', 'https://github.com/endoflife-date/endoflife.date/pull/10278'),
    end('1.9', '2026-11-27', LONGHORN),
    end('1.10', '2027-03-25', LONGHORN),
  ],
  // A release ends with the second after it.
  'cert-manager': [
    end('1.17', '2025-10-07', CERT_MANAGER),
    end('1.18', '2026-03-10', CERT_MANAGER),
    end('1.19', '2026-07-10', 'https://github.com/cert-manager/testing/pull/1218'),
  ],
  'argo-cd': [end('3.3', '2026-11-03', 'https://github.com/argoproj/argo-cd/releases/tag/v3.3.19')],
  istio: [
    end('1.25', '2025-09-30', ISTIO),
    end('1.26', '2025-12-22', ISTIO),
    end('1.27', '2026-04-07', ISTIO),
    end('1.28', '2026-07-01', ISTIO),
  ],
}

/** Add-ons and charts whose makers stopped altogether, and what they name instead. */
export const ENDED: Readonly<Record<string, { ends: string; instead: string; source: string }>> = {
  'ingress-nginx': {
    ends: '2026-03-31',
    instead: 'Traefik or a Gateway API implementation',
    source: 'https://github.com/kubernetes/ingress-nginx#readme',
  },
  promtail: {
    ends: '2026-03-02',
    instead: 'Grafana Alloy',
    source: 'https://grafana.com/docs/loki/latest/send-data/promtail/',
  },
  minio: {
    ends: '2026-04-25',
    instead: 'Garage, SeaweedFS, RustFS or the S3 service of a NAS',
    source: 'https://github.com/minio/minio',
  },
  'jaeger-operator': {
    ends: '2024-09-30',
    instead: 'the jaeger chart, one deployment without an operator',
    source: 'https://github.com/jaegertracing/helm-charts',
  },
}

/** Chart repositories that are closed, by a part of their address. */
export const ENDED_REPOSITORIES: readonly { part: string; ends: string; source: string }[] = [
  {
    part: 'bitnami',
    ends: '2025-09-29',
    source: 'https://github.com/bitnami/charts/issues/35164 (not read again)',
  },
]

/** `[1, 29]` of `v1.29.14`, `1.6.x` or `22.04`. */
const partsOf = (version: string): number[] =>
  version.replace(/^v/, '').split('.').map(Number).filter(Number.isFinite)

/** Below 0 if `a` is older; the parts that both have are compared. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [partsOf(a), partsOf(b)]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] !== y[i]) return x[i]! - y[i]!
  }
  return 0
}

/**
 * When a version's line ends, or null when the table does not know it to end. A line that is older
 * than all rows ended before the first did; one between two rows is not known.
 */
export function endOf(product: Product, version: string): End | null {
  const lines = ENDS[product]
  if (partsOf(version).length === 0) return null
  const own = lines.find(({ line }) => compareVersions(line, version) === 0)
  if (own) return own
  const [first] = lines
  return first && compareVersions(version, first.line) < 0 ? first : null
}

/** The last line that a table knows. */
export const newestOf = (product: Product): string => ENDS[product].at(-1)!.line

/** Last day of a Kubernetes version, or null when the table does not know it to end. */
export const kubernetesEnd = (version: string): string | null =>
  endOf('kubernetes', version)?.ends ?? null

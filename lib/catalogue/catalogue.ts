import { argoCd } from './entries/argo-cd'
import { calico } from './entries/calico'
import { certManager } from './entries/cert-manager'
import { ingressNginx } from './entries/ingress-nginx'
import { kubePrometheusStack } from './entries/kube-prometheus-stack'
import { localPathProvisioner } from './entries/local-path-provisioner'
import { loki } from './entries/loki'
import { longhorn } from './entries/longhorn'
import { metallb } from './entries/metallb'
import { metricsServer } from './entries/metrics-server'
import { nfsSubdirExternalProvisioner } from './entries/nfs-subdir-external-provisioner'
import { promtail } from './entries/promtail'
import { velero } from './entries/velero'
import type { CatalogueEntry, Pin } from './entry'

/** Every add-on that the panel knows, in the order a person reads them. Calico is the cluster's `cni`. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  calico,
  metricsServer,
  metallb,
  longhorn,
  nfsSubdirExternalProvisioner,
  localPathProvisioner,
  kubePrometheusStack,
  ingressNginx,
  certManager,
  loki,
  promtail,
  argoCd,
  velero,
]

const BY_ID = new Map(CATALOGUE.map((entry) => [entry.id, entry]))

/** The entry of an add-on's id, null if the panel does not know it. */
export const findEntry = (id: string): CatalogueEntry | null => BY_ID.get(id) ?? null

/** `1.29` of `1.29.14`, as a number that sorts: 129. */
const minorOf = (version: string): number => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major * 100 + minor
}

/** The chart version for a Kubernetes version, null if none of ours was made for it. */
export function findPin(entry: CatalogueEntry, kubernetes: string): Pin | null {
  const minor = minorOf(kubernetes)
  return entry.pins.find((pin) => minorOf(pin.from) <= minor && minor <= minorOf(pin.to)) ?? null
}

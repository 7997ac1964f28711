import type { Values } from '@/lib/topology/topology'
import type { AddOnContext, CatalogueEntry } from '../entry'

const claim = (context: AddOnContext, size: string): Values => ({
  volumeClaimTemplate: {
    spec: {
      ...(context.storageClass === null ? {} : { storageClassName: context.storageClass }),
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
    },
  },
})

/**
 * k3s runs these inside itself, where their metrics come with the kubelet's and the API server's:
 * there are no pods of theirs, and alerts about missing ones would never end.
 */
const ONE_PROCESS: Values = {
  kubeControllerManager: { enabled: false },
  kubeScheduler: { enabled: false },
  kubeEtcd: { enabled: false },
}

export const kubePrometheusStack: CatalogueEntry = {
  id: 'kube-prometheus-stack',
  name: 'Prometheus, Alertmanager and Grafana',
  about: 'Metrics, dashboards and alerts.',
  category: 'observability',
  chart: {
    repo: 'https://prometheus-community.github.io/helm-charts',
    name: 'kube-prometheus-stack',
  },
  pins: [
    {
      from: '1.25',
      to: '1.37',
      version: '88.5.3',
      app: 'v0.93.1',
      source: 'chart kubeVersion >=1.25.0-0 (2026-08-21)',
    },
  ],
  namespace: 'monitoring',
  release: 'monitoring',
  podSecurity: 'privileged',
  needs: [],
  // Its volumes need a storage class that exists.
  after: ['longhorn'],
  before: () => [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'grafana-admin', namespace: 'monitoring' },
      type: 'Opaque',
      stringData: {
        'admin-user': 'admin',
        'admin-password': { $secret: 'grafana-admin-password' },
      },
    },
  ],
  values: (context) => ({
    grafana: {
      admin: { existingSecret: 'grafana-admin' },
      defaultDashboardsTimezone: 'browser',
      ...(context.addOn.host === undefined
        ? {}
        : { ingress: { enabled: true, hosts: [context.addOn.host] } }),
      ...(context.on.has('loki')
        ? {
            additionalDataSources: [
              { name: 'Loki', type: 'loki', url: 'http://loki.logging.svc:3100', access: 'proxy' },
            ],
          }
        : {}),
    },
    prometheus: {
      prometheusSpec: {
        retention: '14d',
        // Without a size limit it fills the thin pool, and every VM with it.
        retentionSize: '18GB',
        storageSpec: claim(context, '20Gi'),
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        ruleSelectorNilUsesHelmValues: false,
        probeSelectorNilUsesHelmValues: false,
        scrapeConfigSelectorNilUsesHelmValues: false,
      },
    },
    alertmanager: { alertmanagerSpec: { storage: claim(context, '2Gi'), retention: '120h' } },
    // Calico's eBPF data plane replaces kube-proxy; a target that is always down is noise.
    kubeProxy: {
      enabled: context.cluster.distribution !== 'k3s' && context.cluster.cni?.mode === 'iptables',
    },
    ...(context.cluster.distribution === 'k3s' ? ONE_PROCESS : {}),
  }),
  timeoutS: 900,
  etaS: 180,
}

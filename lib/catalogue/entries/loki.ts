import type { CatalogueEntry } from '../entry'

export const loki: CatalogueEntry = {
  id: 'loki',
  name: 'Loki',
  about: 'Logs of every pod, searchable from Grafana.',
  category: 'observability',
  chart: { repo: 'https://grafana-community.github.io/helm-charts', name: 'loki' },
  pins: [
    {
      from: '1.25',
      to: '1.37',
      version: '18.11.0',
      app: '3.7.6',
      source: 'chart kubeVersion >=1.25.0-0 (loki 3.7.6, 2026-08-20)',
    },
  ],
  namespace: 'logging',
  release: 'loki',
  podSecurity: 'baseline',
  needs: [],
  after: ['longhorn', 'kube-prometheus-stack'],
  values: ({ storageClass }) => ({
    deploymentMode: 'Monolithic',
    loki: {
      auth_enabled: false,
      commonConfig: { replication_factor: 1 },
      storage: { type: 'filesystem' },
      // Rendering fails without a schema.
      schemaConfig: {
        configs: [
          {
            from: '2024-04-01',
            store: 'tsdb',
            object_store: 'filesystem',
            schema: 'v13',
            index: { prefix: 'index_', period: '24h' },
          },
        ],
      },
      limits_config: { retention_period: '336h', volume_enabled: true },
      // Without retention it grows until the thin pool is full.
      compactor: {
        retention_enabled: true,
        delete_request_store: 'filesystem',
        working_directory: '/var/loki/compactor',
      },
    },
    singleBinary: {
      replicas: 1,
      // One replica and a budget of one would block every drain.
      podDisruptionBudget: { enabled: false },
      persistence: {
        enabled: true,
        size: '20Gi',
        ...(storageClass === null ? {} : { storageClass }),
      },
    },
    read: { replicas: 0 },
    write: { replicas: 0 },
    backend: { replicas: 0 },
    // 8 GiB and 1 GiB of memcached by default.
    chunksCache: { enabled: false },
    resultsCache: { enabled: false },
    lokiCanary: { enabled: false },
    test: { enabled: false },
    gateway: { enabled: false },
  }),
  timeoutS: 600,
  etaS: 60,
}

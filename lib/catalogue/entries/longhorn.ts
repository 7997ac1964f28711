import type { CatalogueEntry } from '../entry'

export const longhorn: CatalogueEntry = {
  id: 'longhorn',
  name: 'Longhorn',
  about: 'Replicated block storage on the workers’ own disks.',
  category: 'storage',
  chart: { repo: 'https://charts.longhorn.io', name: 'longhorn' },
  pins: [
    {
      from: '1.25',
      to: '1.37',
      version: '1.12.1',
      app: 'v1.12.1',
      source: 'chart kubeVersion >=1.25.0-0 (longhorn v1.12.1, 2026-08-14)',
    },
  ],
  // The chart's README supports no other namespace.
  namespace: 'longhorn-system',
  release: 'longhorn',
  podSecurity: 'privileged',
  needs: [],
  after: [],
  values: ({ replicas, longhornPath }) => ({
    persistence: { defaultClass: true, defaultClassReplicaCount: replicas.count },
    defaultSettings: {
      defaultReplicaCount: replicas.count,
      ...(longhornPath === null ? {} : { defaultDataPath: longhornPath }),
      replicaSoftAntiAffinity: false,
      // The default blocks draining the node that holds the last healthy replica for ever.
      nodeDrainPolicy:
        replicas.count > 1
          ? 'block-for-eviction-if-contains-last-replica'
          : 'allow-if-replica-is-stopped',
      upgradeChecker: false,
      allowCollectingLonghornUsageMetrics: false,
    },
    // No ingress: the interface has no login of its own.
    ingress: { enabled: false },
    longhornUI: { replicas: 1 },
  }),
  timeoutS: 900,
  etaS: 180,
}

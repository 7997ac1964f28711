import type { Values } from '@/lib/topology/topology'
import type { CatalogueEntry } from '../entry'

const FILE_BACKUP: Values = { uploaderType: 'kopia', defaultVolumesToFsBackup: true }

/** Velero runs and can restore; it has nowhere to write until the document names an S3 address. */
const WITHOUT_BUCKET: Values = {
  backupsEnabled: false,
  configuration: FILE_BACKUP,
  credentials: { useSecret: false },
}

const withBucket = (s3Url: string): Values => ({
  backupsEnabled: true,
  configuration: {
    ...FILE_BACKUP,
    backupStorageLocation: [
      {
        name: 'default',
        provider: 'aws',
        bucket: 'velero',
        default: true,
        config: { region: 'homelab', s3ForcePathStyle: 'true', s3Url },
      },
    ],
  },
  credentials: { existingSecret: 'velero-s3' },
  schedules: { nightly: { schedule: '15 2 * * *', template: { ttl: '720h' } } },
})

export const velero: CatalogueEntry = {
  id: 'velero',
  name: 'Velero',
  about: 'Backups of the cluster’s objects and volumes to S3.',
  category: 'backup',
  chart: { repo: 'https://vmware-tanzu.github.io/helm-charts', name: 'velero' },
  pins: [
    {
      from: '1.31',
      to: '1.37',
      version: '12.1.0',
      app: '1.18.1',
      source: 'velero compatibility table',
    },
    {
      from: '1.28',
      to: '1.30',
      version: '8.7.2',
      app: '1.15.2',
      source: 'README matrix: 1.15 tested on 1.28 to 1.31',
    },
  ],
  namespace: 'velero',
  release: 'velero',
  podSecurity: 'privileged',
  needs: [],
  after: ['longhorn'],
  given: ['velero-s3-credentials'],
  before: ({ s3Url }) => [
    {
      // Without it the file backups are encrypted with a password that everybody knows.
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'velero-repo-credentials', namespace: 'velero' },
      type: 'Opaque',
      stringData: { 'repository-password': { $secret: 'velero-repository-password' } },
    },
    ...(s3Url === null
      ? []
      : [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: 'velero-s3', namespace: 'velero' },
            type: 'Opaque',
            stringData: { cloud: { $secret: 'velero-s3-credentials' } },
          },
        ]),
  ],
  values: ({ s3Url }) => ({
    initContainers: [
      {
        name: 'velero-plugin-for-aws',
        image: 'velero/velero-plugin-for-aws:v1.11.1',
        volumeMounts: [{ mountPath: '/target', name: 'plugins' }],
      },
    ],
    // Its hook job copies a shell out of a kubectl image: the chart's own left its registry in
    // September 2025, and Kubernetes' has no shell. Helm installs the definitions from crds/ anyway.
    upgradeCRDs: false,
    deployNodeAgent: true,
    snapshotsEnabled: false,
    ...(s3Url === null ? WITHOUT_BUCKET : withBucket(s3Url)),
  }),
  timeoutS: 600,
  etaS: 60,
}

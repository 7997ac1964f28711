import type { CatalogueEntry } from '../entry'

export const certManager: CatalogueEntry = {
  id: 'cert-manager',
  name: 'cert-manager',
  about: 'Certificates, made and renewed in the cluster.',
  category: 'security',
  chart: { repo: 'https://charts.jetstack.io', name: 'cert-manager' },
  pins: [
    {
      from: '1.33',
      to: '1.36',
      version: 'v1.21.1',
      app: 'v1.21.1',
      source: 'make/kind_images.sh of v1.21',
    },
    {
      from: '1.31',
      to: '1.35',
      version: 'v1.20.0',
      app: 'v1.20.0',
      source: 'make/kind_images.sh of v1.20',
    },
    {
      from: '1.29',
      to: '1.33',
      version: 'v1.18.6',
      app: 'v1.18.6',
      source: 'make/kind_images.sh of v1.18',
    },
  ],
  namespace: 'cert-manager',
  release: 'cert-manager',
  podSecurity: 'restricted',
  needs: [],
  after: ['kube-prometheus-stack'],
  values: ({ on }) => ({
    crds: { enabled: true, keep: true },
    prometheus: { servicemonitor: { enabled: on.has('kube-prometheus-stack') } },
  }),
  // A private authority of the house: works without a public name or port. ACME is the user's to add.
  afterwards: ({ clusterId }) => [
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name: 'self-signed' },
      spec: { selfSigned: {} },
    },
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'homelab-ca', namespace: 'cert-manager' },
      spec: {
        isCA: true,
        commonName: `${clusterId} homelab CA`,
        secretName: 'homelab-ca',
        duration: '87600h',
        privateKey: { algorithm: 'ECDSA', size: 256 },
        issuerRef: { name: 'self-signed', kind: 'ClusterIssuer' },
      },
    },
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name: 'homelab-ca' },
      spec: { ca: { secretName: 'homelab-ca' } },
    },
  ],
  timeoutS: 300,
  etaS: 60,
}

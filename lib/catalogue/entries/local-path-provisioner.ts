import type { CatalogueEntry } from '../entry'

export const localPathProvisioner: CatalogueEntry = {
  id: 'local-path-provisioner',
  name: 'Local path provisioner',
  about: 'Fast volumes that live and die with one node.',
  category: 'storage',
  // Its makers publish the chart in their Git repository only; this index packages it.
  chart: { repo: 'https://charts.containeroo.ch', name: 'local-path-provisioner' },
  pins: [
    {
      from: '1.12',
      to: '1.37',
      version: '0.0.37',
      app: 'v0.0.37',
      source: 'chart kubeVersion >=1.12.0-r0 (local-path-provisioner v0.0.37, 2026-08-05)',
    },
  ],
  namespace: 'local-path-storage',
  release: 'local-path-provisioner',
  podSecurity: 'privileged',
  needs: [],
  after: [],
  values: () => ({
    storageClass: { name: 'local-path', defaultClass: false },
    // "latest" by default: pinned, so that a rebuild years later starts the same helper.
    helperImage: { tag: '1.37.0' },
  }),
  timeoutS: 300,
  etaS: 30,
}

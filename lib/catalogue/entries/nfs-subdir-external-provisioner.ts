import type { CatalogueEntry } from '../entry'

export const nfsSubdirExternalProvisioner: CatalogueEntry = {
  id: 'nfs-subdir-external-provisioner',
  name: 'NFS provisioner',
  about: 'Shared volumes, each a folder of the NFS machine’s export.',
  category: 'storage',
  chart: {
    repo: 'https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner/',
    name: 'nfs-subdir-external-provisioner',
  },
  pins: [
    {
      from: '1.9',
      to: '1.37',
      version: '4.0.18',
      app: '4.0.2',
      source: 'chart kubeVersion >=1.9.0-0',
    },
  ],
  namespace: 'nfs-provisioner',
  release: 'nfs-provisioner',
  podSecurity: 'baseline',
  needs: [],
  after: [],
  values: ({ nfs }) => ({
    ...(nfs === null
      ? {}
      : { nfs: { server: nfs.server, path: nfs.path, mountOptions: ['nfsvers=4.2'] } }),
    storageClass: { name: 'nfs', defaultClass: false, archiveOnDelete: true },
  }),
  timeoutS: 300,
  etaS: 30,
}

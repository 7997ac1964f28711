import type { CatalogueEntry } from '../entry'

export const metricsServer: CatalogueEntry = {
  id: 'metrics-server',
  name: 'metrics-server',
  about: 'Load of nodes and pods, for `kubectl top` and autoscaling.',
  category: 'core',
  chart: { repo: 'https://kubernetes-sigs.github.io/metrics-server/', name: 'metrics-server' },
  pins: [
    {
      from: '1.31',
      to: '1.37',
      version: '3.13.1',
      app: '0.8.1',
      source: 'README matrix: 0.8 from 1.31',
    },
    {
      from: '1.27',
      to: '1.30',
      version: '3.12.2',
      app: '0.7.2',
      source: 'README matrix: 0.7 from 1.27',
    },
  ],
  namespace: 'kube-system',
  release: 'metrics-server',
  podSecurity: 'privileged',
  needs: [],
  after: [],
  values: () => ({
    // The kubelets of kubeadm and k3s sign their own serving certificates.
    args: ['--kubelet-insecure-tls'],
  }),
  timeoutS: 300,
  etaS: 30,
}

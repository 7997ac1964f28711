import type { CatalogueEntry } from '../entry'

export const ingressNginx: CatalogueEntry = {
  id: 'ingress-nginx',
  name: 'NGINX Ingress Controller',
  about: 'HTTP and HTTPS into the cluster.',
  category: 'network',
  chart: { repo: 'https://kubernetes.github.io/ingress-nginx', name: 'ingress-nginx' },
  pins: [
    {
      from: '1.34',
      to: '1.35',
      version: '4.15.1',
      app: '1.15.1',
      source: 'README matrix: 4.15.1 tested on 1.31 to 1.35',
    },
    {
      from: '1.29',
      to: '1.33',
      version: '4.13.9',
      app: '1.13.9',
      source: 'README matrix: 4.13.9 tested on 1.29 to 1.33',
    },
  ],
  namespace: 'ingress-nginx',
  release: 'ingress-nginx',
  podSecurity: 'baseline',
  needs: ['metallb'],
  after: ['metallb', 'kube-prometheus-stack'],
  values: ({ on, nodes }) => ({
    controller: {
      replicaCount: Math.min(2, Math.max(1, nodes)),
      ingressClassResource: { default: true },
      // Local keeps the caller's address in logs and policies.
      service: { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
      metrics: {
        enabled: on.has('kube-prometheus-stack'),
        serviceMonitor: { enabled: on.has('kube-prometheus-stack') },
      },
    },
  }),
  ended: {
    on: '2026-03-31',
    successor: 'a Gateway API implementation, or Traefik with its ingress-nginx provider',
    source: 'kubernetes/ingress-nginx README: maintenance ended March 2026',
  },
  timeoutS: 300,
  etaS: 60,
}

import type { CatalogueEntry } from '../entry'

export const argoCd: CatalogueEntry = {
  id: 'argo-cd',
  name: 'Argo CD',
  about: 'Applications deployed from Git.',
  category: 'delivery',
  chart: { repo: 'https://argoproj.github.io/argo-helm', name: 'argo-cd' },
  pins: [
    {
      from: '1.33',
      to: '1.36',
      version: '10.1.1',
      app: 'v3.4.4',
      source: 'argo-cd 10.1.1 (2026-07-02)',
    },
    {
      from: '1.29',
      to: '1.32',
      version: '8.2.7',
      app: 'v3.0.12',
      source: 'tested-kubernetes-versions.md: 3.0 tested on 1.29 to 1.32',
    },
  ],
  namespace: 'argocd',
  release: 'argo-cd',
  podSecurity: 'baseline',
  needs: [],
  after: ['cert-manager', 'ingress-nginx'],
  values: ({ addOn, on }) => ({
    ...(addOn.host === undefined
      ? {}
      : {
          global: { domain: addOn.host },
          server: {
            ingress: {
              enabled: true,
              ingressClassName: 'nginx',
              hostname: addOn.host,
              tls: on.has('cert-manager'),
              ...(on.has('cert-manager')
                ? { annotations: { 'cert-manager.io/cluster-issuer': 'homelab-ca' } }
                : {}),
            },
          },
        }),
    configs: { params: { 'server.insecure': true } },
    dex: { enabled: false },
  }),
  timeoutS: 600,
  etaS: 90,
}

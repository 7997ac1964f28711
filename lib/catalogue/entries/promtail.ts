import type { CatalogueEntry } from '../entry'

export const promtail: CatalogueEntry = {
  id: 'promtail',
  name: 'Promtail',
  about: 'Ships the nodes’ and pods’ logs to Loki.',
  category: 'observability',
  chart: { repo: 'https://grafana.github.io/helm-charts', name: 'promtail' },
  pins: [
    { from: '1.19', to: '1.37', version: '6.15.5', app: '2.9.3', source: 'last revision seen' },
  ],
  namespace: 'logging',
  release: 'promtail',
  podSecurity: 'privileged',
  needs: ['loki'],
  after: ['loki'],
  values: () => ({
    config: { clients: [{ url: 'http://loki.logging.svc:3100/loki/api/v1/push' }] },
  }),
  ended: {
    on: '2026-03-02',
    successor: 'Grafana Alloy (`alloy convert --source-format=promtail`)',
    source: 'Grafana documentation: Promtail end of life',
  },
  timeoutS: 300,
  etaS: 30,
}

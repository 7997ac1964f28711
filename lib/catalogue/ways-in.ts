/** A page that an add-on serves inside the cluster, and how a person signs in. */
export type WayIn = {
  name: string
  namespace: string
  service: string
  port: number
  /** Port on the reader's own machine while it is forwarded; distinct, so that all can be open. */
  localPort: number
  /** Whether the add-on's `host` in the document names this page. */
  hosted: boolean
  login: { user: string; secret: { namespace: string; name: string; key: string } } | null
  /** What else has to be known before it is opened. */
  note: string | null
}

/**
 * By add-on id, for the release names and namespaces of our catalogue. Sources: the charts' name
 * templates (kube-prometheus-stack cuts its name to 26 characters; argo-cd names itself `argocd`)
 * and each chart's notes, read 2026-11-24.
 */
export const WAYS_IN: Readonly<Record<string, readonly WayIn[]>> = {
  'kube-prometheus-stack': [
    {
      ...{ name: 'Grafana', namespace: 'monitoring', service: 'monitoring-grafana', port: 80 },
      ...{ localPort: 3000, hosted: true, note: null },
      login: {
        user: 'admin',
        secret: { namespace: 'monitoring', name: 'grafana-admin', key: 'admin-password' },
      },
    },
    {
      ...{ name: 'Prometheus', namespace: 'monitoring', port: 9090, localPort: 9090 },
      service: 'monitoring-kube-prometheus-prometheus',
      ...{ hosted: false, login: null, note: 'It has no login of its own.' },
    },
    {
      ...{ name: 'Alertmanager', namespace: 'monitoring', port: 9093, localPort: 9093 },
      service: 'monitoring-kube-prometheus-alertmanager',
      ...{ hosted: false, login: null, note: 'It has no login of its own.' },
    },
  ],
  'argo-cd': [
    {
      ...{ name: 'Argo CD', namespace: 'argocd', service: 'argo-cd-argocd-server', port: 80 },
      ...{ localPort: 8080, hosted: true },
      login: {
        user: 'admin',
        secret: { namespace: 'argocd', name: 'argocd-initial-admin-secret', key: 'password' },
      },
      note: 'The first password is gone once it was changed and its secret deleted.',
    },
  ],
  longhorn: [
    {
      ...{ name: 'Longhorn', namespace: 'longhorn-system', service: 'longhorn-frontend', port: 80 },
      ...{ localPort: 8081, hosted: false, login: null },
      note: 'It has no login of its own, so no ingress is made for it.',
    },
  ],
}

import { stringify } from 'yaml'
import type { Kube } from './kube'

const base64 = (value: string) => btoa(value)

/** The kubeconfig that kubeadm writes for an administrator. */
export const adminConf = (kube: Kube): string =>
  stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: kube.name,
          cluster: {
            'certificate-authority-data': base64(kube.ca.caCert),
            server: `https://${kube.endpoint.name}:${kube.endpoint.port}`,
          },
        },
      ],
      contexts: [
        {
          name: `kubernetes-admin@${kube.name}`,
          context: { cluster: kube.name, user: 'kubernetes-admin' },
        },
      ],
      'current-context': `kubernetes-admin@${kube.name}`,
      preferences: {},
      users: [
        {
          name: 'kubernetes-admin',
          user: {
            'client-certificate-data': base64(kube.ca.adminCert),
            'client-key-data': base64(kube.ca.adminKey),
          },
        },
      ],
    },
    { lineWidth: 0 },
  )

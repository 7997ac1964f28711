import type { CatalogueEntry } from '../entry'

export const metallb: CatalogueEntry = {
  id: 'metallb',
  name: 'MetalLB',
  about: 'Addresses for LoadBalancer services, announced on layer 2.',
  category: 'network',
  chart: { repo: 'https://metallb.github.io/metallb', name: 'metallb' },
  pins: [
    {
      from: '1.19',
      to: '1.37',
      version: '0.16.1',
      app: 'v0.16.1',
      source: 'chart kubeVersion >= 1.19.0-0 (metallb v0.16.1, 2026-05-27)',
    },
  ],
  namespace: 'metallb-system',
  release: 'metallb',
  podSecurity: 'privileged',
  needs: [],
  after: ['kube-prometheus-stack'],
  values: () => ({
    // On by default since 0.16; layer 2 needs no BGP daemon.
    frrk8s: { enabled: false },
    // kubeadm labels control planes as excluded from load balancers; a small cluster would go silent.
    speaker: { ignoreExcludeLB: true, frr: { enabled: false } },
  }),
  afterwards: ({ poolRange, clusterId }) =>
    poolRange === null
      ? []
      : [
          {
            apiVersion: 'metallb.io/v1beta1',
            kind: 'IPAddressPool',
            metadata: { name: clusterId, namespace: 'metallb-system' },
            spec: { addresses: [poolRange], avoidBuggyIPs: true },
          },
          {
            apiVersion: 'metallb.io/v1beta1',
            kind: 'L2Advertisement',
            metadata: { name: clusterId, namespace: 'metallb-system' },
            spec: { ipAddressPools: [clusterId] },
          },
        ],
  timeoutS: 300,
  etaS: 60,
}

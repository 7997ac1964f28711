import type { CatalogueEntry } from '../entry'

/** The cluster's network. In the document it is `cni`, not an add-on; it is installed like one. */
export const calico: CatalogueEntry = {
  id: 'calico',
  name: 'Calico',
  about: 'Pod network and network policies.',
  category: 'network',
  chart: { repo: 'https://docs.tigera.io/calico/charts', name: 'tigera-operator' },
  pins: [
    {
      from: '1.34',
      to: '1.36',
      version: 'v3.32.1',
      app: 'v3.32.1',
      source: 'vendor matrix, calico v3.32.1 (2026-06-24)',
    },
    { from: '1.32', to: '1.35', version: 'v3.31.7', app: 'v3.31.7', source: 'vendor matrix' },
    {
      from: '1.29',
      to: '1.32',
      version: 'v3.29.7',
      app: 'v3.29.7',
      source: 'vendor matrix: 3.29 tested on 1.29 to 1.32',
    },
  ],
  namespace: 'tigera-operator',
  release: 'calico',
  podSecurity: 'privileged',
  needs: [],
  after: [],
  values: ({ cluster, endpoint, nodeCidr }) => ({
    installation: {
      calicoNetwork: {
        ...(cluster.cni?.mode === 'iptables' ? {} : { linuxDataplane: 'BPF' }),
        bgp: 'Disabled',
        // k3s' own load balancer and its pods forward (Calico's documentation for k3s).
        ...(cluster.distribution === 'k3s' ? { containerIPForwarding: 'Enabled' } : {}),
        ipPools: [
          {
            cidr: cluster.podCidr,
            encapsulation: cluster.cni?.encapsulation === 'none' ? 'None' : 'VXLAN',
            natOutgoing: 'Enabled',
          },
        ],
        // Nodes may have a second NIC in the storage network; without this Calico may pick it.
        ...(nodeCidr === null ? {} : { nodeAddressAutodetectionV4: { cidrs: [nodeCidr] } }),
      },
    },
    // The eBPF data plane replaces kube-proxy, so it must reach the API without a service address.
    ...(cluster.cni?.mode === 'iptables'
      ? {}
      : {
          kubernetesServiceEndpoint: { host: endpoint.address, port: String(endpoint.port) },
        }),
  }),
  timeoutS: 600,
  etaS: 120,
}

import { type Kube, type KubePki, type KubeWorld, put } from './kube'

export type KubeOptions = {
  name: string
  version: string
  endpoint: { name: string; port: number }
  podCidr: string
  serviceCidr: string
  certSans: string[]
  pki: KubePki
}

/** A cluster's API with nothing in it but what every cluster has. */
export function emptyKube(
  { name, version, endpoint, podCidr, serviceCidr, certSans, pki }: KubeOptions,
  world: KubeWorld,
): Kube {
  const kube: Kube = {
    uid: world.hex(16),
    ...{ name, version, endpoint, podCidr, serviceCidr, certSans, ca: pki },
    rv: 1,
    objects: {},
    changes: [],
    members: {},
    tokens: [],
    certificateKey: null,
    pods: {},
    missedSince: {},
    pulled: {},
  }
  for (const namespace of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    put(
      kube,
      `/api/v1/namespaces/${namespace}`,
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace },
        status: { phase: 'Active' },
      },
      world,
    )
  }
  put(
    kube,
    '/api/v1/namespaces/default/services/kubernetes',
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', namespace: 'default' },
      spec: { type: 'ClusterIP', ports: [{ port: 443 }] },
    },
    world,
  )
  return kube
}

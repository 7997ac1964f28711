import { z } from 'zod'
import {
  about,
  Cidr,
  DnsLabel,
  Id,
  Ipv4,
  mapOf,
  name,
  Port,
  refTo,
  SecretRef,
  Text,
  ValuesNode,
} from './common'

/** Certificates, as text. */
const Pem = z.string().max(20_000)

export const AddOn = z.strictObject({
  about,
  enabled: z.boolean().optional(),
  version: z
    .string()
    .optional()
    .meta({ description: "Chart version; the catalogue's pin if absent." }),
  namespace: DnsLabel.optional(),
  pool: refTo('pools').optional().meta({ description: 'Address pool it hands out (MetalLB).' }),
  replicas: z
    .number()
    .int()
    .positive()
    .optional()
    .meta({ description: 'Copies of the data; derived from failure domains if absent.' }),
  host: z.string().optional().meta({ description: 'Host name of its web interface.' }),
  values: z
    .record(z.string(), ValuesNode)
    .optional()
    .meta({ description: 'Merged over our values.' }),
})
export type AddOn = z.infer<typeof AddOn>

/** A Helm chart of the user's own. */
export const Chart = z.strictObject({
  about,
  enabled: z.boolean().optional(),
  repository: z.string().meta({ description: 'https://... or oci://...' }),
  chart: z.string(),
  version: z.string(),
  namespace: DnsLabel,
  needs: z.array(Id).optional().meta({ description: 'Add-ons and charts that come before.' }),
  user: Text.optional().meta({ description: 'Login at the repository.' }),
  password: SecretRef.optional(),
  ca: Pem.optional().meta({ description: "Certificate of the repository's authority, PEM." }),
  values: z.record(z.string(), ValuesNode).optional(),
})
export type Chart = z.infer<typeof Chart>

/** Objects of the user's own, applied as they are. */
export const Manifest = z.strictObject({
  about,
  enabled: z.boolean().optional(),
  namespace: DnsLabel.optional(),
  text: z.string().max(500_000).meta({ description: 'YAML, several documents allowed.' }),
  needs: z.array(Id).optional().meta({ description: 'Add-ons and charts that come before.' }),
})
export type Manifest = z.infer<typeof Manifest>

export const Cluster = z.strictObject({
  name,
  about,
  kubernetes: z
    .string()
    .regex(/^1\.\d{1,2}(\.\d{1,2})?$/, 'write a version such as 1.29 or 1.29.15'),
  podCidr: Cidr,
  serviceCidr: Cidr,
  distribution: z.enum(['kubeadm', 'k3s']).optional().meta({ description: 'kubeadm if absent.' }),
  containerd: z
    .string()
    .regex(/^\d{1,2}\.\d{1,2}(\.(\d{1,3}|x))?$/, 'write a line such as 1.7.x or 2.2')
    .optional()
    .meta({ description: 'Line of containerd that nodes are to run.' }),
  endpoint: z
    .strictObject({
      name: z.string(),
      address: Ipv4.optional(),
      port: Port.optional(),
      floating: z.enum(['keepalived', 'kube-vip', 'other']).optional().meta({
        description:
          'What moves the address between the load balancers or, without any, the control planes (VRRP or ARP); absent: it stays where it is.',
      }),
    })
    .optional()
    .meta({ description: 'controlPlaneEndpoint: a name, with the address that it stands for.' }),
  cni: z
    .strictObject({
      kind: z.enum(['calico']),
      version: z.string().optional(),
      mode: z.enum(['ebpf', 'iptables']).optional(),
      encapsulation: z.enum(['vxlan', 'none']).optional(),
    })
    .optional(),
  controlPlanes: z.array(refTo('vms')),
  workers: z.array(refTo('vms')),
  loadBalancers: z.array(refTo('vms')).optional(),
  nfs: refTo('vms').optional().meta({ description: 'VM whose export backs shared volumes.' }),
  podSecurity: z.enum(['privileged', 'baseline', 'restricted']).optional().meta({
    description: 'Pod Security Standard of namespaces that say nothing; privileged if absent.',
  }),
  audit: z
    .strictObject({
      level: z.enum(['metadata', 'request', 'request-response']),
      keepDays: z.number().int().positive().optional(),
    })
    .optional()
    .meta({ description: "The API server's audit log; none if absent." }),
  encryptSecrets: z
    .boolean()
    .optional()
    .meta({ description: 'Secrets are encrypted in etcd (secretbox).' }),
  networkPolicy: z
    .enum(['open', 'default-deny'])
    .optional()
    .meta({ description: 'What pods may do without a policy of their own; open if absent.' }),
  people: mapOf(
    z.strictObject({
      role: z.enum(['cluster-admin', 'admin', 'edit', 'view']),
      namespaces: z.array(DnsLabel).optional().meta({ description: 'Everywhere if absent.' }),
      groups: z.array(z.string()).optional(),
    }),
  ).meta({ description: 'Who gets an account of their own, by the name in its certificate.' }),
  registries: mapOf(
    z.strictObject({
      registry: z.string().meta({ description: 'Such as docker.io.' }),
      mirror: z.url().meta({ description: 'Asked first.' }),
      ca: Pem.optional().meta({ description: 'Certificate of its authority, PEM.' }),
      user: Text.optional(),
      password: SecretRef.optional(),
    }),
  ).meta({ description: 'Mirrors that nodes pull images from.' }),
  cas: z.array(Pem).optional().meta({ description: 'Further authorities that nodes trust, PEM.' }),
  addOns: mapOf(AddOn),
  charts: mapOf(Chart),
  manifests: mapOf(Manifest),
})
export type Cluster = z.infer<typeof Cluster>

export const Service = z.strictObject({
  name,
  about,
  kind: z.enum([
    'registry',
    'backup',
    'dns',
    'dhcp',
    'ntp',
    'git',
    'sign-in',
    'monitoring',
    'proxy',
    'vpn',
    'mail',
    'other',
  ]),
  software: Text.optional().meta({
    description: 'What it is, such as minio, harbor or pihole; told when its makers give it up.',
  }),
  url: z.string().optional(),
  address: Ipv4.optional(),
  network: refTo('networks').optional(),
  runsOn: refTo('places').optional().meta({
    description: 'Host, VM, unmanaged guest or cluster that it runs on; elsewhere if absent.',
  }),
  keepsOn: refTo('places')
    .optional()
    .meta({ description: 'Host, VM or cluster whose disks hold its data, where that is another.' }),
  neededBy: z
    .array(z.enum(['panel', 'hosts', 'clusters']))
    .optional()
    .meta({ description: 'Who cannot start or be repaired without it.' }),
})
export type Service = z.infer<typeof Service>

import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import type { ClusterRef, GuestRef, K3sRef, K3sServers } from '../step'
import { containerdConfig, sandboxImage } from './containerd'
import { exportsFile } from './exports'
import { haproxyConfig } from './haproxy'
import { agentConfig, auditPolicy, serverConfig } from './k3s'
import { registriesFile } from './k3s-registries'
import { unitFile } from './k3s-unit'
import { initConfig, joinConfig } from './kubeadm'

const guest = (vm: string, address: string): GuestRef => ({
  connection: 'lab',
  topologyId: 'dark-knight',
  vm,
  name: vm,
  address,
  user: 'drawbridge',
})

const cluster = (version: string, cniMode: ClusterRef['cniMode'] = 'ebpf'): ClusterRef => ({
  topologyId: 'dark-knight',
  cluster: 'dark-knight',
  name: 'dark-knight',
  connection: 'lab',
  endpoint: { name: 'api.dark-knight.home.arpa', address: '10.2.0.2', port: 6443 },
  version,
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  cniMode,
  firstControlPlane: guest('k8s-master-1', '10.2.0.11'),
})

const SECRETS = { token: 'abcdef.0123456789abcdef', caHash: `sha256:${'0'.repeat(64)}` }
const KEY = '1'.repeat(64)
const master = guest('k8s-master-2', '10.2.0.12')

const k3sOf = (k3s: Partial<K3sRef> = {}, cniMode: ClusterRef['cniMode'] = 'ebpf'): ClusterRef => ({
  ...cluster('1.36.1', cniMode),
  k3s: { release: 'v1.36.1+k3s1', datastore: 'sqlite', network: 'flannel', ...k3s },
})
const SERVERS: K3sServers = {
  certSans: ['api.dark-knight.home.arpa', '10.2.0.2'],
  ...{ dedicated: false, encryptSecrets: false, audit: null },
}
const ALL: K3sServers = {
  ...SERVERS,
  ...{ dedicated: true, encryptSecrets: true, audit: { level: 'metadata', keepDays: 30 } },
}
const labels = { 'topology.kubernetes.io/zone': 'pve1' }
const joining = 'https://api.dark-knight.home.arpa:6443'
const MIRRORS = [
  {
    ...{ registry: 'docker.io', mirror: 'https://mirror.lan:5000' },
    ...{ ca: 'PEM', user: 'puller', password: 'mirror-password' },
  },
  { registry: 'ghcr.io', mirror: 'https://ghcr.lan', ca: null, user: null, password: null },
]

const FILES: Record<string, string> = {
  'k3s-single.yaml': serverConfig(k3sOf(), SERVERS, { guest: master, server: null, labels }),
  'k3s-first-of-three.yaml': serverConfig(k3sOf({ datastore: 'etcd', network: 'calico' }), ALL, {
    ...{ guest: master, server: null, labels },
  }),
  'k3s-joining-server.yaml': serverConfig(k3sOf({ datastore: 'etcd' }), SERVERS, {
    ...{ guest: master, server: joining, labels },
  }),
  'k3s-agent.yaml': agentConfig({ guest: master, server: joining, labels }),
  'k3s.service': unitFile('k3s'),
  'k3s-agent.service': unitFile('k3s-agent'),
  'k3s-registries.yaml': registriesFile(MIRRORS, ['secret', null]) ?? '',
  'k3s-audit-policy.yaml': auditPolicy('request'),
  'haproxy-k3s.cfg': haproxyConfig(6443, [{ name: 'm1', address: '10.2.0.11' }], false),
  'haproxy.cfg': haproxyConfig(6443, [
    { name: 'k8s-master-1', address: '10.2.0.11' },
    { name: 'k8s-master-2', address: '10.2.0.12' },
  ]),
  'drawbridge.exports': exportsFile('/srv/nfs', ['10.2.0.0/24', '10.3.0.0/24']),
  'containerd-1.7.toml': containerdConfig('1.7.24', sandboxImage('1.29.14')),
  'containerd-2.2.toml': containerdConfig('2.2.1', sandboxImage('1.33.2')),
  'containerd-2.3.toml': containerdConfig('2.3.4', sandboxImage('1.36.1')),
  'init-1.29.yaml': initConfig(cluster('1.29.14'), guest('k8s-master-1', '10.2.0.11'), {
    certSans: ['api.dark-knight.home.arpa', '10.2.0.2'],
    certificateKey: KEY,
  }),
  'init-1.36.yaml': initConfig(cluster('1.36.1'), guest('k8s-master-1', '10.2.0.11'), {
    certSans: ['api.dark-knight.home.arpa', '10.2.0.2'],
    certificateKey: KEY,
  }),
  'join-control-plane-1.29.yaml': joinConfig(cluster('1.29.14'), master, {
    ...SECRETS,
    certificateKey: KEY,
  }),
  'join-worker-1.36.yaml': joinConfig(cluster('1.36.1'), master, {
    ...SECRETS,
    certificateKey: null,
  }),
}

test.each(Object.entries(FILES))('%s is as it was reviewed', async (name, text) => {
  await expect(text).toMatchFileSnapshot(`golden/${name}`)
})

describe('kubeadm', () => {
  const parts = (text: string) => parseAllDocuments(text).map((each) => each.toJS())

  test('up to 1.30 extra arguments are a map, from 1.31 a list', () => {
    expect(parts(FILES['init-1.29.yaml'] as string)[1].scheduler.extraArgs).toEqual({
      'bind-address': '0.0.0.0',
    })
    expect(parts(FILES['init-1.36.yaml'] as string)[1].scheduler.extraArgs).toEqual([
      { name: 'bind-address', value: '0.0.0.0' },
    ])
  })

  test('kube-proxy is left out only where eBPF takes its place', () => {
    const certificates = { certSans: [], certificateKey: KEY }
    const first = guest('k8s-master-1', '10.2.0.11')
    const [ebpf] = parts(initConfig(cluster('1.29.14'), first, certificates))
    const [iptables] = parts(initConfig(cluster('1.29.14', 'iptables'), first, certificates))
    expect(ebpf.skipPhases).toEqual(['addon/kube-proxy'])
    expect(iptables).not.toHaveProperty('skipPhases')
  })

  test('only a control plane is given the certificate key', () => {
    const [worker] = parts(FILES['join-worker-1.36.yaml'] as string)
    expect(worker).not.toHaveProperty('controlPlane')
    const [control] = parts(FILES['join-control-plane-1.29.yaml'] as string)
    expect(control.controlPlane.certificateKey).toBe(KEY)
  })
})

test.each([
  ['1.29.14', '3.9'],
  ['1.31.0', '3.10'],
  ['1.35.2', '3.10.1'],
  ['1.36.0', '3.10.2'],
])('kubeadm %s expects pause %s', (version, tag) => {
  expect(sandboxImage(version)).toBe(`registry.k8s.io/pause:${tag}`)
})

describe('k3s', () => {
  const [single, first, further] = ['single', 'first-of-three', 'joining-server'].map((name) =>
    parse(FILES[`k3s-${name}.yaml`] as string),
  )

  test('only the server that begins an etcd starts one; a single one has SQLite', () => {
    expect(single).not.toHaveProperty('cluster-init')
    expect(first).toMatchObject({ 'cluster-init': true })
    expect(further).not.toHaveProperty('cluster-init')
    expect(further).toMatchObject({ server: joining })
  })

  test('no token is in a configuration, and nothing that k3s packages is installed', () => {
    for (const config of [single, first, further]) {
      expect(config).not.toHaveProperty('token')
      expect(config).not.toHaveProperty('agent-token')
      expect(config.disable).toEqual(['local-storage', 'metrics-server', 'servicelb', 'traefik'])
    }
  })

  test('another network than flannel does its own policies, in eBPF mode kube-proxy’s work too', () => {
    expect(first).toMatchObject({ 'flannel-backend': 'none', 'disable-kube-proxy': true })
    expect(single).not.toHaveProperty('flannel-backend')
    const calico = k3sOf({ network: 'calico' }, 'iptables')
    const text = serverConfig(calico, SERVERS, { guest: master, server: null, labels })
    expect(parse(text)).not.toHaveProperty('disable-kube-proxy')
  })

  test('servers take pods only where nobody else does', () => {
    expect(single).not.toHaveProperty('node-taint')
    expect(first['node-taint']).toEqual(['node-role.kubernetes.io/control-plane:NoSchedule'])
  })

  test('without mirrors there is no file about them', () => {
    expect(registriesFile([], [])).toBeNull()
  })
})

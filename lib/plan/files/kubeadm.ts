import { stringify } from 'yaml'
import type { ClusterRef, GuestRef } from '../step'

/** Where the panel puts kubeadm's configuration on a node. Holds a token while it is used: mode 0600. */
export const KUBEADM_PATH = '/etc/kubernetes/drawbridge-kubeadm.yaml'

const CRI_SOCKET = 'unix:///run/containerd/containerd.sock'

/** kubeadm 1.31 and later write v1beta4; up to 1.30 only v1beta3 is read (kubeadm v1beta4/doc.go). */
const isV1beta4 = (version: string) => Number(version.split('.')[1] ?? 0) >= 31

const apiVersion = (version: string) =>
  isV1beta4(version) ? 'kubeadm.k8s.io/v1beta4' : 'kubeadm.k8s.io/v1beta3'

/** v1beta3 takes a map, v1beta4 a list of name and value. */
const extraArgs = (version: string, args: Record<string, string>) =>
  isV1beta4(version) ? Object.entries(args).map(([name, value]) => ({ name, value })) : args

const nodeRegistration = (version: string, guest: GuestRef) => ({
  name: guest.name,
  criSocket: CRI_SOCKET,
  // A node may have a second NIC; without this kubelet may pick its address.
  kubeletExtraArgs: extraArgs(version, { 'node-ip': guest.address }),
})

const documents = (...objects: object[]) =>
  objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n')

/** Configuration of `kubeadm init` on the first control plane. `certificateKey` is secret. */
export function initConfig(
  cluster: ClusterRef,
  guest: GuestRef,
  options: { certSans: readonly string[]; certificateKey: string },
): string {
  const { version, endpoint } = cluster
  const beta4 = isV1beta4(version)
  return documents(
    {
      apiVersion: apiVersion(version),
      kind: 'InitConfiguration',
      certificateKey: options.certificateKey,
      localAPIEndpoint: { advertiseAddress: guest.address, bindPort: 6443 },
      nodeRegistration: nodeRegistration(version, guest),
      // Calico's eBPF data plane takes kube-proxy's place.
      ...(cluster.cniMode === 'ebpf' ? { skipPhases: ['addon/kube-proxy'] } : {}),
    },
    {
      apiVersion: apiVersion(version),
      kind: 'ClusterConfiguration',
      clusterName: cluster.cluster,
      kubernetesVersion: `v${version}`,
      controlPlaneEndpoint: `${endpoint.name}:${endpoint.port}`,
      networking: {
        podSubnet: cluster.podCidr,
        serviceSubnet: cluster.serviceCidr,
        dnsDomain: 'cluster.local',
      },
      apiServer: { certSANs: [...options.certSans] },
      // Prometheus must reach their metrics.
      controllerManager: { extraArgs: extraArgs(version, { 'bind-address': '0.0.0.0' }) },
      scheduler: { extraArgs: extraArgs(version, { 'bind-address': '0.0.0.0' }) },
      etcd: {
        local: { extraArgs: extraArgs(version, { 'listen-metrics-urls': 'http://0.0.0.0:2381' }) },
      },
      ...(beta4 && cluster.cniMode === 'ebpf' ? { proxy: { disabled: true } } : {}),
    },
    {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'systemd',
      containerLogMaxSize: '10Mi',
      containerLogMaxFiles: 3,
      kubeReserved: { cpu: '100m', memory: '256Mi' },
      systemReserved: { cpu: '100m', memory: '256Mi' },
      evictionHard: { 'memory.available': '200Mi', 'nodefs.available': '10%' },
    },
  )
}

/** Configuration of `kubeadm join`. Token and key are secret; the key is given for control planes only. */
export function joinConfig(
  cluster: ClusterRef,
  guest: GuestRef,
  options: { token: string; caHash: string; certificateKey: string | null },
): string {
  const { version, endpoint } = cluster
  return documents({
    apiVersion: apiVersion(version),
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: `${endpoint.name}:${endpoint.port}`,
        token: options.token,
        caCertHashes: [options.caHash],
      },
    },
    nodeRegistration: nodeRegistration(version, guest),
    ...(options.certificateKey === null
      ? {}
      : {
          controlPlane: {
            certificateKey: options.certificateKey,
            localAPIEndpoint: { advertiseAddress: guest.address, bindPort: 6443 },
          },
        }),
  })
}

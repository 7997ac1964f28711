import type { Command, GuestCondition, GuestEffect } from '../../guest/command'
import { readText } from '../../guest/filesystem'
import { effect, failed, write } from '../../guest/shell/script'
import { addUnit } from '../../guest/units'
import { adminConf } from '../admin-conf'
import { foundKube } from '../found'
import type { Kube } from '../kube'
import { parseKubeadm } from '../kubeadm-config'
import { kubernetesOf, machineOf, wakeKubernetes, worldOf } from '../lab-kubernetes'
import { reachApi, resolveOn } from '../reach-api'
import { writeRoot } from '../write-root'
import { flagOf, readConfig } from './config-file'
import { phases, preflight, refuse } from './preflight'
import { settleNode } from './settle-node'

const ETC = '/etc/kubernetes'
/** kubeadm deletes uploaded certificates after two hours. */
export const CERTIFICATES_MS = 7_200_000

/** With the versions that kubeadm 1.29 pins beside its own (`kubeadm config images list`). */
const imagesOf = (version: string): string[] => [
  ...['apiserver', 'controller-manager', 'scheduler', 'proxy'].map(
    (part) => `kube-${part}:${version}`,
  ),
  ...['coredns/coredns:v1.11.1', 'pause:3.9', 'etcd:3.5.16-0'],
]

/** `kubeadm config images pull`. */
export const pullImages: Command = (context) => {
  const config = readConfig(context)
  if (typeof config === 'string') return failed(config)
  return {
    steps: imagesOf(config.version).map((image) =>
      write(`[config/images] Pulled registry.k8s.io/${image}`, 4000),
    ),
    code: 0,
  }
}

/** `kubeadm init`. */
export const init: Command = (context) => {
  const config = readConfig(context)
  if (typeof config === 'string') return failed(config)
  const errors = preflight(context, { ...config, controlPlane: true })
  if (errors.length > 0) return refuse(errors)
  return {
    steps: [
      ...phases(
        [
          `[init] Using Kubernetes version: ${config.version}`,
          '[preflight] Running pre-flight checks',
          '[certs] Using certificateDir folder "/etc/kubernetes/pki"',
          '[certs] Generating "ca" certificate and key',
          '[certs] Generating "apiserver" certificate and key',
          '[certs] Generating "etcd/ca" certificate and key',
          '[kubeconfig] Writing "admin.conf" kubeconfig file',
          '[kubeconfig] Writing "kubelet.conf" kubeconfig file',
          '[etcd] Creating static Pod manifest for local etcd in "/etc/kubernetes/manifests"',
          '[control-plane] Using manifest folder "/etc/kubernetes/manifests"',
          '[kubelet-start] Starting the kubelet',
        ],
        700,
      ),
      {
        do: 'wait',
        condition: 'kube-can-found',
        args: { endpoint: config.endpoint?.name ?? '', port: config.endpoint?.port ?? 6443 },
        everyMs: 2000,
        limitMs: 240_000,
      },
      effect('kube-found', { config: flagOf(context.args, '--config') ?? '' }, 24_000),
      ...phases(
        [
          '[apiclient] All control plane components are healthy after 24.5 seconds',
          '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace',
          '[upload-certs] Storing the certificates in Secret "kubeadm-certs" in the "kube-system" Namespace',
          '[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles',
          '[addons] Applied essential addon: CoreDNS',
          '',
          'Your Kubernetes control-plane has initialized successfully!',
        ],
        600,
      ),
    ],
    code: 0,
  }
}

const TIMEOUT = `error execution phase wait-control-plane: couldn't initialize a Kubernetes cluster: timed out waiting for the condition\n`

/** Init goes through the load balancer's name: it must resolve, and something must listen there. */
export const canFound: GuestCondition = (lab, vm, _process, args) => {
  const address = resolveOn(lab, vm, String(args.endpoint))
  const reached = address === null ? null : reachApi(lab, address, Number(args.port))
  const own = machineOf(lab, vm).address
  const listens =
    address === own ||
    (reached !== null && reached.kind !== 'refused' && reached.kind !== 'no-route')
  if (listens && kubernetesOf(lab.state).spare.length > 0) return { code: 0 }
  return null
}

/** A cluster comes into being. */
export const found: GuestEffect = (lab, vm, _process, args) => {
  const config = parseKubeadm(readText(lab, vm, String(args.config)) ?? '')
  const pki = kubernetesOf(lab.state).spare.shift()
  if (!config?.endpoint || !pki) return { code: 1, err: TIMEOUT }
  const node = config.nodeName ?? 'node'
  addUnit(lab, vm, 'kubelet', 'active')
  const world = { ...worldOf(lab, { uid: '' } as Kube), nodes: {} }
  const kube = foundKube(
    {
      name: config.clusterName,
      version: config.version,
      endpoint: config.endpoint,
      podCidr: config.podCidr,
      serviceCidr: config.serviceCidr,
      certSans: [...config.certSans, config.endpoint.name],
      pki,
      kubeProxy: !config.skipProxy,
    },
    node,
    machineOf(lab, vm),
    world,
  )
  kubernetesOf(lab.state).clusters[kube.uid] = kube
  if (config.certificateKey)
    kube.certificateKey = { key: config.certificateKey, until: lab.now.at + CERTIFICATES_MS }
  settleNode(lab, vm, kube, { node, controlPlane: true })
  writeRoot(lab, vm, `${ETC}/super-admin.conf`, adminConf(kube))
  wakeKubernetes(lab)
  return undefined
}

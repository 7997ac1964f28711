import { wallSeconds } from '../clock'
import type {
  Command,
  CommandContext,
  CommandFamily,
  GuestCondition,
  GuestEffect,
} from '../guest/command'
import { findNode, makeFolders, readText, removeTree, writeText } from '../guest/filesystem'
import { done, effect, failed, type Script, type ScriptStep, write } from '../guest/shell/script'
import { addUnit } from '../guest/units'
import { randomHex } from '../random'
import type { Lab, Vm } from '../state'
import { cpuCount } from '../vm/config'
import { adminConf } from './admin-conf'
import { addControlPlane, foundKube } from './found'
import type { Kube } from './kube'
import { type KubeadmConfig, parseKubeadm } from './kubeadm-config'
import { apiServerOn, kubernetesOf, machineOf, wakeKubernetes, worldOf } from './lab-kubernetes'
import { MEMBERSHIP_PATH, type Membership, membershipOf } from './membership'
import { registerNode } from './nodes'
import { reachApi, resolveOn } from './reach-api'
import { hasQuorum } from './tick'

const ETC = '/etc/kubernetes'
const TOKEN_MS = 3_600_000
const CERTIFICATES_MS = 7_200_000

const flagOf = (args: readonly string[], name: string): string | undefined => {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
  if (at < 0) return undefined
  return args[at]?.includes('=') ? args[at]?.slice(name.length + 1) : args[at + 1]
}

/** kubeadm, as far as the panel uses it. */
const kubeadm: Command = (context) => {
  const { os, args } = context
  if (!('kubeadm' in os.packages)) return failed('bash: line 1: kubeadm: command not found', 127)
  if (context.user !== 'root' && args[0] !== 'version')
    return failed(
      '[preflight] Some fatal errors occurred:\n\t[ERROR IsPrivilegedUser]: user is not running as root',
    )
  switch (args[0]) {
    case 'version':
      return done(`v${versionOf(context)}\n`)
    case 'config':
      return pullImages(context)
    case 'init':
      return args[1] === 'phase' ? uploadCertificates(context) : init(context)
    case 'join':
      return join(context)
    case 'reset':
      return reset(context)
    case 'token':
      return createToken(context)
    default:
      return failed(`invalid command "${args[0]}"`)
  }
}

const versionOf = ({ os }: CommandContext) =>
  (os.packages.kubeadm ?? '').split('-')[0]?.replace(/\*$/, '') ?? ''

function readConfig({ lab, vm, args }: CommandContext): KubeadmConfig | string {
  const path = flagOf(args, '--config')
  if (!path) return 'the simulation needs --config'
  const text = readText(lab, vm, path)
  if (text === null)
    return `unable to read config from "${path}" : open ${path}: no such file or directory`
  return parseKubeadm(text) ?? `no kind and apiVersion that this kubeadm knows in "${path}"`
}

/** kubeadm's preflight: each fault by the name that --ignore-preflight-errors takes. */
function preflight(context: CommandContext, config: KubeadmConfig): string[] {
  const { lab, vm, guest, os } = context
  const errors: string[] = []
  const minor = Number(versionOf(context).split('.')[1] ?? 0)
  if (config.apiVersion.endsWith('v1beta4') && minor < 31)
    errors.push('[ERROR KubernetesVersion]: this version of kubeadm only supports v1beta3')
  if (guest.units.containerd?.active !== 'active')
    errors.push(
      '[ERROR CRI]: container runtime is not running: output: rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService',
    )
  if (os.swap)
    errors.push('[ERROR Swap]: running with swap on is not supported. Please disable swap')
  if (os.sysctl['net.ipv4.ip_forward'] !== '1')
    errors.push(
      '[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents are not set to 1',
    )
  if (config.controlPlane && cpuCount(vm.active ?? vm.config) < 2)
    errors.push('[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2')
  if (findNode(lab, vm, `${ETC}/kubelet.conf`))
    errors.push(
      '[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists',
    )
  if (findNode(lab, vm, `${ETC}/pki/ca.crt`))
    errors.push(
      '[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists',
    )
  return errors
}

const refuse = (errors: readonly string[]): Script =>
  done(
    '[preflight] Running pre-flight checks\n',
    1,
    `error execution phase preflight: [preflight] Some fatal errors occurred:\n${errors.map((error) => `\t${error}`).join('\n')}\n`,
  )

/** With the versions that kubeadm 1.29 pins beside its own (`kubeadm config images list`). */
const imagesOf = (version: string): string[] => [
  ...['apiserver', 'controller-manager', 'scheduler', 'proxy'].map(
    (part) => `kube-${part}:${version}`,
  ),
  ...['coredns/coredns:v1.11.1', 'pause:3.9', 'etcd:3.5.16-0'],
]

const pullImages: Command = (context) => {
  const config = readConfig(context)
  if (typeof config === 'string') return failed(config)
  return {
    steps: imagesOf(config.version).map((image) =>
      write(`[config/images] Pulled registry.k8s.io/${image}`, 4000),
    ),
    code: 0,
  }
}

const phases = (lines: readonly string[], eachMs: number): ScriptStep[] =>
  lines.map((line) => write(line, eachMs))

const init: Command = (context) => {
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
const canFound: GuestCondition = (lab, vm, _process, args) => {
  const address = resolveOn(lab, vm, String(args.endpoint))
  const reached = address === null ? null : reachApi(lab, address, Number(args.port))
  const own = machineOf(lab, vm).address
  const listens =
    address === own ||
    (reached !== null && reached.kind !== 'refused' && reached.kind !== 'no-route')
  if (listens && kubernetesOf(lab.state).spare.length > 0) return { code: 0 }
  return null
}

function writeRoot(lab: Lab, vm: Vm, path: string, text: string, mode = 0o600): void {
  const mtime = wallSeconds(lab.now)
  makeFolders(lab, vm, path.slice(0, path.lastIndexOf('/')), { mode: 0o755, owner: 'root', mtime })
  writeText(lab, vm, path, text, { mode, owner: 'root', mtime })
}

/** What every member of a cluster has on its disk. */
function settleNode(lab: Lab, vm: Vm, kube: Kube, membership: Omit<Membership, 'cluster'>): void {
  writeRoot(lab, vm, MEMBERSHIP_PATH, JSON.stringify({ cluster: kube.uid, ...membership }))
  writeRoot(
    lab,
    vm,
    `${ETC}/kubelet.conf`,
    `# simulated; node ${membership.node} of cluster ${kube.name}\n`,
  )
  writeRoot(lab, vm, `${ETC}/pki/ca.crt`, kube.ca.caCert, 0o644)
  writeRoot(
    lab,
    vm,
    '/var/lib/kubelet/config.yaml',
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n',
    0o644,
  )
  if (membership.controlPlane) {
    writeRoot(lab, vm, `${ETC}/admin.conf`, adminConf(kube))
    for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      writeRoot(
        lab,
        vm,
        `${ETC}/manifests/${name}.yaml`,
        `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: kube-system}\n`,
      )
    }
    writeRoot(lab, vm, '/var/lib/etcd/member/snap/db', '')
  }
  addUnit(lab, vm, 'kubelet', 'active')
}

const found: GuestEffect = (lab, vm, _process, args) => {
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

/** The cluster that a machine reaches by a name and port, null if nothing answers. */
function clusterAt(lab: Lab, vm: Vm, endpoint: { name: string; port: number } | null): Kube | null {
  const address = endpoint && resolveOn(lab, vm, endpoint.name)
  const reached = address ? reachApi(lab, address, endpoint.port) : null
  return reached?.kind === 'api' ? reached.kube : null
}

const join: Command = (context) => {
  const { lab, vm } = context
  const config = readConfig(context)
  if (typeof config === 'string') return failed(config)
  const errors = preflight(context, config)
  if (errors.length > 0) return refuse(errors)
  const kube = clusterAt(lab, vm, config.endpoint)
  if (!kube) {
    return {
      steps: [
        write('[preflight] Running pre-flight checks'),
        write(
          `error execution phase preflight: couldn't validate the identity of the API Server: Get "https://${config.endpoint?.name}:${config.endpoint?.port}/api/v1/namespaces/kube-public/configmaps/cluster-info": context deadline exceeded`,
          300_000,
          'err',
        ),
      ],
      code: 1,
    }
  }
  if (!kube.tokens.some(({ token, until }) => token === config.token && until > lab.now.at)) {
    return failed(
      `error execution phase preflight: couldn't validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID "${config.token?.split('.')[0]}"`,
    )
  }
  const uploaded = kube.certificateKey
  const hasKey = uploaded?.key === config.certificateKey && (uploaded?.until ?? 0) > lab.now.at
  if (config.controlPlane && !hasKey) {
    return failed(
      'error execution phase control-plane-prepare/download-certs: error downloading certs: error downloading the secret: Secret "kubeadm-certs" was not found in the "kube-system" Namespace',
    )
  }
  return { steps: joinSteps(context, config), code: 0 }
}

function joinSteps({ args }: CommandContext, config: KubeadmConfig): ScriptStep[] {
  const file = { config: flagOf(args, '--config') ?? '' }
  const begin = phases(
    [
      '[preflight] Running pre-flight checks',
      '[preflight] Reading configuration from the cluster...',
      '[kubelet-start] Starting the kubelet',
    ],
    900,
  )
  if (!config.controlPlane) {
    return [
      ...begin,
      effect('kube-join', file, 6000),
      write('', 500),
      write('This node has joined the cluster:'),
      write('* Certificate signing request was sent to apiserver and a response was received.'),
    ]
  }
  return [
    ...begin,
    ...phases(
      [
        '[download-certs] Downloading the certificates in Secret "kubeadm-certs"',
        '[certs] Generating "apiserver" certificate and key',
        '[etcd] Announced new etcd member joining to the existing etcd cluster',
      ],
      2500,
    ),
    effect('kube-join', file, 14_000),
    write(
      '[etcd] Waiting for the new etcd member to join the cluster. This can take up to 40s',
      4000,
    ),
    write('', 500),
    write('This node has joined the cluster and a new control plane instance was created:'),
    write('* A new etcd member was added to the local/stacked etcd cluster.'),
  ]
}

const joinEffect: GuestEffect = (lab, vm, _process, args) => {
  const config = parseKubeadm(readText(lab, vm, String(args.config)) ?? '')
  const kube = config && clusterAt(lab, vm, config.endpoint)
  if (!config || !kube)
    return {
      code: 1,
      err: 'error execution phase kubelet-start: timed out waiting for the condition\n',
    }
  const node = config.nodeName ?? 'node'
  const world = worldOf(lab, kube)
  if (kube.objects[`/api/v1/nodes/${node}`]) {
    return {
      code: 1,
      err: `error execution phase kubelet-start: a Node with name "${node}" and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node\n`,
    }
  }
  const stale = Object.entries(kube.members).find(
    ([name, { peer }]) => name === node || peer.includes(`//${config.advertiseAddress}:`),
  )
  if (config.controlPlane && stale) {
    return {
      code: 1,
      err: 'error execution phase control-plane-join/etcd: etcdserver: can only promote a learner member which is in sync with leader\n',
    }
  }
  settleNode(lab, vm, kube, { node, controlPlane: config.controlPlane })
  const machine = machineOf(lab, vm)
  if (config.controlPlane) addControlPlane(kube, node, machine, world)
  else registerNode(kube, node, machine, false, world)
  wakeKubernetes(lab)
  return undefined
}

const createToken: Command = ({ lab, vm, args }) => {
  const kube = apiServerOn(lab, vm)
  if (args[1] !== 'create') return failed(`invalid subcommand "token ${args[1]}"`)
  if (!kube) return failed('timed out waiting for the condition')
  const hex = randomHex(lab.state, 22)
  const token = `${hex.slice(0, 6)}.${hex.slice(6)}`
  kube.tokens.push({ token, until: lab.now.at + TOKEN_MS })
  return { steps: [write(token, 800)], code: 0 }
}

const uploadCertificates: Command = ({ lab, vm }) => {
  const kube = apiServerOn(lab, vm)
  if (!kube)
    return failed('error execution phase upload-certs: timed out waiting for the condition')
  const key = randomHex(lab.state, 64)
  kube.certificateKey = { key, until: lab.now.at + CERTIFICATES_MS }
  return {
    steps: [
      write(
        '[upload-certs] Storing the certificates in Secret "kubeadm-certs" in the "kube-system" Namespace',
        900,
      ),
      write('[upload-certs] Using certificate key:'),
      write(key),
    ],
    code: 0,
  }
}

const reset: Command = () => ({
  steps: [
    write('[preflight] Running pre-flight checks', 500),
    write('[reset] Stopping the kubelet service', 2500),
    effect('kube-reset'),
    write(
      '[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]',
      1500,
    ),
  ],
  code: 0,
})

const resetEffect: GuestEffect = (lab, vm) => {
  const membership = membershipOf(lab, vm)
  const kube = membership ? kubernetesOf(lab.state).clusters[membership.cluster] : undefined
  // A control plane leaves etcd while the others still can agree; the last one takes it all along.
  if (membership?.controlPlane && kube && hasQuorum(kube, worldOf(lab, kube))) {
    delete kube.members[membership.node]
  }
  for (const path of [
    `${ETC}/manifests`,
    `${ETC}/pki`,
    `${ETC}/admin.conf`,
    `${ETC}/super-admin.conf`,
    `${ETC}/kubelet.conf`,
    '/var/lib/kubelet',
    '/var/lib/etcd/member',
  ]) {
    removeTree(lab, vm, path)
  }
  addUnit(lab, vm, 'kubelet', 'inactive')
  wakeKubernetes(lab)
  return undefined
}

/** kubeadm with everything that it does over time. */
export const kubeadmCommands: CommandFamily = {
  commands: { kubeadm },
  effects: { 'kube-found': found, 'kube-join': joinEffect, 'kube-reset': resetEffect },
  conditions: { 'kube-can-found': canFound },
}

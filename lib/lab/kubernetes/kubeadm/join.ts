import type { Command, CommandContext, GuestEffect } from '../../guest/command'
import { readText } from '../../guest/filesystem'
import { effect, failed, type ScriptStep, write } from '../../guest/shell/script'
import type { Lab, Vm } from '../../state'
import { addControlPlane } from '../found'
import type { Kube } from '../kube'
import { type KubeadmConfig, parseKubeadm } from '../kubeadm-config'
import { machineOf, wakeKubernetes, worldOf } from '../lab-kubernetes'
import { registerNode } from '../nodes'
import { reachApi, resolveOn } from '../reach-api'
import { flagOf, readConfig } from './config-file'
import { phases, preflight, refuse } from './preflight'
import { settleNode } from './settle-node'

/** The cluster that a machine reaches by a name and port, null if nothing answers. */
function clusterAt(lab: Lab, vm: Vm, endpoint: { name: string; port: number } | null): Kube | null {
  const address = endpoint && resolveOn(lab, vm, endpoint.name)
  const reached = address ? reachApi(lab, address, endpoint.port) : null
  return reached?.kind === 'api' ? reached.kube : null
}

/** `kubeadm join`. */
export const join: Command = (context) => {
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

/** A machine becomes a node. */
export const joinEffect: GuestEffect = (lab, vm, _process, args) => {
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

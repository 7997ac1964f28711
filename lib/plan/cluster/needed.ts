import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { EXPORTS_PATH, exportsFile } from '../files/exports'
import { HAPROXY_PATH, haproxyConfig } from '../files/haproxy'
import type { Observed, ObservedCluster } from '../observed'
import type { ClusterRef, Step } from '../step'
import { resourceKey } from './add-on-steps'
import { hasEtcd, type WantedCluster } from './wanted'

export type Sight = {
  wanted: WantedCluster
  observed: Observed
  /** Null if there is no cluster yet. */
  cluster: ObservedCluster | null
  /** Whether a VM is made (anew) by this plan: whatever was seen on it does not count. */
  fresh(vmId: string): boolean
}

/** Whether a candidate step of a cluster has anything to do, by what was seen. */
export function isNeeded(step: Step, sight: Sight): boolean {
  switch (step.kind) {
    case 'guest.haproxy': {
      const content = haproxyConfig(step.args.port, step.args.backends, step.args.anonymous)
      return fileDiffers(sight, step.args.guest.vm, HAPROXY_PATH, content, 'haproxy')
    }
    case 'guest.nfs': {
      const content = exportsFile(step.args.mount, step.args.clients)
      return fileDiffers(sight, step.args.guest.vm, EXPORTS_PATH, content, 'nfs-server')
    }
    case 'k8s.init':
    case 'k8s.kubeconfig':
      return sight.cluster === null
    case 'k3s.server':
      return sight.cluster === null || isOnSqlite(step.args.cluster, sight.cluster)
    case 'k8s.labels':
      return labelsDiffer(step, sight)
    case 'k8s.node-ready':
      return !nodeNamed(step.args.node, sight)?.ready
    case 'addon.install': {
      const { namespace, release, version, valuesHash } = step.args
      const seen = sight.cluster?.releases[`${namespace}/${release}`]
      return !(
        seen?.status === 'deployed' &&
        seen.version === version &&
        seen.valuesHash === valuesHash
      )
    }
    case 'addon.resources':
      return step.args.resources.some(
        (each) => sight.cluster?.resources[resourceKey(each)] !== each.hash,
      )
    default:
      return true
  }
}

/** Whether a cluster of k3s has yet to move to the etcd that it is to have. */
const isOnSqlite = ({ k3s }: ClusterRef, { nodes }: ObservedCluster) =>
  k3s?.datastore === 'etcd' && nodes.length > 0 && !nodes.some(hasEtcd)

function fileDiffers(
  { observed, fresh }: Sight,
  vm: string,
  path: string,
  content: string,
  service: string,
): boolean {
  const guest = observed.guests?.[vm]
  if (fresh(vm) || guest?.state !== 'known') return true
  const { files, services } = guest.value
  return files[path] !== bytesToHex(sha256(utf8ToBytes(content))) || services[service] !== 'active'
}

/** The node as seen; null if it is not there or its VM is made anew. */
function nodeNamed(name: string, { wanted, cluster, fresh }: Sight) {
  const member = [...wanted.controlPlanes, ...wanted.workers].find(({ vm }) => vm.name === name)
  if (!member || fresh(member.vm.id)) return null
  return cluster?.nodes.find((node) => node.name === name) ?? null
}

function labelsDiffer(step: Step<'k8s.labels'>, sight: Sight): boolean {
  const node = nodeNamed(step.args.node, sight)
  return (
    node === null ||
    Object.entries(step.args.labels).some(([key, value]) => node.labels[key] !== value)
  )
}

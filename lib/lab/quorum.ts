import { LabError } from './api/answer'
import { faultsOf } from './faults'
import type { LabState } from './state'

/** Whether that host does not answer the others. */
export const isDown = (state: LabState, node: string): boolean =>
  faultsOf(state, 'host-down').some((fault) => fault.node === node) ||
  faultsOf(state, 'power-cut').some((fault) => fault.node === undefined || fault.node === node)

/** Whether the cluster may write: more than half of the votes are there, or one of two where that is enough. */
export function quorate(state: LabState): boolean {
  if (faultsOf(state, 'no-quorum').length > 0) return false
  const nodes = Object.keys(state.hosts)
  const online = nodes.filter((node) => !isDown(state, node)).length
  return state.cluster?.twoNode ? online > 0 : online * 2 > nodes.length || nodes.length === 1
}

type Refusal = { calls: RegExp; message: string; delayMs?: number }

/** A lock of the cluster's file system is waited for 9 s (PVE/Cluster.pm cfs_lock; recorded). */
const LOCK_MS = 9000
const cfs = (calls: RegExp, what: string, file: string): Refusal => ({
  calls,
  message: `${what}cfs-lock 'file-${file}' error: no quorum!`,
  delayMs: LOCK_MS,
})

/** What the API says without quorum, first match; calls that match nothing need none. */
const REFUSALS: readonly Refusal[] = [
  {
    calls: /^POST \/nodes\/[^/]+\/(qemu|lxc)(\/\d+\/(clone|migrate|status\/start))?$/,
    message: 'cluster not ready - no quorum?',
  },
  {
    calls:
      /^(PUT|POST) \/nodes\/[^/]+\/qemu\/\d+\/(config|unlink|cloudinit|template|snapshot\/[^/]+\/config)$/,
    message:
      "unable to open file '/etc/pve/nodes/{node}/qemu-server/{vmid}.conf.tmp.171' - Permission denied",
  },
  cfs(/^POST \/access\/users$/, 'create user failed: ', 'user_cfg'),
  cfs(/^(PUT|DELETE) \/access\/users\/[^/]+$/, '', 'user_cfg'),
  cfs(/^(POST|PUT|DELETE) \/access\/(acl|roles|groups|users)/, '', 'user_cfg'),
  cfs(/^POST \/pools$/, 'create pool failed: ', 'user_cfg'),
  cfs(/^PUT \/pools/, 'update pools failed: ', 'user_cfg'),
  cfs(/^DELETE \/pools/, 'delete pool failed: ', 'user_cfg'),
  cfs(/^POST \/storage$/, 'create storage failed: ', 'storage_cfg'),
  cfs(/^(PUT|DELETE) \/storage\//, '', 'storage_cfg'),
  cfs(/^\w+ \/cluster\/backup/, '', 'jobs_cfg'),
  cfs(/^\w+ \/cluster\/sdn/, '', 'sdn_zones_cfg'),
  cfs(/^\w+ \/cluster\/ha\//, '', 'ha_resources_cfg'),
  cfs(/^\w+ \/cluster\/mapping\//, '', 'mapping_pci_cfg'),
  cfs(/^\w+ \/cluster\/options/, '', 'datacenter_cfg'),
  {
    calls: /^(POST|PUT|DELETE) .*\/firewall\//,
    message: "unable to open file '/etc/pve/firewall/cluster.fw.tmp.171' - Permission denied",
  },
]

/** Throws what PVE answers to a change that it cannot write without quorum. */
export function assertQuorum(
  state: LabState,
  method: string,
  path: string,
  params: Record<string, string>,
): void {
  if (method === 'GET' || quorate(state)) return
  const refusal = REFUSALS.find(({ calls }) => calls.test(`${method} ${path}`))
  if (!refusal) return
  const message = refusal.message.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
  throw new LabError(message, 500, null, refusal.delayMs ?? 0)
}

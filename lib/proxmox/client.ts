import { z } from 'zod'
import { accessCalls } from './access'
import { agentCalls } from './agent'
import type { Ask } from './ask'
import { backupJobCalls } from './backup-jobs'
import { backupCalls } from './backups'
import { certificateCalls } from './certificates'
import { cloudInitCalls } from './cloud-init'
import { clusterCalls } from './cluster'
import { consoleCalls } from './console'
import { diskCalls } from './disks'
import { ProxmoxError } from './errors'
import { openFailover } from './failover'
import { firewallCalls } from './firewall'
import { haCalls } from './ha'
import { hostNetworkCalls } from './host-network'
import { machineCalls } from './machines'
import { mappingCalls } from './mapping'
import { migrationCalls } from './migration'
import { nodeCalls } from './nodes'
import { poolCalls } from './pools'
import { powerCalls } from './power'
import type { Proxmox } from './proxmox'
import { sdnCalls } from './sdn'
import type { ProxmoxSettings } from './settings'
import { snapshotCalls } from './snapshots'
import { storageCalls } from './storage'
import { storageConfigCalls } from './storage-config'
import { taskCalls } from './tasks'
import type { Call } from './transport'
import { updateCalls } from './updates'
import { vmDiskCalls } from './vm-disks'

/**
 * A client for one Proxmox. Opens no connection before the first call; `close` gives back the
 * sockets. See {@link Proxmox} for what its methods promise.
 */
export function connectProxmox(settings: ProxmoxSettings): Proxmox {
  const transport = openFailover(settings)
  const ask: Ask = async (schema, call) => parsed(schema, call, await transport.send(call))
  return {
    ...accessCalls(ask),
    ...nodeCalls(ask),
    ...storageCalls(ask),
    ...machineCalls(ask),
    ...powerCalls(ask),
    ...vmDiskCalls(ask),
    ...snapshotCalls(ask),
    ...migrationCalls(ask),
    ...agentCalls(ask),
    ...taskCalls(ask),
    cloudInit: cloudInitCalls(ask),
    storageConfig: storageConfigCalls(ask),
    disks: diskCalls(ask),
    backups: backupCalls(ask),
    backupJobs: backupJobCalls(ask),
    pools: poolCalls(ask),
    cluster: clusterCalls(ask),
    ha: haCalls(ask),
    mappings: mappingCalls(ask),
    network: hostNetworkCalls(ask),
    sdn: sdnCalls(ask),
    firewall: firewallCalls(ask),
    certificates: certificateCalls(ask),
    updates: updateCalls(ask),
    consoles: consoleCalls(ask, () => transport.door()),
    close: () => transport.close(),
  }
}

function parsed<S extends z.ZodType>(schema: S, call: Call, data: unknown): z.output<S> {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  throw new ProxmoxError(
    'proxmox.unexpected-answer',
    `${call.what}: Proxmox answered in a form this panel does not know (${firstLine(result.error)}) - its version may be too new or too old.`,
    { cause: result.error },
  )
}

const firstLine = (error: z.ZodError) => z.prettifyError(error).split('\n')[0] ?? ''

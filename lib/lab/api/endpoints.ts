import type { Endpoint } from './endpoint'
import { accessEndpoints } from './endpoints/access'
import { agentEndpoints } from './endpoints/agent'
import { backupEndpoints } from './endpoints/backup'
import { clusterEndpoints } from './endpoints/cluster'
import { containerEndpoints } from './endpoints/containers'
import { firewallEndpoints } from './endpoints/firewall'
import { haEndpoints } from './endpoints/ha'
import { hostCareEndpoints } from './endpoints/host-care'
import { indexEndpoints } from './endpoints/indexes'
import { mappingEndpoints } from './endpoints/mapping'
import { networkEndpoints } from './endpoints/network'
import { nodeEndpoints } from './endpoints/nodes'
import { poolEndpoints } from './endpoints/pools'
import { qemuEndpoints } from './endpoints/qemu'
import { qemuConfigEndpoints } from './endpoints/qemu-config'
import { qemuDiskEndpoints } from './endpoints/qemu-disks'
import { qemuExtraEndpoints } from './endpoints/qemu-extra'
import { qemuMakeEndpoints } from './endpoints/qemu-make'
import { qemuStatusEndpoints } from './endpoints/qemu-status'
import { sdnEndpoints } from './endpoints/sdn'
import { snapshotEndpoints } from './endpoints/snapshots'
import { storageEndpoints } from './endpoints/storage'
import { storageConfigEndpoints } from './endpoints/storage-config'
import { taskEndpoints } from './endpoints/tasks'
import { userEndpoints } from './endpoints/users'

/** The PVE API as far as this lab serves it; everything else answers 501, as an unknown path does. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...accessEndpoints,
  ...userEndpoints,
  ...clusterEndpoints,
  ...nodeEndpoints,
  ...networkEndpoints,
  ...taskEndpoints,
  ...storageEndpoints,
  ...qemuEndpoints,
  ...qemuMakeEndpoints,
  ...qemuConfigEndpoints,
  ...qemuDiskEndpoints,
  ...qemuStatusEndpoints,
  ...agentEndpoints,
  ...snapshotEndpoints,
  ...containerEndpoints,
  ...indexEndpoints,
  ...storageConfigEndpoints,
  ...sdnEndpoints,
  ...qemuExtraEndpoints,
  ...poolEndpoints,
  ...mappingEndpoints,
  ...hostCareEndpoints,
  ...haEndpoints,
  ...firewallEndpoints,
  ...backupEndpoints,
]

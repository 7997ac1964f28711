import type { Endpoint } from './endpoint'
import { accessEndpoints } from './endpoints/access'
import { agentEndpoints } from './endpoints/agent'
import { clusterEndpoints } from './endpoints/cluster'
import { containerEndpoints } from './endpoints/containers'
import { nodeEndpoints } from './endpoints/nodes'
import { qemuEndpoints } from './endpoints/qemu'
import { qemuConfigEndpoints } from './endpoints/qemu-config'
import { qemuDiskEndpoints } from './endpoints/qemu-disks'
import { qemuMakeEndpoints } from './endpoints/qemu-make'
import { qemuStatusEndpoints } from './endpoints/qemu-status'
import { snapshotEndpoints } from './endpoints/snapshots'
import { storageEndpoints } from './endpoints/storage'
import { taskEndpoints } from './endpoints/tasks'

/** The PVE API as far as this lab serves it; everything else answers 501, as an unknown path does. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...accessEndpoints,
  ...clusterEndpoints,
  ...nodeEndpoints,
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
]

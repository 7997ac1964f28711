import { z } from 'zod'
import { flag, num } from './answer-values'
import { type Ask, path, verbsOf } from './ask'
import type { Upid } from './values'

/** What stands in the way of moving a VM, or takes long. */
export type MigrationCheck = {
  running: boolean
  /** Empty while it runs: PVE names them for a stopped VM only. */
  allowedNodes: string[]
  /** Storages that a node lacks, by node. */
  notAllowed: Record<string, string[]>
  /** Disks that have to be copied. */
  localDisks: { volid: string; sizeBytes: number; drive: string | null; cdrom: boolean }[]
  /** Devices of this node, which hold a running VM where it is. */
  localResources: string[]
  /** Devices by mapping, which exist on other nodes too. */
  mappedResources: string[]
}

export type MigrationRequest = {
  target: string
  /** Without a stop; only of a running VM. */
  online?: boolean
  /** Copies local disks along; needs `online` where it runs. */
  withLocalDisks?: boolean
  /** Storage on the target, or `source:target` pairs separated by commas. */
  targetStorage?: string
  /** KiB/s. */
  bandwidthKibs?: number
}

/** Moving a VM to another node of the same cluster. */
export type Migration = {
  checkMigration(node: string, vmid: number, target?: string): Promise<MigrationCheck>
  /** Of a VM under HA the manager does it, later: the task ends before it moved. */
  migrateVm(node: string, vmid: number, request: MigrationRequest): Promise<Upid>
}

const NotAllowed = z.record(
  z.string(),
  z.object({ unavailable_storages: z.array(z.string()).default([]) }),
)

const Check = z.object({
  running: flag,
  allowed_nodes: z.array(z.string()).default([]),
  // An object, or an empty array where Perl had nothing to say.
  not_allowed_nodes: z
    .union([NotAllowed, z.array(z.unknown()).transform((): z.output<typeof NotAllowed> => ({}))])
    .default({}),
  local_disks: z
    .array(
      z.object({
        volid: z.string(),
        size: num.default(0),
        drivename: z.string().optional(),
        cdrom: flag,
      }),
    )
    .default([]),
  local_resources: z.array(z.string()).default([]),
  'mapped-resources': z.array(z.string()).default([]),
})

/** See {@link Migration}. */
export function migrationCalls(ask: Ask): Migration {
  const { read, task } = verbsOf(ask)
  const at = (node: string, vmid: number) => path`/nodes/${node}/qemu/${vmid}/migrate`
  return {
    async checkMigration(node, vmid, target) {
      const found = await read(Check, `Ask whether VM ${vmid} can move`, at(node, vmid), { target })
      return {
        running: found.running,
        allowedNodes: found.allowed_nodes,
        notAllowed: Object.fromEntries(
          Object.entries(found.not_allowed_nodes).map(([name, { unavailable_storages }]) => [
            name,
            unavailable_storages,
          ]),
        ),
        localDisks: found.local_disks.map(({ volid, size, drivename, cdrom }) => ({
          ...{ volid, cdrom },
          sizeBytes: size,
          drive: drivename ?? null,
        })),
        localResources: found.local_resources,
        mappedResources: found['mapped-resources'],
      }
    },
    migrateVm: (node, vmid, request) =>
      task(`Move VM ${vmid} to ${request.target}`, ['POST', at(node, vmid)], {
        target: request.target,
        online: request.online || undefined,
        'with-local-disks': request.withLocalDisks || undefined,
        targetstorage: request.targetStorage,
        bwlimit: request.bandwidthKibs,
      }),
  }
}

import { formatMarker, parseMarker } from '@/lib/plan/marker'
import type { VmRef } from '@/lib/plan/step'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { Proxmox, VmConfig } from '@/lib/proxmox/proxmox'

/**
 * What stands at a VMID: nothing; something that is still being cloned or created and cannot show
 * its marker yet (PVE writes ` qmclone temporary file` until the end, API2/Qemu.pm:4489); or ours.
 */
export type AtVmid =
  | { state: 'absent' }
  | { state: 'making'; lock: string }
  | { state: 'ours'; config: VmConfig; lock: string | null }

const MAKING = ['clone', 'create']

/** Looks. Throws `proxmox.vmid-taken` where a stranger stands: nothing without our marker is touched. */
export async function lookAt(proxmox: Proxmox, ref: VmRef): Promise<AtVmid> {
  const config = await proxmox.findConfig(ref.at.node, ref.vmid)
  if (!config) return { state: 'absent' }
  const lock = config.values.lock ?? null
  if (markerOf(config) === ref.marker) return { state: 'ours', config, lock }
  if (lock !== null && MAKING.includes(lock)) return { state: 'making', lock }
  throw new ProxmoxError(
    'proxmox.vmid-taken',
    `VMID ${ref.vmid} on ${ref.at.node} belongs to ${config.values.name ?? 'another machine'}, which is not ${ref.name} of this panel - give ${ref.name} another VMID, or remove that machine.`,
  )
}

/**
 * What to throw where PVE refused a VMID at which no VM of this node stands: the cluster's list names
 * whose it is, a container here or a guest of another node. `refusal` itself where it names nobody.
 */
export async function takenElsewhere(
  proxmox: Proxmox,
  ref: VmRef,
  refusal: ProxmoxError,
): Promise<ProxmoxError> {
  const guests = await proxmox.cluster.resources('vm')
  const holder = guests.find(({ vmid }) => vmid === ref.vmid)
  if (!holder) return refusal
  const kind = holder.kind === 'lxc' ? 'container' : 'VM'
  return new ProxmoxError(
    'proxmox.vmid-taken',
    `VMID ${ref.vmid} belongs to ${kind} ${holder.name ?? ref.vmid} on ${holder.node ?? 'another node'}, which is not ${ref.name} of this panel - Proxmox has each number once in a cluster - give ${ref.name} another VMID, or remove that one.`,
    { cause: refusal },
  )
}

/** The configuration of our VM, or null if it is not there yet or any more. */
export async function findOurs(proxmox: Proxmox, ref: VmRef): Promise<VmConfig | null> {
  const found = await lookAt(proxmox, ref)
  return found.state === 'ours' ? found.config : null
}

/** The configuration of our VM. Throws `proxmox.not-found` or `proxmox.vmid-taken`. */
export async function getOurs(proxmox: Proxmox, ref: VmRef): Promise<VmConfig> {
  const config = await findOurs(proxmox, ref)
  if (config) return config
  throw new ProxmoxError(
    'proxmox.not-found',
    `${ref.name} (VMID ${ref.vmid}) is not on ${ref.at.node} - it was deleted or moved; plan again.`,
  )
}

/**
 * Whether our VM is away. A stranger at its VMID means that too, and is left alone: what these
 * steps want is that ours is not there.
 */
export async function isAway(proxmox: Proxmox, ref: VmRef): Promise<boolean> {
  const config = await proxmox.findConfig(ref.at.node, ref.vmid)
  return config === null || markerOf(config) !== ref.marker
}

/** The marker line in a configuration's description, null if it has none. */
export function markerOf({ values }: Pick<VmConfig, 'values'>): string | null {
  const marker = parseMarker(values.description)
  return marker && formatMarker(marker)
}

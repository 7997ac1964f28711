import { parseProperties } from '@/lib/proxmox/property-string'
import type { Proxmox, VmConfig } from '@/lib/proxmox/proxmox'

/** Bridges and VNets that a VM's or a container's configuration plugs its NICs into. */
export const bridgesOf = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([key, value]) =>
    /^net\d+$/.test(key) ? (parseProperties(value).get('bridge') ?? []) : [],
  )

/** The configuration of a guest of either kind; null where it is gone. */
export const guestConfig = (
  proxmox: Pick<Proxmox, 'findConfig' | 'findContainerConfig'>,
  kind: 'qemu' | 'lxc',
  { node, vmid }: { node: string; vmid: number },
): Promise<VmConfig | null> =>
  kind === 'lxc' ? proxmox.findContainerConfig(node, vmid) : proxmox.findConfig(node, vmid)

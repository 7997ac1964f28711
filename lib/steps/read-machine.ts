import { parseProperties } from '@/lib/proxmox/property-string'
import { type ConfigValues, fromConfig } from '@/lib/proxmox/vm-spec'
import type { InventoryMachine } from '@/lib/topology/fit/inventory'

/** How a VM is set up, from its configuration: what a document can hold, and what it cannot by name. */
export function toMachine(values: Readonly<ConfigValues>): InventoryMachine {
  const { name: _name, pci: _pci, nics, disks, ...plain } = fromConfig(values)
  return {
    ...plain,
    nics: nics.map((nic) => {
      const given = parseProperties(values[`ipconfig${nic.slot.slice(3)}`] ?? '')
      return { ...nic, given: given.get('ip') ?? null, gateway: given.get('gw') ?? null }
    }),
    disks: disks.map(({ kind: _kind, ...disk }) => disk),
    boot: bootOrder(values),
    cloudInit: Object.values(values).some((value) => /(^|:|-)cloudinit\b/.test(value)),
    passed: Object.entries(values).flatMap(([key, value]) =>
      /^(hostpci|usb)\d+$/.test(key) ? [`${key}: ${value.split(',')[0]}`] : [],
    ),
    others: Object.keys(values)
      .filter((key) => !isHeld(key))
      .toSorted(),
    lock: values.lock ?? null,
    snapshot: values.parent ?? null,
  }
}

/** `boot: order=scsi0;net0`, and as PVE before 6.3 wrote it `bootdisk: scsi0`. */
function bootOrder(values: Readonly<ConfigValues>): string[] {
  const order = parseProperties(values.boot ?? '').get('order')
  return order ? order.split(';').filter(Boolean) : values.bootdisk ? [values.bootdisk] : []
}

/** Keys that a document's fields hold, or that say nothing of how a machine is set up. */
const HELD =
  /^(name|cores|sockets|memory|balloon|cpu|machine|bios|agent|onboot|startup|protection|tags|boot|bootdisk|description|digest|meta|smbios1|vmgenid|lock|parent|snaptime|template|(net|scsi|virtio|sata|ide|hostpci|usb|ipconfig|unused)\d+)$/
const isHeld = (key: string): boolean => HELD.test(key)

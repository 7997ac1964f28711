import type {
  InventoryDisk,
  InventoryGuest,
  InventoryMachine,
  InventoryNic,
} from '../../fit/inventory'

export const aNic = (slot: string, changes: Partial<InventoryNic> = {}): InventoryNic => ({
  ...{ slot, model: 'virtio', mac: `BC:24:11:00:00:0${slot.slice(3)}`, bridge: 'vmbr0' },
  ...{ tag: null, firewall: false, mtu: null, given: null, gateway: null },
  ...changes,
})

export const aDisk = (slot: string, changes: Partial<InventoryDisk> = {}): InventoryDisk => ({
  ...{ slot, storage: 'local-lvm', sizeGib: 32, serial: null },
  ...{ discard: false, ssd: false, iothread: false },
  ...changes,
})

/** For tests: a VM as Proxmox's own wizard makes one. */
export const aMachine = (changes: Partial<InventoryMachine> = {}): InventoryMachine => ({
  ...{ cpus: 1, memoryMib: 2048, balloonMib: 2048, cpuType: 'x86-64-v2-AES', machine: 'i440fx' },
  ...{ bios: 'seabios', agent: false, onBoot: false, startOrder: null, startDelayS: null },
  ...{
    protection: false,
    tags: [],
    nics: [aNic('net0')],
    disks: [aDisk('scsi0')],
    boot: ['scsi0'],
  },
  ...{ cloudInit: false, passed: [], others: ['ostype', 'scsihw'], lock: null, snapshot: null },
  ...changes,
})

/** For tests: a guest of somebody else that runs. */
export const aGuest = (
  vmid: number,
  name: string,
  changes: Partial<InventoryMachine> = {},
  guest: Partial<InventoryGuest> = {},
): InventoryGuest => {
  const machine = aMachine({
    nics: [aNic('net0', { mac: `BC:24:11:00:${String(vmid).slice(-2)}:01` })],
    ...changes,
  })
  return {
    ...{ vmid, name, kind: 'qemu', running: true, template: false, marker: null, addresses: [] },
    ...{ cpus: machine.cpus, memoryMib: machine.memoryMib, machine },
    ...guest,
  }
}

import { type Fitting, put } from '../fit/fitting'
import type { InventoryDisk, InventoryGuest, InventoryMachine } from '../fit/inventory'
import { DnsLabel, Mac, Mtu, PartName } from '../model/common'
import type { Disk, Nic, Vm } from '../topology'
import { addressIn, networkOfNic } from './draw-networks'

/** A VM as the document holds one that was taken over, and what of it is in no field. */
export type DrawnVm = { vm: Vm; left: string[] }

const TAG = /^[a-z0-9][a-z0-9-]*$/

/**
 * Every setting that the model has a field for, as it is. What it has none for, or cannot write, is
 * left out of the document, which for an adopted VM means that it stays as it is.
 */
export function drawVm(
  fitting: Fitting,
  {
    id,
    host,
    guest,
    machine,
  }: { id: string; host: string; guest: InventoryGuest; machine: InventoryMachine },
  networks: ReadonlyMap<string, string>,
): DrawnVm {
  const left: string[] = [...machine.others]
  const leave = <T>(what: string, fields: T, fits: boolean): T | object => {
    if (fits) return fields
    left.push(what)
    return {}
  }
  const { name } = guest
  const { tags, startOrder, startDelayS } = machine
  const nics = drawNics(fitting, { guest, machine, networks, left })
  const disks = drawDisks(machine, left)
  const vm = {
    ...(name === id ? {} : leave('name', { name }, canBeNamed(fitting, name))),
    role: 'plain',
    adopted: true,
    host,
    vmid: guest.vmid,
    cpus: Math.max(1, machine.cpus),
    memoryMib: Math.max(1, machine.memoryMib),
    ...(Object.keys(nics).length > 0 ? { nics } : {}),
    ...(Object.keys(disks).length > 0 ? { disks } : {}),
    cpuType: machine.cpuType,
    ...leave(
      `machine ${machine.machine}`,
      { machine: machine.machine },
      machine.machine === 'q35' || machine.machine === 'i440fx',
    ),
    bios: machine.bios,
    agent: machine.agent,
    // Proxmox's own default follows the memory, which a number here would not.
    ...(machine.balloonMib === machine.memoryMib ? {} : { balloonMib: machine.balloonMib }),
    onBoot: machine.onBoot,
    ...(startOrder === null ? {} : { startOrder }),
    ...(startDelayS === null ? {} : { startDelayS }),
    protection: machine.protection,
    ...(tags.length === 0
      ? {}
      : leave(
          'tags',
          { tags },
          tags.every((tag) => TAG.test(tag)),
        )),
  } as Vm
  put(fitting, ['vms', id], vm)
  return { vm, left }
}

/** A document wants DNS labels, no numbers, and each name once; Proxmox does not. */
const canBeNamed = ({ topology }: Fitting, name: string): boolean =>
  DnsLabel.safeParse(name).success &&
  !/^\d+$/.test(name) &&
  !Object.entries(topology.vms ?? {}).some(([id, vm]) => (vm.name ?? id) === name)

type Drawing = {
  guest: InventoryGuest
  machine: InventoryMachine
  networks: ReadonlyMap<string, string>
  left: string[]
}

function drawNics(fitting: Fitting, { guest, machine, networks, left }: Drawing) {
  const used = machine.nics.map((nic) => networkOfNic(networks, nic))
  return Object.fromEntries(
    machine.nics.flatMap((nic, n): [string, Nic][] => {
      const network = used[n]
      if (network === undefined || !Mac.safeParse(nic.mac).success) {
        left.push(nic.slot)
        return []
      }
      const alone = used.filter((each) => each === network).length === 1
      const given = nic.given?.split('/')[0]
      const said = alone && nic.given !== 'dhcp' ? guest.addresses : []
      const address = addressIn(
        fitting,
        network,
        given !== undefined && given !== 'dhcp' ? [given] : said,
      )
      const mtu = Mtu.safeParse(nic.mtu)
      return [
        [
          nic.slot,
          {
            network,
            ...(address === null ? {} : { address }),
            mac: nic.mac,
            model: nic.model,
            firewall: nic.firewall,
            ...(mtu.success ? { mtu: mtu.data } : {}),
          },
        ],
      ]
    }),
  )
}

/** The disk that it boots from first: the system's, as far as anybody can tell from outside. */
const systemOf = ({ disks, boot }: InventoryMachine): InventoryDisk | undefined =>
  boot.flatMap((slot) => disks.find((disk) => disk.slot === slot) ?? [])[0] ?? disks[0]

function drawDisks(machine: InventoryMachine, left: string[]): Record<string, Disk> {
  const system = systemOf(machine)
  const ordered = machine.disks.toSorted((a, b) => Number(b === system) - Number(a === system))
  return Object.fromEntries(
    ordered.flatMap((disk): [string, Disk][] => {
      const { slot, storage, sizeGib, discard, ssd, iothread } = disk
      if (sizeGib <= 0 || !PartName.safeParse(storage).success) {
        left.push(slot)
        return []
      }
      const kind = disk === system ? 'system' : 'data'
      return [[slot, { kind, slot, sizeGib: Math.ceil(sizeGib), storage, discard, ssd, iothread }]]
    }),
  )
}

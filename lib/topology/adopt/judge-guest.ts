import type { InventoryGuest, InventoryMachine } from '../fit/inventory'
import type { Topology } from '../topology'

/** Where a guest stands towards the document. */
export type Standing =
  /** A VM of the document that carries this drawing's marker. */
  | 'managed'
  /** A VM of the document whose marker is missing: taking it over again gives it back. */
  | 'unmarked'
  /** Nobody's, as far as the panel knows. */
  | 'free'

/** Why the panel cannot manage a guest, in a sentence that says what to do; null if it can. */
export function whyNotManaged(topology: Topology, guest: InventoryGuest): string | null {
  const { kind, template, marker, ours, machine, vmid } = guest
  if (kind === 'lxc') return 'A container: the panel manages VMs. It is drawn and left alone.'
  if (marker !== null && ours !== true) return `It belongs to another drawing or panel (${marker}).`
  if (template) return 'A template: VMs are cloned from it, it is none itself.'
  if (!machine) return 'How it is set up was not read: look at the connection again.'
  if (machine.lock !== null)
    return `Proxmox holds a lock on it (${machine.lock}): look again when that is done.`
  const twin = twinOf(topology, vmid, machine)
  if (twin !== null)
    return `${twin} of the drawing has the same MAC: one is a copy of the other. Give one another MAC in Proxmox.`
  return null
}

function twinOf(topology: Topology, vmid: number, { nics }: InventoryMachine): string | null {
  const macs = new Set(nics.map(({ mac }) => mac).filter(Boolean))
  for (const [id, vm] of Object.entries(topology.vms ?? {})) {
    if (vm.vmid === vmid) continue
    if (Object.values(vm.nics ?? {}).some(({ mac }) => mac !== undefined && macs.has(mac)))
      return id
  }
  return null
}

/** What a person should know before the panel manages it. */
export function remarksOn({ running, addresses, machine }: InventoryGuest): string[] {
  if (!machine) return []
  const { agent, cloudInit, passed, snapshot, disks, nics } = machine
  const said = [
    !agent && 'No guest agent: its addresses are known only where cloud-init gives them.',
    agent && running && addresses.length === 0 && 'Its guest agent does not answer.',
    cloudInit && 'It has a cloud-init drive of somebody else, which stays.',
    passed.length > 0 && `Passed through, and left as it is: ${passed.join(', ')}.`,
    snapshot !== null && `It has snapshots (on ${snapshot}): Proxmox refuses to change its disks.`,
    disks.some(({ storage }) => storage === '') &&
      'A disk is no volume of a storage: it is left alone.',
    nics.some(({ given }) => given === 'dhcp') && 'It gets its address by DHCP: none is written.',
  ]
  return said.filter((each) => typeof each === 'string')
}

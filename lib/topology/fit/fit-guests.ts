import { removeObject } from '../edits/remove-object'
import type { Topology, UnmanagedGuest } from '../topology'
import { type Fitting, hostOf, put } from './fitting'

/**
 * Guests of others that are written in the document: those of a host that becomes another machine go,
 * unless that machine has a guest of their kind and VMID; the others lose what their host does not have.
 * `before`: the document as it was given, which says where they were.
 */
export function fitGuests(fitting: Fitting, before: Topology): void {
  for (const [id, guest] of Object.entries(fitting.topology.unmanaged ?? {})) {
    const { host, vmid } = guest
    const fitted = fitting.hosts.find((each) => each.id === host)
    if (!fitted) continue
    const was = before.unmanaged?.[id]?.host
    const elsewhere = was !== undefined && (was !== host || fitted.moved)
    const kind = guest.kind === 'vm' ? 'qemu' : 'lxc'
    const there = fitted.facts.guests.some((each) => each.vmid === vmid && each.kind === kind)
    if (elsewhere && !there) {
      fitting.topology = removeObject(fitting.topology, { collection: 'unmanaged', id })
      fitting.took.push(
        `Unmanaged guest ${id}: there is none with ${vmid === undefined ? 'its VMID' : `VMID ${vmid}`} on ${host}.`,
      )
    } else dropParts(fitting, id, guest)
  }
}

/** Storages and devices that it names and its host has not. */
function dropParts(fitting: Fitting, id: string, guest: UnmanagedGuest): void {
  const host = hostOf(fitting.topology, guest.host ?? '')
  const path = ['unmanaged', id]
  for (const [disk, { storage }] of Object.entries(guest.disks ?? {})) {
    if (storage !== undefined && !host.storages?.[storage])
      put(fitting, [...path, 'disks', disk, 'storage'], undefined)
  }
  for (const kind of ['gpus', 'devices'] as const) {
    const left = guest[kind]?.filter((each) => host[kind]?.[each])
    if (left && left.length < (guest[kind]?.length ?? 0))
      put(fitting, [...path, kind], left.length > 0 ? left : undefined)
  }
}

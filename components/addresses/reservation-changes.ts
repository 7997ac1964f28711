import { idFrom } from '@/lib/topology/address-map-csv'
import type { Change } from '@/lib/topology/change'
import { freeId } from '@/lib/topology/free-id'
import type { Reservation, Topology } from '@/lib/topology/topology'
import type { AddressChange } from './use-addresses'

/** What the form of a reservation holds, as typed. */
export type ReservationWords = { name: string; owner: string; until: string; mac: string }

export const NO_WORDS: ReservationWords = { name: '', owner: '', until: '', mac: '' }

/** What a reservation says, as its form shows it. */
export const wordsOf = (id: string, { owner, until, mac }: Reservation): ReservationWords => ({
  name: id,
  owner: owner ?? '',
  until: until ?? '',
  mac: mac ?? '',
})

const MAC = /^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/
const macOf = (text: string) => text.trim().toUpperCase().replaceAll('-', ':')

/** What is wrong with a typed MAC, null if nothing. */
export const whyNotMac = (text: string): string | null =>
  text.trim() === '' || MAC.test(macOf(text)) ? null : 'Write a MAC such as BC:24:11:0A:00:01.'

function fieldsOf(words: ReservationWords): Partial<Pick<Reservation, 'owner' | 'until' | 'mac'>> {
  const fields = { owner: words.owner.trim(), until: words.until, mac: macOf(words.mac) }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

/** Keeps an address from being given away. */
export function reserve(
  topology: Topology,
  address: string,
  words: ReservationWords,
): AddressChange {
  const base = idFrom(words.name) ?? `at-${address.replaceAll('.', '-')}`
  const id = freeId(topology.reservations, base)
  const to = { address, ...fieldsOf(words) }
  const who = to.owner ?? (words.name.trim() || null)
  return {
    changes: [{ path: ['reservations', id], to }],
    message: `Reserve ${address}${who === null ? '' : ` for ${who}`}`,
  }
}

/** Corrects what a reservation says; null where nothing is different. */
export function correct(
  topology: Topology,
  id: string,
  words: ReservationWords,
): AddressChange | null {
  const had = topology.reservations?.[id]
  if (!had) return null
  const wanted = fieldsOf(words)
  const changes = (['owner', 'until', 'mac'] as const).flatMap((key): Change[] => {
    const [from, to] = [had[key], wanted[key]]
    if (from === to) return []
    return [
      {
        path: ['reservations', id, key],
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      },
    ]
  })
  return changes.length === 0
    ? null
    : { changes, message: `Correct the reservation of ${had.address}` }
}

/** Frees the address. Nothing refers to a reservation. */
export function release(topology: Topology, id: string): AddressChange | null {
  const had = topology.reservations?.[id]
  if (!had) return null
  return {
    changes: [{ path: ['reservations', id], from: had }],
    message: `Free ${had.address}, which ${id} had`,
  }
}

/** Gives an address to a card of a VM in that network. */
export function give(
  topology: Topology,
  address: string,
  [vm, nic]: readonly [string, string],
): AddressChange | null {
  const card = topology.vms?.[vm]?.nics?.[nic]
  if (!card || card.address === address) return null
  const from = card.address
  return {
    changes: [
      {
        path: ['vms', vm, 'nics', nic, 'address'],
        ...(from === undefined ? {} : { from }),
        to: address,
      },
    ],
    message: `Give ${address} to ${vm}`,
  }
}

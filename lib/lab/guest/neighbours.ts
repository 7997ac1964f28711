import { faultsOf, STRANGER_MAC } from '../faults'
import { standsStill } from '../standstill'
import type { Lab, Vm } from '../state'
import { containerCards } from '../vm/net'
import { interfacesOf } from './interfaces'

/** An IPv4 address as a number. */
export const toNumber = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

/** Whether an address lies in a network written as `10.2.0.11/24`. */
export function inNetwork(address: string, cidr: string): boolean {
  const [base = '', prefix = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(prefix))
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(base) / size)
}

/** Somebody in the same network who answers ARP. */
export type Neighbour = { address: string; mac: string; dev: string }

type Card = { address: string; mac: string; bridge: string; tag: number | null }

/**
 * Who answers in the networks of a running VM: other VMs that are up, containers with an address of
 * their own, and strangers that a fault put there. As after it has spoken to all of them.
 */
export function neighboursOf(lab: Pick<Lab, 'state'>, vm: Vm): Neighbour[] {
  const others = Object.values(lab.state.vms).filter(
    (each) => each.vmid !== vm.vmid && each.running && !standsStill(each),
  )
  const cards = others.flatMap((each) =>
    each.kind === 'lxc' ? ofContainer(each) : ofVm(lab, each),
  )
  return interfacesOf(lab, vm).flatMap((nic) => {
    const inside = (address: string) =>
      nic.addresses.some((cidr) => inNetwork(address, cidr) && cidr.split('/')[0] !== address)
    const seen = cards.filter(
      ({ address, bridge, tag }) => bridge === nic.bridge && tag === nic.tag && inside(address),
    )
    const strangers = faultsOf(lab.state, 'address-in-use').filter(({ address }) => inside(address))
    return [
      ...seen.map(({ address, mac }) => ({ address, mac, dev: nic.name })),
      ...strangers.map(({ address, mac = STRANGER_MAC }) => ({ address, mac, dev: nic.name })),
    ]
  })
}

const ofVm = (lab: Pick<Lab, 'state'>, vm: Vm): Card[] =>
  ['network', 'config', 'up'].includes(vm.guest?.phase ?? '')
    ? interfacesOf(lab, vm).flatMap(({ addresses, mac, bridge, tag }) =>
        addresses.map((cidr) => ({ address: cidr.split('/')[0] ?? '', mac, bridge, tag })),
      )
    : []

const ofContainer = (vm: Vm): Card[] =>
  containerCards(vm).flatMap(({ cidr, mac, bridge, tag }) =>
    cidr === null ? [] : [{ address: cidr.split('/')[0] ?? '', mac, bridge, tag }],
  )

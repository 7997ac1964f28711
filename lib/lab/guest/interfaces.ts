import type { Lab, Vm } from '../state'
import { parseNet } from '../vm/net'
import type { OsNic } from './disk'
import { rootDisk } from './filesystem'

/** A network card as the running system sees it, with what its configuration gave it. */
export type GuestInterface = Pick<
  OsNic,
  'name' | 'mac' | 'addresses' | 'gateway' | 'dns' | 'routes' | 'mtu'
> & {
  bridge: string
  tag: number | null
}

/** Cards of a running VM in slot order. One that the network data does not name by MAC has no address. */
export function interfacesOf(lab: Pick<Lab, 'state'>, vm: Vm): GuestInterface[] {
  const os = vm.guest?.volume ? rootDisk(lab, vm).os : null
  const config = vm.active ?? vm.config
  return Object.keys(config)
    .filter((key) => /^net\d+$/.test(key))
    .sort((a, b) => Number(a.slice(3)) - Number(b.slice(3)))
    .flatMap((key, index) => {
      const net = parseNet(config[key] ?? '')
      if (!net?.mac || net.options.link_down === '1') return []
      const known = os?.network.find((nic) => nic.mac === net.mac)
      return {
        name: known?.name ?? `ens${18 + index}`,
        mac: net.mac,
        addresses: known?.addresses ?? [],
        gateway: known?.gateway ?? null,
        dns: known?.dns ?? [],
        routes: known?.routes ?? [],
        mtu: known?.mtu ?? 1500,
        bridge: net.options.bridge ?? '',
        tag: net.options.tag ? Number(net.options.tag) : null,
      }
    })
}

/** The running VM that answers at an IPv4 address, or null. */
export function findByAddress(lab: Pick<Lab, 'state'>, address: string): Vm | null {
  return (
    Object.values(lab.state.vms).find(
      (vm) =>
        vm.guest !== null &&
        ['network', 'config', 'up'].includes(vm.guest.phase) &&
        interfacesOf(lab, vm).some((nic) =>
          nic.addresses.some((cidr) => cidr.split('/')[0] === address),
        ),
    ) ?? null
  )
}

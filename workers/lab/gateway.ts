import type { Socket } from 'node:net'
import { faultsOf } from '@/lib/lab/faults'
import { findByAddress } from '@/lib/lab/guest/interfaces'
import { standsStill } from '@/lib/lab/standstill'
import type { Lab, Vm } from '@/lib/lab/state'
import type { Engine } from './engine'
import { createSocksServer, type Route, type Target } from './socks-server'

/** How long a connection to nobody takes to fail: three ARP requests, a second apart. Virtual. */
const NO_ROUTE_MS = 3000

/**
 * Serves a port of the lab's machines. Returns null where nothing listens there; `accept` gets the
 * connection. Asked anew for each connection.
 */
export type PortService = (
  lab: Lab,
  vm: Vm,
  target: Target,
) => { accept(socket: Socket): void } | null

/** The way into the lab's networks: SOCKS5 on loopback, routed to what stands at an address. */
export function createGateway(engine: Engine, services: readonly PortService[]) {
  const route = (target: Target): Route =>
    engine.change((lab): Route => {
      // Two have the address; the one that answered first is not ours, and nothing listens there.
      if (faultsOf(lab.state, 'address-in-use').some(({ address }) => address === target.address))
        return { kind: 'refused' }
      const vm = findByAddress(lab, target.address)
      const cut = faultsOf(lab.state, 'guest-unreachable').some((fault) => fault.vmid === vm?.vmid)
      if (!vm || cut || standsStill(vm))
        return { kind: 'unreachable', afterMs: NO_ROUTE_MS / lab.now.speed }
      for (const service of services) {
        const found = service(lab, vm, target)
        if (found) return { kind: 'open', accept: found.accept }
      }
      return { kind: 'refused' }
    })
  return createSocksServer(route)
}

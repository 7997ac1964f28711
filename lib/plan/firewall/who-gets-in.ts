import type { Topology } from '@/lib/topology/topology'
import type { Goal, Refused } from '../plan'
import type { StepArgs } from '../step'
import { panelAddresses } from './wanted-firewall'

type On = Extract<Goal, { kind: 'firewall'; on: true }>

/** Proxmox's API and pages, and SSH. */
const PORTS = [8006, 22]

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.')

/** Who must still get in to every host: the panel, the session that asks, the network of admins. */
export function mustReachOf(
  topology: Topology,
  { admins, from }: Pick<On, 'admins' | 'from'>,
): StepArgs['firewall.datacenter']['mustReach'] {
  const network = topology.networks?.[admins]
  return [
    ...panelAddresses(topology).map((each) => ({ name: 'the panel', from: each, ports: PORTS })),
    // A browser on the panel's own box reaches hosts as the panel does.
    ...(isLoopback(from) ? [] : [{ name: 'your browser', from, ports: PORTS }]),
    ...(network ? [{ name: `network ${admins}`, from: network.cidr, ports: PORTS }] : []),
  ]
}

/** Why the firewall must not be switched on: somebody who must get in is not known. */
export function whyNotSafe(
  topology: Topology,
  { admins, from }: Pick<On, 'admins' | 'from'>,
): Refused[] {
  const refusals: Refused[] = []
  if (panelAddresses(topology).length === 0)
    refusals.push({
      code: 'plan.no-panel-address',
      message:
        'The firewall cannot be switched on - the document does not say where the panel is, so that nothing could be written to let it in - add a host of the role panel with its address.',
      object: ['hosts'],
    })
  if (topology.networks?.[admins] === undefined)
    refusals.push({
      code: 'plan.no-admin-network',
      message: `The firewall cannot be switched on - the document has no network ${admins} that could be let in to the hosts - name the network that you administer them from.`,
      object: ['networks'],
    })
  if (!/^[\d.]+$|^[\da-f:]+$/i.test(from))
    refusals.push({
      code: 'plan.no-session-address',
      message:
        'The firewall cannot be switched on - the address that you ask from is not known, so that it could not be let in - ask from a browser that reaches the panel directly or through a proxy that it trusts.',
      object: [],
    })
  return refusals
}

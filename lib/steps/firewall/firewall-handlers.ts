import type { StepHandlers } from '../handler'
import { firewallDatacenter } from './firewall-datacenter'
import { firewallVm } from './firewall-vm'

/** Kinds of steps that change Proxmox's firewall. */
export type FirewallKind = Extract<keyof StepHandlers, `firewall.${string}`>

/** One handler for each of them; leaving one out is a type error. */
export const firewallHandlers: Pick<StepHandlers, FirewallKind> = {
  'firewall.vm': firewallVm,
  'firewall.datacenter': firewallDatacenter,
}

import { clusterHandlers } from './cluster-handlers'
import { firewallHandlers } from './firewall/firewall-handlers'
import type { StepHandlers } from './handler'
import { networkHandlers } from './network/network-handlers'
import { vmHandlers } from './vm-handlers'

/** Every kind of step and who carries it out. */
export const handlers: StepHandlers = {
  ...vmHandlers,
  ...networkHandlers,
  ...firewallHandlers,
  ...clusterHandlers,
}

import type { StepHandlers } from '../handler'
import { hostNetwork } from './host-network'
import { sdnNetwork } from './sdn-network'

/** Kinds of steps that change what hosts carry networks with. */
export type NetworkKind = Extract<keyof StepHandlers, 'host.network' | 'sdn.network'>

/** One handler for each of them; leaving one out is a type error. */
export const networkHandlers: Pick<StepHandlers, NetworkKind> = {
  'host.network': hostNetwork,
  'sdn.network': sdnNetwork,
}

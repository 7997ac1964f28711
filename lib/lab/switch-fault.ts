import { firewallOf } from './cluster-state'
import type { Fault, FaultKind } from './faults'
import { editedInterfaces, networkOf, stageInterfaces } from './host-network'
import type { FaultWish } from './parse-fault'
import { coldStart, losePower } from './power-faults'
import type { Lab } from './state'

/** An interface that only somebody else's hand puts there. */
const FOREIGN = 'vmbr66'

type Of<K extends FaultKind> = Extract<Fault, { kind: K }>
type Switch = { [K in FaultKind]?: (lab: Lab, fault: Of<K>) => void }

const hosts = (lab: Lab, node?: string): string[] =>
  node === undefined ? Object.keys(lab.state.hosts) : [node]

/** What happens at the instant in which a fault begins; most only bite later. */
const BEGINS: Switch = {
  'power-cut': (lab, { node }) => {
    for (const each of hosts(lab, node)) losePower(lab, each)
  },
  'foreign-change'({ state }, { node }) {
    const host = state.hosts[node]
    if (!host) return
    const bridge = { type: 'bridge', method: 'manual', bridge_ports: '', comments: 'By hand' }
    stageInterfaces(host, { ...structuredClone(editedInterfaces(host)), [FOREIGN]: bridge })
  },
  'locked-out'({ state }) {
    firewallOf(state, 'cluster').options.enable = '1'
  },
}

/** What happens when one ends. */
const ENDS: Switch = {
  'power-cut': (lab, { node }) => {
    for (const each of hosts(lab, node)) coldStart(lab, each)
  },
  'host-down'(lab, { node }) {
    if (!lab.state.fenced?.includes(node)) return
    lab.state.fenced = lab.state.fenced.filter((other) => other !== node)
    coldStart(lab, node)
  },
  'foreign-change'({ state }, { node }) {
    const host = state.hosts[node]
    if (host && networkOf(host).staged?.[FOREIGN]) networkOf(host).staged = null
  },
  'locked-out'({ state }) {
    delete firewallOf(state, 'cluster').options.enable
  },
}

/** Switches a fault on and gives it its id. */
export function beginFault(lab: Lab, wish: FaultWish): Fault {
  lab.state.serial += 1
  const fault = { ...wish, id: `fault-${lab.state.serial}` } as Fault
  lab.state.faults.push(fault)
  BEGINS[fault.kind]?.(lab, fault as never)
  return fault
}

/** Ends one fault, or all of them where no id is given. An id that is not there ends nothing. */
export function endFaults(lab: Lab, id?: string): void {
  const ending = lab.state.faults.filter((fault) => id === undefined || fault.id === id)
  lab.state.faults = lab.state.faults.filter((fault) => !ending.includes(fault))
  for (const fault of ending) ENDS[fault.kind]?.(lab, fault as never)
}

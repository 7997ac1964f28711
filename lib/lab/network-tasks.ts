import { sdnOf } from './cluster-state'
import { faultsOf } from './faults'
import { reloadNetwork } from './host-network'
import type { Lab } from './state'
import type { Acts } from './tasks/acts'

/** One host reloads: its staged interfaces, and the bridges of the zones that are applied. */
function reload(lab: Lab, node: string): void {
  const host = lab.state.hosts[node]
  if (!host) return
  reloadNetwork(host)
  const sdn = sdnOf(lab.state)
  sdn.made[node] = Object.keys(sdn.applied.zones)
}

export const networkActs: Acts<'network.reload' | 'sdn.reload'> = {
  'network.reload': (lab, _task, { node }) => reload(lab, node),

  /** Ends well whatever a node's reload did: only its log tells (recorded). */
  'sdn.reload'(lab, task, { nodes }) {
    for (const node of nodes) {
      task.log.push(`${node}: reloading network config`)
      const broken = faultsOf(lab.state, 'reload-fails').find((fault) => fault.node === node)
      if (broken)
        task.log.push(
          broken.message ?? "command 'ifreload -V' failed: exit code 1",
          `command 'pvesh set /nodes/${node}/network' failed: exit code 1`,
        )
      else reload(lab, node)
    }
  },
}

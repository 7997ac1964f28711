import type { Problem } from '../problem'
import { note, warning } from './rule'
import type { Survey } from './survey'
import { hostOfPlace } from './whereabouts'

/**
 * `bootstrap.panel-inside`: a panel on what it builds (traps T13). On a VM or a cluster of the
 * document a job would end in its own middle; on another guest of a host it is gone with that host.
 */
export function panelIsOutside(survey: Survey): Problem[] {
  const { hosts, topology, vmById, proxmox } = survey
  return hosts.flatMap(([id, { role, runsOn }]) => {
    if (role !== 'panel' || runsOn === undefined) return []
    const path = ['hosts', id, 'runsOn']
    const cluster = topology.clusters?.[runsOn]
    if (cluster || vmById.has(runsOn)) {
      return [
        warning(
          'bootstrap.panel-inside',
          path,
          `The panel runs on ${cluster ? `cluster ${runsOn}` : `VM ${runsOn}`}, which it builds itself - a job that stops or rebuilds it ends in its own middle, and nobody is left to go on. Run the panel on another machine.`,
        ),
      ]
    }
    const on = hostOfPlace(survey, runsOn)
    const below = proxmox.find((each) => each.id === on)
    if (!below || below.vms.length === 0) return []
    return [
      note(
        'bootstrap.panel-inside',
        path,
        `The panel runs on ${on === runsOn ? on : `${runsOn} of ${on}`}, whose ${below.vms.length === 1 ? 'VM' : `${below.vms.length} VMs`} it builds - when ${on} is down, nobody tells of it or builds them anew elsewhere. A small machine beside it does.`,
      ),
    ]
  })
}

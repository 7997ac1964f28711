import { isDown, quorate } from './quorum'
import type { Lab } from './state'
import { vmStatus } from './vm/status'

/** What a person at the lab's page sees of it: hosts, storages, guests, and what is broken. */
export function labView(lab: Lab) {
  const { state } = lab
  return {
    release: state.release ?? '9',
    speed: lab.now.speed,
    quorate: quorate(state),
    hosts: Object.keys(state.hosts).map((node) => ({ node, up: !isDown(state, node) })),
    storages: Object.keys(state.storages),
    guests: Object.values(state.vms)
      .filter((vm) => vm.config.template !== '1')
      .map((vm) => ({
        ...{ vmid: vm.vmid, node: vm.node, name: vm.config.name ?? vm.config.hostname ?? '' },
        // Of no interest where its host is gone, and then nobody can tell.
        status: isDown(state, vm.node) ? 'unknown' : String(vmStatus(lab, vm).qmpstatus),
      })),
    faults: state.faults,
  }
}

import type { Change, Json } from './change'
import { diff } from './diff'
import {
  acknowledge,
  addDisk,
  addNetwork,
  addNic,
  addObject,
  addPool,
  addVm,
  disableAddOn,
  duplicateVm,
  enableAddOn,
  moveVm,
  placeVm,
  removeField,
  renumberNic,
  resizeVm,
  setField,
  withdraw,
} from './edits/edits'
import { hold, release } from './edits/holds'
import { removeObject } from './edits/remove-object'
import type { Beside } from './ipam'
import type { Disk, Kind, PoolPurpose, Topology, VmRole } from './topology'

/**
 * Everything that a gesture, a form, the table or the API can do to a document, as plain JSON.
 * Ids of new objects are chosen by who asks (`freeId`), so that an edit can be stored and replayed.
 */
export type Edit =
  /** Writes one field or one whole object. */
  | { kind: 'set'; path: string[]; value: Json }
  /** Removes one field. For an object use `removeObject`, which cleans up behind it. */
  | { kind: 'remove'; path: string[] }
  | { kind: 'addObject'; collection: Kind; id: string; value: Json }
  /** Removes an object and every reference to it, required ones with what required them. */
  | { kind: 'removeObject'; collection: Kind; id: string }
  | {
      kind: 'addVm'
      id: string
      role: VmRole
      network?: string
      host?: string
      size?: string
      template?: string
    }
  /** A copy with no VMID, address or MAC of its own yet. */
  | { kind: 'duplicateVm'; vm: string; id: string }
  /** Puts a NIC into another network; the next free address of the right pool is taken there. */
  | { kind: 'moveVm'; vm: string; nic: string; network: string }
  /** Gives a NIC the next free address of its pool. */
  | { kind: 'renumberNic'; vm: string; nic: string }
  /** To another size; numbers that were written beside the old one go. */
  | { kind: 'resizeVm'; vm: string; size: string }
  | { kind: 'placeVm'; vm: string; host: string }
  | { kind: 'addNic'; vm: string; network: string }
  | { kind: 'addDisk'; vm: string; sizeGib: number; storage?: string; use?: Disk['use'] }
  | { kind: 'addNetwork'; id: string; cidr: string; vlan?: number; gateway?: string }
  | { kind: 'addPool'; id: string; network: string; from: string; to: string; purpose: PoolPurpose }
  | { kind: 'enableAddOn'; cluster: string; addOn: string }
  /** Keeps its settings; the add-on is removed from the cluster by the next deploy. */
  | { kind: 'disableAddOn'; cluster: string; addOn: string }
  /** Accepts a warning, with a name and a reason, for as long as it stays what it is. */
  | { kind: 'acknowledge'; code: string; path: string[]; by: string; reason: string }
  | { kind: 'withdraw'; code: string; path: string[] }
  /** Leaves an object alone until the end of a day (UTC), or for good: plans leave its steps out. */
  | { kind: 'hold'; path: string[]; until?: string; by: string; reason: string }
  | { kind: 'release'; path: string[] }

/** What one kind of edit makes of a topology. Pure; an edit of what is not there changes nothing. */
export type Apply<K extends Edit['kind']> = (
  topology: Topology,
  edit: Extract<Edit, { kind: K }>,
  beside: Beside,
) => Topology

const EDITS: { [K in Edit['kind']]: Apply<K> } = {
  set: setField,
  remove: removeField,
  addObject,
  removeObject,
  addVm,
  duplicateVm,
  moveVm,
  renumberNic,
  resizeVm,
  placeVm,
  addNic,
  addDisk,
  addNetwork,
  addPool,
  enableAddOn,
  disableAddOn,
  acknowledge,
  withdraw,
  hold,
  release,
}

/** The topology after the edit. Addresses that are taken `beside` the document are not given. */
export function applyEdit(topology: Topology, edit: Edit, beside: Beside = {}): Topology {
  const apply = EDITS[edit.kind] as (topology: Topology, edit: Edit, beside: Beside) => Topology
  return apply(topology, edit, beside)
}

/** What the edit changes: for the value (`applyChanges`), the text (`rewriteText`) and undo (`invert`). */
export const changesOf = (topology: Topology, edit: Edit, beside: Beside = {}): Change[] =>
  diff(topology, applyEdit(topology, edit, beside))

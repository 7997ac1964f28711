/** How a form edits a field, and what its text in the document looks like. */
export type Control =
  | 'text'
  | 'address'
  | 'cidr'
  | 'mac'
  | 'number'
  | 'toggle'
  | 'select'
  | 'reference'
  /** Many ids of other objects, in order. */
  | 'references'
  /** Many short texts, in order. */
  | 'list'
  /** Many of a closed set. */
  | 'choices'
  /** One object with fields of its own. */
  | 'group'
  /** Objects by id, in order, each with these fields. */
  | 'map'
  /** Objects without ids, in order. */
  | 'records'
  /** The name of a sealed secret. */
  | 'secret'
  /** A free tree of JSON. */
  | 'values'

/**
 * What an id points at. `storages`, `gpus` and `devices` are the VM's host's; `connections` the
 * panel's; `machines` hosts, routers and switches; `servers` what can answer on a network: routers,
 * hosts, VMs, unmanaged guests and services; `places` what a service can run on: hosts, VMs,
 * unmanaged guests and clusters.
 */
export type Reference =
  | 'sites'
  | 'hosts'
  | 'ups'
  | 'switches'
  | 'routers'
  | 'networks'
  | 'pools'
  | 'sizes'
  | 'templates'
  | 'vms'
  | 'clusters'
  | 'services'
  | 'storages'
  | 'gpus'
  | 'devices'
  | 'connections'
  | 'machines'
  | 'servers'
  | 'places'

/** One field of an object, from the schema. Absent = does not apply. */
export type Field = {
  key: string
  label: string
  description?: string
  control: Control
  required?: true
  /** Stored as an integer in this unit; people may type another one ("16 GiB"). */
  unit?: 'MiB' | 'GiB' | 's' | 'min' | 'days' | 'Mbit/s' | 'VA' | 'W'
  integer?: true
  min?: number
  max?: number
  options?: string[]
  reference?: Reference
  /** Source of a regular expression that the text matches. */
  pattern?: string
  maxLength?: number
  /** Of a group, or of each object in a map. */
  fields?: Field[]
}

import type { Field } from '@/lib/topology/fields/field'
import type { Kind, Topology } from '@/lib/topology/topology'
import { fieldsAt } from '../inspector/fields-at'

/** One column of the table of a kind: a field, and the object that holds it in a row. */
export type Column = {
  key: string
  field: Field
  /** Path of the object with the field, null where the row has none (a VM without a NIC). */
  path: (topology: Topology, id: string) => readonly string[] | null
}

/** What fits into a cell. */
const IN_CELLS = new Set([
  'text',
  'address',
  'cidr',
  'mac',
  'number',
  'toggle',
  'select',
  'reference',
])
/** Long texts and what nobody compares between rows. */
const LEFT_OUT = new Set([
  'about',
  'name',
  'pool',
  'mtu',
  'startDelayS',
  'cpuType',
  'machine',
  'bios',
])
const MOST = 9

/** Columns of a kind's table, from the schema's fields. */
export function columnsOf(kind: Kind): Column[] {
  const own = fieldsAt([kind, 'id']).filter(
    ({ control, key }) => IN_CELLS.has(control) && !LEFT_OUT.has(key),
  )
  const columns = own.map(
    (field): Column => ({
      key: field.key,
      field,
      path: (_topology, id) => [kind, id],
    }),
  )
  if (kind !== 'vms') return columns.slice(0, MOST)
  const [role, host, vmid, template, size, ...rest] = columns
  const nic = ['network', 'address'].flatMap(nicColumn)
  return [role, host, size, ...nic, vmid, template, ...rest]
    .filter((column) => column !== undefined)
    .slice(0, MOST)
}

/** A field of the first NIC, as a column of its VM. */
function nicColumn(key: string): Column[] {
  const field = fieldsAt(['vms', 'id', 'nics', 'nic']).find((each) => each.key === key)
  if (!field) return []
  return [
    {
      key: `nic.${key}`,
      field,
      path: (topology, id) => {
        const nic = Object.keys(topology.vms?.[id]?.nics ?? {})[0]
        return nic === undefined ? null : ['vms', id, 'nics', nic]
      },
    },
  ]
}

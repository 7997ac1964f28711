import { useMemo } from 'react'
import type { Field } from '@/lib/topology/fields/field'
import { listFree, poolFor, takenAddresses } from '@/lib/topology/ipam'
import type { Topology } from '@/lib/topology/topology'
import { useEditor } from '../editor/editor-context'
import { valueAt } from './fields-at'

const FREE_SHOWN = 12

/** What may be meant: the free addresses of the NIC's own pool, or of a pool's network. */
export function useSuggestions(field: Field, path: readonly string[]): readonly string[] {
  const topology = useEditor((editor) => editor.history.doc.topology)
  const beside = useEditor((editor) => editor.unmanaged)
  return useMemo(
    () =>
      field.control === 'address'
        ? freeFor(
            topology,
            path,
            beside?.addresses.map(({ address }) => address),
          )
        : [],
    [field.control, topology, path, beside],
  )
}

/** Free addresses for the NIC at `path`, without those `elsewhere`; empty for anything else. */
export function freeFor(
  topology: Topology,
  path: readonly string[],
  elsewhere: readonly string[] = [],
): string[] {
  const [kind, id = '', part, nicId = ''] = path
  if (kind !== 'vms' || part !== 'nics') return []
  const vm = topology.vms?.[id]
  const nic = valueAt(topology, ['vms', id, 'nics', nicId]) as
    | { network?: string; pool?: string }
    | undefined
  if (!vm || !nic?.network) return []
  const pool = nic.pool ?? poolFor(topology, vm.role, nic.network)
  return pool === null
    ? []
    : listFree(topology, pool, FREE_SHOWN, takenAddresses(topology, elsewhere))
}

'use client'

import { Button } from '@/components/ui/button'
import { networkOf } from '@/lib/topology/ipam'
import type { Topology } from '@/lib/topology/topology'
import { useEditor, useEditorStore } from '../editor/editor-context'

/** Another network that an address of a card tells of, with who has it today. */
export type Inferred = { network: string; now: string | null }

/**
 * The network that the address of the card at `path` lies in, where the card is in another or in
 * none that exists; null where nothing else is meant.
 */
export function inferNetwork(topology: Topology, path: readonly string[]): Inferred | null {
  const [kind, vm = '', part, nic = ''] = path
  if (kind !== 'vms' || part !== 'nics') return null
  const card = topology.vms?.[vm]?.nics?.[nic]
  if (card?.address === undefined) return null
  const network = networkOf(topology, card.address)
  if (network === null || network === card.network) return null
  return { network, now: topology.networks?.[card.network] ? card.network : null }
}

/** Below an address that is typed: the network that it belongs to, and one press to put the card there. */
export function NetworkHint({ path, readOnly }: { path: readonly string[]; readOnly: boolean }) {
  const topology = useEditor((editor) => editor.history.doc.topology)
  const store = useEditorStore()
  const inferred = inferNetwork(topology, path)
  if (!inferred || readOnly) return null
  const { network, now } = inferred
  const vm = path[1] ?? ''
  return (
    <p className="flex flex-wrap items-center gap-2 text-caption text-ink-2" role="status">
      This address lies in {network}
      {now === null ? '' : `, the card is in ${now}`}.
      <Button
        size="sm"
        onClick={() =>
          store.getState().edit(`Put ${vm} into ${network}`, {
            kind: 'set',
            path: [...path],
            value: { ...cardAt(topology, path), network },
          })
        }
      >
        Put it into {network}
      </Button>
    </p>
  )
}

/** The card without the pool, which is of the other network. */
function cardAt(topology: Topology, [, vm = '', , nic = '']: readonly string[]) {
  const { pool: _other, ...card } = topology.vms?.[vm]?.nics?.[nic] ?? {}
  return card
}

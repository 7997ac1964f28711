'use client'

import Link from 'next/link'
import { Button, buttonClass } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import { pages } from '@/lib/api/paths'
import { KINDS, type Topology } from '@/lib/topology/topology'
import { useEditor } from '../editor/editor-context'

/** Whether a drawing holds no object of any kind yet. */
export const isBlank = (topology: Topology): boolean =>
  KINDS.every((kind) => Object.keys(topology[kind] ?? {}).length === 0)

/** Where a drawing begins: with the machines that are there, or with the first thing added by hand. */
export function EmptyDrawing({
  readOnlyReason,
  onEdit,
}: {
  readOnlyReason: string | null
  onEdit: () => void
}) {
  const topologyId = useEditor((editor) => editor.topologyId)
  return (
    <div className="absolute inset-0 z-10 m-auto h-fit w-fit max-w-[calc(100%-2rem)] bg-surface-0">
      <EmptyState
        title="Here will be your homelab"
        action={
          <div className="flex flex-wrap gap-2">
            <Link href={pages.fit(topologyId)} className={buttonClass({ variant: 'primary' })}>
              Draw my machines
            </Link>
            <Link href={pages.adopt(topologyId)} className={buttonClass()}>
              Read what runs
            </Link>
            <Button disabledReason={readOnlyReason} onClick={onEdit} className="max-sm:hidden">
              Add things by hand
            </Button>
          </div>
        }
      >
        The hosts of a connected Proxmox can be drawn as they are, with their storages, bridges,
        network and the guests that others made; or read what runs and take over the VMs that you
        choose. Or add the first thing by hand.
      </EmptyState>
    </div>
  )
}

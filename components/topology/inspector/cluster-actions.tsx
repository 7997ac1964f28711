'use client'

import { Puzzle } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Menu } from '@/components/ui/menu'
import { CATALOGUE } from '@/lib/catalogue/catalogue'
import { useEditor, useEditorStore } from '../editor/editor-context'

/** Adds an add-on of the catalogue to a cluster; those that are there already say so. */
export function ClusterActions({
  cluster,
  disabledReason,
}: {
  cluster: string
  disabledReason: string | null
}) {
  const store = useEditorStore()
  const addOns = useEditor((editor) => editor.history.doc.topology.clusters?.[cluster]?.addOns)
  return (
    <section aria-label="Actions" className="max-sm:hidden mb-4 border-line border-b pb-4">
      <Menu
        align="start"
        trigger={
          <Button size="sm" icon={<Puzzle size={14} aria-hidden />} disabledReason={disabledReason}>
            Add add-on
          </Button>
        }
        items={CATALOGUE.map(({ id, name }) => ({
          id,
          label: name,
          disabledReason:
            addOns?.[id] && addOns[id].enabled !== false ? 'It is in the cluster already.' : null,
          onSelect: () => {
            store.getState().edit(`Add ${name}`, { kind: 'enableAddOn', cluster, addOn: id })
            store.getState().select(['clusters', cluster, 'addOns', id])
          },
        }))}
      />
    </section>
  )
}

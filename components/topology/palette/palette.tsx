'use client'

import { Button } from '@/components/ui/button'
import { ItemIcon } from '../canvas/item-icon'
import { ADDITIONS, type Addition } from './additions'
import { writePaletteDrag } from './palette-drag'

/** What can be added: pressed it goes where such things go, dragged it goes where it is dropped. */
export function Palette({
  onAdd,
  onDragStart,
  disabledReason,
}: {
  onAdd: (addition: Addition) => void
  onDragStart: () => void
  disabledReason: string | null
}) {
  return (
    <nav
      aria-label="Add to the topology"
      className="flex w-44 shrink-0 flex-col gap-1 overflow-y-auto border-line border-r bg-surface-1 p-2"
    >
      {ADDITIONS.map((addition) => (
        <Button
          key={addition.id}
          variant="quiet"
          className="w-full justify-start"
          icon={<ItemIcon of={addition.role} size={16} />}
          disabledReason={disabledReason}
          draggable={disabledReason === null}
          onDragStart={(event) => {
            writePaletteDrag(event.dataTransfer, addition.id)
            onDragStart()
          }}
          onClick={() => onAdd(addition)}
          aria-label={`Add ${addition.label}`}
        >
          {addition.label}
        </Button>
      ))}
    </nav>
  )
}

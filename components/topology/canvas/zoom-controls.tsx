import { type FitViewOptions, Panel, useReactFlow } from '@xyflow/react'
import { Maximize, Minus, Plus } from 'lucide-react'
import { IconButton } from '@/components/ui/button'
import type { ItemNode } from '../to-flow'

/** Nearer, farther, everything. */
export function ZoomControls({ fit }: { fit: FitViewOptions<ItemNode> }) {
  const { zoomIn, zoomOut, fitView } = useReactFlow<ItemNode>()
  return (
    <Panel position="bottom-left" className="flex rounded-sm border border-line bg-surface-1">
      <IconButton
        label="Zoom in"
        icon={<Plus size={16} aria-hidden />}
        onClick={() => void zoomIn({ duration: 120 })}
      />
      <IconButton
        label="Zoom out"
        icon={<Minus size={16} aria-hidden />}
        onClick={() => void zoomOut({ duration: 120 })}
      />
      <IconButton
        label="Show everything"
        icon={<Maximize size={16} aria-hidden />}
        onClick={() => void fitView({ ...fit, duration: 240 })}
      />
    </Panel>
  )
}

import { type ReactFlowState, useStore } from '@xyflow/react'

/** How much an item shows: icon and state, the card, or the card with disks and bars. */
export type ZoomStep = 'tile' | 'card' | 'full'

export function zoomStepOf(zoom: number): ZoomStep {
  if (zoom < 0.5) return 'tile'
  return zoom < 1.25 ? 'card' : 'full'
}

const select = (state: ReactFlowState) => zoomStepOf(state.transform[2])

/** Changes only between steps, so that zooming draws no node anew. */
export const useZoomStep = (): ZoomStep => useStore(select)

'use client'

import '@xyflow/react/dist/base.css'
import {
  Background,
  type NodeChange,
  type OnNodeDrag,
  ReactFlow,
  ReactFlowProvider,
  type ReactFlowState,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Observed } from '@/lib/plan/observed'
import type { Group } from '@/lib/topology/what-if/what-if'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { useFreshMarks } from '../editor/use-fresh-marks'
import type { Lens, Point } from '../lens/box'
import { readPaletteDrag } from '../palette/palette-drag'
import { type ItemNode, placeKeys } from '../to-flow'
import { dropEdit } from './drop-edit'
import { BusNode, CardNode, ContainerNode } from './item-nodes'
import { freshWords, spokenName } from './marks'
import { directionOf, neighbourOf, rectsOf } from './neighbour'
import { CableEdge, TapEdge } from './tap-edge'
import { useFlow } from './use-flow'
import { ZoomControls } from './zoom-controls'
import { useZoomStep } from './zoom-step'

const NODE_TYPES = { card: CardNode, container: ContainerNode, bus: BusNode }
const EDGE_TYPES = { tap: TapEdge, cable: CableEdge }
const widthOf = (state: ReactFlowState) => state.width
const FIT = { padding: 0.06, maxZoom: 1.2 }

export type CanvasProps = {
  lens: Lens
  observed: Observed | null
  /** Unlocked: items can be moved and removed. */
  editing: boolean
  onInspect: () => void
  onRemove: () => void
  /** A kind dragged from the palette was dropped, on the item with this path or on nothing. */
  onDropKind: (kind: string, target: readonly string[] | null) => void
  /** What becomes of an object, by its path joined by `/`; null while nothing is asked. */
  fateOf: ((object: string) => Group) | null
}

/** The drawing of a topology through one lens. It shows; whatever it does is an edit of the document. */
export function TopologyCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider key={props.lens}>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas({ lens, observed, editing, onInspect, onRemove, onDropKind, fateOf }: CanvasProps) {
  const store = useEditorStore()
  const flow = useFlow(lens, observed)
  const marks = useFreshMarks()
  const selected = useEditor((editor) => editor.selected?.join('/') ?? null)
  const wrapper = useRef<HTMLElement>(null)
  const { moved, onNodesChange, settle } = useDragging()
  const { focusItem, revealItem } = useShowItem(wrapper)
  useEffect(() => store.getState().openLens(lens), [store, lens])
  const width = useStore(widthOf)
  // `width` is no input but the signal: a panel that opens beside the canvas must not cover the item.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (selected !== null) revealItem(selected)
  }, [selected, revealItem, width])

  const nodes = useMemo(
    () =>
      flow.nodes.map((node) =>
        toShown(
          withFresh(withFate(node, fateOf), marks),
          moved[node.id],
          selected,
          flow.nodes[0]?.id,
        ),
      ),
    [flow.nodes, moved, selected, fateOf, marks],
  )

  const onNodeDragStop: OnNodeDrag<ItemNode> = useCallback(
    (_event, node, dragged) => {
      settle()
      const state = store.getState()
      const { topology } = state.history.doc
      const drop = dropEdit(lens, topology, node, nodesUnder(flow.nodes, node))
      if (drop) {
        state.edit(drop.label, drop.edit)
        return
      }
      const keys = placeKeys(topology, lens)
      const places = Object.fromEntries(
        dragged.flatMap(({ id, position }) => {
          const key = keys.get(id)
          return key === undefined ? [] : [[key, { x: position.x, y: position.y }]]
        }),
      )
      state.move(lens, places)
    },
    [flow.nodes, lens, settle, store],
  )

  const onKeyDown = (event: KeyboardEvent) => {
    const id = (event.target as Element).closest('[data-id]')?.getAttribute('data-id') ?? null
    if (id === null) return
    const direction = directionOf(event.key)
    if (direction !== null) {
      event.preventDefault()
      const next = neighbourOf(rectsOf(flow.nodes), id, direction)
      if (next !== null) {
        store.getState().select(pathOf(flow.nodes, next))
        focusItem(next)
      }
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      store.getState().select(pathOf(flow.nodes, id))
      if (event.key === 'Enter') onInspect()
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault()
      store.getState().select(pathOf(flow.nodes, id))
      onRemove()
    } else if (event.key === 'Escape') {
      store.getState().select(null)
    }
  }

  return (
    // Keys are those of the items inside; the section only listens for them.
    <section
      ref={wrapper}
      aria-label={`Canvas, ${lens} lens`}
      className="h-full [--xy-attribution-background-color:transparent] [&_a[href*=reactflow]]:text-ink-3!"
      onKeyDown={onKeyDown}
    >
      <ReactFlow
        nodes={nodes}
        edges={flow.edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onNodeClick={(_event, node) => store.getState().select(dataPath(node))}
        onNodeDoubleClick={onInspect}
        onNodeDragStop={onNodeDragStop}
        onPaneClick={() => store.getState().select(null)}
        onDragOver={(event) => {
          event.preventDefault()
          event.dataTransfer.dropEffect = 'copy'
        }}
        onDrop={(event) => {
          const kind = readPaletteDrag(event.dataTransfer)
          if (kind === null) return
          event.preventDefault()
          const target = document
            .elementsFromPoint(event.clientX, event.clientY)
            .map((element) => element.closest('.react-flow__node')?.getAttribute('data-id') ?? null)
            .find((id) => id !== null)
          onDropKind(kind, target === undefined ? null : pathOf(flow.nodes, target))
        }}
        nodesDraggable={editing}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        onlyRenderVisibleElements
        elevateNodesOnSelect={false}
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={FIT}
        nodeDragThreshold={4}
      >
        <Background gap={24} color="var(--line)" />
        <ZoomControls fit={FIT} />
        <ZoomMark wrapper={wrapper} />
      </ReactFlow>
    </section>
  )
}

/** Writes the zoom step where the nodes' styles read it, so that no node is drawn anew. */
function ZoomMark({ wrapper }: { wrapper: React.RefObject<HTMLElement | null> }) {
  const step = useZoomStep()
  useEffect(() => {
    const element = wrapper.current
    if (!element) return
    element.classList.add('group/canvas')
    element.dataset.zoom = step
  }, [step, wrapper])
  return null
}

/** Positions while a drag lasts; the document's layout is written once, at its end. */
function useDragging() {
  const [moved, setMoved] = useState<Readonly<Record<string, Point>>>({})
  const onNodesChange = useCallback((changes: NodeChange<ItemNode>[]) => {
    const positions = changes.flatMap((change) =>
      change.type === 'position' && change.position && change.dragging
        ? [[change.id, change.position] as const]
        : [],
    )
    if (positions.length > 0) {
      setMoved((before) => ({ ...before, ...Object.fromEntries(positions) }))
    }
  }, [])
  const settle = useCallback(() => setMoved({}), [])
  return { moved, onNodesChange, settle }
}

/** Brings an item into view, and gives it the focus; an item outside the view may not be drawn yet. */
function useShowItem(wrapper: React.RefObject<HTMLElement | null>) {
  const { setCenter, getInternalNode, getZoom } = useReactFlow<ItemNode>()
  return useMemo(() => {
    const find = (id: string) =>
      wrapper.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) ?? null
    const revealItem = async (id: string): Promise<void> => {
      const element = find(id)
      const node = getInternalNode(id)
      if (!node || (element && inside(element, wrapper.current))) return
      const { x, y } = node.internals.positionAbsolute
      const { width = 0, height = 0 } = node.measured
      await setCenter(x + Math.min(width, 400) / 2, y + Math.min(height, 200) / 2, {
        zoom: getZoom(),
      })
    }
    const focusItem = (id: string) =>
      void revealItem(id).then(() =>
        requestAnimationFrame(() => find(id)?.focus({ preventScroll: true })),
      )
    return { focusItem, revealItem: (id: string) => void revealItem(id) }
  }, [wrapper, setCenter, getInternalNode, getZoom])
}

/** Whether the head of an item, where its name is, can be seen; a container may be larger than the view. */
function inside(element: Element, frame: Element | null): boolean {
  if (!frame) return false
  const a = element.getBoundingClientRect()
  const b = frame.getBoundingClientRect()
  const right = Math.min(a.right, a.left + 240)
  const bottom = Math.min(a.bottom, a.top + 80)
  return a.left >= b.left && right <= b.right && a.top >= b.top && bottom <= b.bottom
}

/** What goes on steps back, with text that can still be read. */
const DIMMED = 'opacity-60 [&_.text-ink-2]:text-ink-1 [&_.text-ink-3]:text-ink-1'

/** The item with what becomes of it. Groupings and what is selected keep their look. */
function withFate(node: ItemNode, fateOf: CanvasProps['fateOf']): ItemNode {
  const { object } = node.data
  if (fateOf === null || object === '') return node
  const fate = fateOf(object)
  return {
    ...node,
    data: { ...node.data, fate },
    ...(fate === 'survives' ? { className: DIMMED } : {}),
  }
}

/** The item with who else changed it just now. */
function withFresh(node: ItemNode, marks: ReturnType<typeof useFreshMarks>): ItemNode {
  const mark = marks.get(node.data.object)
  return mark === undefined ? node : { ...node, data: { ...node.data, fresh: freshWords(mark) } }
}

const SPOKEN: Record<string, string> = { card: 'item', container: 'container', bus: 'network bus' }

/** One tab stop on the canvas: the selected item, or the first. */
function toShown(
  node: ItemNode,
  moved: Point | undefined,
  selected: string | null,
  first: string | undefined,
): ItemNode {
  const isSelected = selected !== null && node.data.object === selected
  const stop = isSelected || (selected === null && node.id === first)
  return {
    ...node,
    ...(moved ? { position: moved } : {}),
    selected: isSelected,
    ariaRole: 'button',
    domAttributes: {
      tabIndex: stop ? 0 : -1,
      'aria-label': spokenName(node.data),
      'aria-roledescription': SPOKEN[node.type ?? 'card'],
      'aria-pressed': isSelected,
    } as NonNullable<ItemNode['domAttributes']>,
  }
}

const dataPath = ({ data }: ItemNode): readonly string[] | null =>
  data.object === '' ? null : data.object.split('/')

function pathOf(nodes: readonly ItemNode[], id: string): readonly string[] | null {
  const node = nodes.find((each) => each.id === id)
  return node ? dataPath(node) : null
}

/** Items below the centre of a dragged one, innermost first. */
function nodesUnder(nodes: readonly ItemNode[], dragged: ItemNode): string[] {
  const rects = rectsOf(nodes.map((node) => (node.id === dragged.id ? dragged : node)))
  const own = rects.find(({ id }) => id === dragged.id)
  if (!own) return []
  const x = own.x + own.width / 2
  const y = own.y + own.height / 2
  return rects
    .filter((rect) => rect.id !== dragged.id)
    .filter((r) => r.x <= x && x <= r.x + r.width && r.y - 20 <= y && y <= r.y + r.height + 20)
    .map(({ id }) => id)
    .reverse()
}

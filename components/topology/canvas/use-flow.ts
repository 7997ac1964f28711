import { useMemo, useRef } from 'react'
import { useIsStale } from '@/components/ui/now'
import type { Observed } from '@/lib/plan/observed'
import { resolveVms } from '@/lib/topology/resolve'
import { useEditor } from '../editor/editor-context'
import { promisedByHost, type Scene } from '../item-data'
import type { Lens } from '../lens/box'
import { problemsByObject } from '../problems-by-object'
import { type Flow, keepUnchanged, toFlow } from '../to-flow'

const EMPTY = {}

/** The drawing of one lens. Nodes that did not change keep their identity. */
export function useFlow(lens: Lens, observed: Observed | null): Flow {
  const topology = useEditor((editor) => editor.history.doc.topology)
  const problems = useEditor((editor) => editor.problems)
  const places = useEditor((editor) => editor.places[lens] ?? EMPTY)
  const stale = useIsStale(observed?.at ?? null)
  const scene = useMemo((): Scene => {
    const vms = resolveVms(topology)
    return {
      topology,
      observed,
      stale,
      vms: new Map(vms.map((vm) => [vm.id, vm])),
      promised: promisedByHost(vms),
      problems: problemsByObject(problems),
    }
  }, [topology, problems, observed, stale])
  const last = useRef<Flow>({ nodes: [], edges: [] })
  return useMemo(() => {
    last.current = keepUnchanged(last.current, toFlow(scene, lens, places))
    return last.current
  }, [scene, lens, places])
}

'use client'

import { useMemo } from 'react'
import type { Action } from '@/components/frame/action'
import { usePageActions } from '@/components/frame/page-actions'
import { useEditorStore } from '../editor/editor-context'
import { ADDITIONS, type Addition } from '../palette/additions'
import { objectOf } from '../problems/problem-list'
import type { DesignUrl } from './use-design-url'

export type EditorKeys = {
  save: () => void
  toggleEditing: () => void
  tidy: () => void
  add: (addition: Addition) => void
  go: (change: Partial<DesignUrl>) => void
  text: boolean
  /** The canvas shows a What-if. */
  whatIf: boolean
  /** Why this person may not edit. */
  readOnlyReason: string | null
}

/** What the editor adds to the palette, the keyboard and the `?` sheet. */
export function useEditorKeys(keys: EditorKeys): void {
  const store = useEditorStore()
  const { save, toggleEditing, tidy, add, go, text, whatIf, readOnlyReason } = keys
  const actions = useMemo((): Action[] => {
    const group = 'Design'
    const step = (by: 1 | -1) => () => {
      const { problems, selected, select } = store.getState()
      const paths = [...new Set(problems.map(({ path }) => objectOf(path).join('/')))].filter(
        Boolean,
      )
      if (paths.length === 0) return
      const now = paths.indexOf(selected?.slice(0, 2).join('/') ?? '')
      const next =
        now < 0 ? (by > 0 ? 0 : paths.length - 1) : (now + by + paths.length) % paths.length
      select(paths[next]?.split('/') ?? null)
    }
    const writing = (action: Action): Action => ({ ...action, disabledReason: readOnlyReason })
    return [
      writing({ id: 'design.save', label: 'Save revision', group, keys: 'Ctrl-S', run: save }),
      writing({
        id: 'design.edit',
        label: 'Edit or lock the canvas',
        group,
        keys: 'e',
        run: toggleEditing,
      }),
      writing({
        id: 'design.undo',
        label: 'Undo',
        group,
        keys: 'Ctrl-Z',
        run: () => store.getState().undo(),
      }),
      writing({
        id: 'design.redo',
        label: 'Redo',
        group,
        keys: 'Ctrl-Shift-Z, Ctrl-Y',
        run: () => store.getState().redo(),
      }),
      { id: 'design.next', label: 'Next problem', group, keys: ']', run: step(1) },
      { id: 'design.previous', label: 'Previous problem', group, keys: '[', run: step(-1) },
      {
        id: 'design.text',
        label: text ? 'Hide the text' : 'Show the text',
        group,
        run: () => go({ text: !text }),
      },
      {
        id: 'design.what-if',
        label: whatIf ? 'Leave What if' : 'What if this dies',
        group,
        keys: 'w',
        words: 'failure survive single point',
        run: () => go(whatIf ? { whatIf: false } : { whatIf: true, view: 'canvas' }),
      },
      { id: 'design.canvas', label: 'Show the canvas', group, run: () => go({ view: 'canvas' }) },
      { id: 'design.table', label: 'Show the table', group, run: () => go({ view: 'table' }) },
      writing({ id: 'design.tidy', label: 'Tidy the canvas', group, words: 'layout', run: tidy }),
      ...ADDITIONS.map((addition) =>
        writing({
          id: `design.add.${addition.id}`,
          label: `Add ${addition.label}`,
          group,
          run: () => add(addition),
        }),
      ),
    ]
  }, [store, save, toggleEditing, tidy, add, go, text, whatIf, readOnlyReason])
  usePageActions(actions)
}

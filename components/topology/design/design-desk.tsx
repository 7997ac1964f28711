'use client'

import Link from 'next/link'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useWhyNotRole } from '@/components/query/use-may'
import { DocumentSecrets } from '@/components/secrets/document-secrets'
import { buttonClass } from '@/components/ui/button-class'
import { Panel } from '@/components/ui/panel'
import { confirmDone } from '@/components/ui/toast'
import { useCanvasWhatIf } from '@/components/what-if/canvas-what-if'
import { WhatIfStrip } from '@/components/what-if/what-if-strip'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Observed } from '@/lib/plan/observed'
import { TopologyCanvas } from '../canvas/topology-canvas'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { whyNotEdit } from '../editor/editor-store'
import { removeEdit } from '../editor/remove-edit'
import { useDraft } from '../editor/use-draft'
import { Inspector } from '../inspector/inspector'
import { type Addition, findAddition } from '../palette/additions'
import { Palette } from '../palette/palette'
import { ProblemList } from '../problems/problem-list'
import { ObjectTable } from '../table/object-table'
import { TextPane } from '../text/text-pane'
import { EmptyDrawing, isBlank } from './empty-drawing'
import { NewsLine } from './news-line'
import { DraftNotice, FailureNotice, NewerNotice } from './notices'
import { SaveBar, SaveState } from './save-bar'
import { Toolbar } from './toolbar'
import { useDesignUrl } from './use-design-url'
import { useEditorKeys } from './use-editor-keys'
import { useNarrow } from './use-narrow'

/** Everything on the Design page, around one editor. */
export function DesignDesk({ head, observed }: { head: TopologyHead; observed: Observed | null }) {
  const store = useEditorStore()
  const [url, go] = useDesignUrl()
  const [editing, setEditing] = useState(false)
  const [problemsOpen, setProblemsOpen] = useState(false)
  const selected = useEditor((editor) => editor.selected)
  const name = useEditor((editor) => editor.history.doc.topology.name)
  const narrow = useNarrow()
  const role = useWhyNotRole('editor', { topology: head.id })
  const fault = useEditor(whyNotEdit)
  const mayNot = narrow ? 'Editing needs a wider screen.' : role
  const readOnlyReason = mayNot ?? fault
  const [draft, draftDone] = useDraft(store)
  const panel = useRef<HTMLDivElement>(null)
  const message = useRef<HTMLInputElement>(null)

  useFollow(head)
  useSelectionInUrl(url.item, go)
  useEffect(() => {
    document.title = `Design ${name} - Drawbridge`
  }, [name])

  const { save, add, tidy, dropKind, removeSelected } = useDeskActions(url.lens, setEditing)
  const inspect = useCallback(() => focusFirst(panel.current), [])
  const toggleEditing = useCallback(() => setEditing((on) => !on), [])
  const saveByKey = useCallback(() => void save(message.current?.value ?? ''), [save])
  useEditorKeys({
    save: saveByKey,
    toggleEditing,
    tidy,
    add,
    go,
    text: url.text,
    whatIf: url.whatIf,
    readOnlyReason: mayNot,
  })

  const topology = useEditor((editor) => editor.history.doc.topology)
  const unsaved = useEditor((editor) => editor.unsaved > 0)
  const asked = useCanvasWhatIf(url.whatIf && url.view === 'canvas', topology, selected)
  const fateOf = asked?.kind === 'answer' ? asked.groupOf : null
  const closeInspector = () => {
    const path = store.getState().selected?.join('/')
    store.getState().select(null)
    if (path) document.querySelector<HTMLElement>(`[data-id="${CSS.escape(path)}"]`)?.focus()
  }
  const showProblems = selected === null && problemsOpen

  return (
    <div className="flex h-[calc(100dvh-var(--frame-top))] flex-col max-sm:h-[calc(100dvh-var(--frame-top)-56px-env(safe-area-inset-bottom))]">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2 sm:px-4">
        <div className="min-w-0 flex-1 basis-80">
          <div className="flex flex-wrap items-baseline gap-x-3">
            <h1 className="text-title">Design</h1>
            <span className="truncate text-caption text-ink-3">{name}</span>
            <NewsLine />
          </div>
          <p className="text-body text-ink-2" aria-live="polite">
            <SaveState />
          </p>
        </div>
        <Link href={pages.addresses(head.id)} className={buttonClass()}>
          Addresses
        </Link>
        <SaveBar messageRef={message} onSave={save} disabledReason={mayNot} />
      </header>
      <div className="px-3 sm:px-4">
        {draft ? <DraftNotice draft={draft} onDone={draftDone} /> : null}
        <NewerNotice />
        <FailureNotice />
      </div>
      <Toolbar
        url={url}
        go={go}
        editing={editing}
        onToggleEditing={toggleEditing}
        onTidy={tidy}
        onSecrets={() => {
          go({ secrets: selected !== null || !url.secrets })
          store.getState().select(null)
        }}
        onProblems={() => {
          setProblemsOpen((open) => selected !== null || url.secrets || !open)
          go({ secrets: false })
          store.getState().select(null)
        }}
        readOnlyReason={mayNot}
      />
      <div className="flex min-h-0 flex-1">
        {editing && url.view === 'canvas' && !narrow ? (
          <Palette
            onAdd={add}
            onDragStart={() => setEditing(true)}
            disabledReason={readOnlyReason}
          />
        ) : null}
        <div className="relative flex min-w-0 flex-1 flex-col">
          {asked ? (
            <WhatIfStrip
              answer={asked}
              topologyId={head.id}
              unsaved={unsaved}
              onClose={() => go({ whatIf: false })}
            />
          ) : null}
          <div className="relative min-h-0 flex-1">
            {url.view === 'canvas' && !editing && isBlank(topology) ? (
              <EmptyDrawing readOnlyReason={mayNot} onEdit={toggleEditing} />
            ) : null}
            {url.view === 'canvas' ? (
              <TopologyCanvas
                lens={url.lens}
                observed={observed}
                editing={editing && readOnlyReason === null}
                onInspect={inspect}
                onRemove={removeSelected}
                onDropKind={dropKind}
                fateOf={fateOf}
              />
            ) : (
              <ObjectTable
                key={url.kind}
                kind={url.kind}
                readOnlyReason={readOnlyReason}
                onAdd={add}
                onInspect={(path) => {
                  store.getState().select(path)
                  requestAnimationFrame(inspect)
                }}
              />
            )}
          </div>
        </div>
        {url.text && !narrow ? (
          <div className="w-2/5 min-w-80 border-line border-l">
            <TextPane readOnly={mayNot !== null} />
          </div>
        ) : null}
        <div ref={panel} className="flex min-h-0">
          {selected ? (
            <Inspector
              path={selected}
              readOnlyReason={readOnlyReason}
              onClose={closeInspector}
              onWhatIf={() => go({ whatIf: true, view: 'canvas' })}
            />
          ) : url.secrets ? (
            <Panel name="secrets" title="Secrets" onClose={() => go({ secrets: false })}>
              <DocumentSecrets
                topologyId={head.id}
                topology={topology}
                mayNot={role}
                onOpen={(path) => store.getState().select(path)}
              />
            </Panel>
          ) : showProblems ? (
            <Panel name="problems" title="Problems" onClose={() => setProblemsOpen(false)}>
              <ProblemList />
            </Panel>
          ) : null}
        </div>
      </div>
    </div>
  )
}

/** Newer heads from the server, and this page's own saves as they come round. */
function useFollow(head: TopologyHead): void {
  const store = useEditorStore()
  useEffect(() => store.getState().receive(head), [store, head])
}

/** The selection and the URL's `item` follow each other; a link to an object opens it. */
function useSelectionInUrl(
  item: readonly string[] | null,
  go: (change: { item: readonly string[] | null }) => void,
): void {
  const store = useEditorStore()
  const key = item?.join('/') ?? null
  useEffect(() => {
    const now = store.getState().selected?.join('/') ?? null
    if (key !== now) store.getState().select(key === null ? null : key.split('/'))
  }, [key, store])
  useEffect(
    () =>
      store.subscribe((state, before) => {
        if (state.selected !== before.selected) go({ item: state.selected })
      }),
    [store, go],
  )
}

function useDeskActions(
  lens: Parameters<typeof TopologyCanvas>[0]['lens'],
  setEditing: (editing: boolean) => void,
) {
  const store = useEditorStore()
  const save = useCallback(
    async (message: string) => {
      const saved = await store.getState().save(message.trim())
      if (saved) confirmDone(`Saved r${store.getState().revision.number}`)
      return saved
    },
    [store],
  )
  const place = useCallback(
    (addition: Addition, target: readonly string[] | null) => {
      const { history, edit, select } = store.getState()
      const { topology } = history.doc
      if (addition.whyNot?.(topology)) return
      const added = addition.make(topology, target)
      edit(added.label, added.edit)
      select(added.path)
    },
    [store],
  )
  const add = useCallback(
    (addition: Addition) => place(addition, store.getState().selected),
    [place, store],
  )
  const dropKind = useCallback(
    (kind: string, target: readonly string[] | null) => {
      const addition = findAddition(kind)
      if (addition === null) return
      setEditing(true)
      place(addition, target)
    },
    [place, setEditing],
  )
  const tidy = useCallback(() => {
    const before = store.getState().tidy(lens)
    confirmDone('Tidied', { run: () => store.getState().move(lens, before) })
  }, [store, lens])
  const removeSelected = useCallback(() => {
    const { selected, edit } = store.getState()
    if (selected) edit(`Remove ${selected.at(-1)}`, removeEdit(selected))
  }, [store])
  return { save, add, dropKind, tidy, removeSelected }
}

/** The first control of the panel, where Enter on the canvas leads. */
function focusFirst(panel: HTMLElement | null): void {
  panel
    ?.querySelector<HTMLElement>('input:not([readonly]), select:not([disabled]), textarea, button')
    ?.focus()
}

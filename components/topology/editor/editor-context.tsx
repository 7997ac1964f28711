'use client'

import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { Editor, EditorStore } from './editor-store'

const EditorContext = createContext<EditorStore | null>(null)

/** Gives the editor of one topology to everything below it. */
export function EditorProvider({ store, children }: { store: EditorStore; children: ReactNode }) {
  return <EditorContext value={store}>{children}</EditorContext>
}

/** The store itself, for handlers that read when they run. */
export function useEditorStore(): EditorStore {
  const store = useContext(EditorContext)
  if (store === null) throw new Error('useEditor needs an EditorProvider above it')
  return store
}

/** A part of the editor; the component draws again when that part changes. */
export function useEditor<T>(select: (editor: Editor) => T): T {
  return useStore(useEditorStore(), select)
}

'use client'

// Before anything that has a schema.
import './parse-without-code'

import { useState } from 'react'
import { useObserved, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { Skeleton } from '@/components/ui/states'
import { client } from '@/lib/api/client'
import type { TopologyHead } from '@/lib/api/contract'
import { EditorProvider } from '../editor/editor-context'
import { createEditor, type EditorStore } from '../editor/editor-store'
import { DesignDesk } from './design-desk'

/** The Design page: one document as canvas, table and text. */
export function Design({ topologyId }: { topologyId: string }) {
  const head = useTopology(topologyId)
  return (
    <QueryView query={head} skeleton={<Loading />}>
      {(loaded) => <Opened key={topologyId} head={loaded} />}
    </QueryView>
  )
}

function Loading() {
  return (
    <div role="status" aria-label="Loading the document" className="flex flex-col gap-4 p-4">
      <Skeleton className="h-7 w-60" />
      <Skeleton className="h-11" />
      <Skeleton className="h-[60dvh]" />
    </div>
  )
}

/** The editor lives as long as the page; newer heads are handed to it, never replace it. */
function Opened({ head }: { head: TopologyHead }) {
  const [store] = useState(() => openEditor(head))
  const observed = useObserved(head.id)
  return (
    <EditorProvider store={store}>
      <DesignDesk head={head} observed={observed.data?.observed ?? null} />
    </EditorProvider>
  )
}

function openEditor(head: TopologyHead): EditorStore {
  return createEditor(head, {
    save: (text, parent, message) => client.save(head.id, { text, parent, message }),
    saveLayout: (layout) => client.saveLayout(head.id, layout),
  })
}

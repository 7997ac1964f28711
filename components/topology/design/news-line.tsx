'use client'

import { X } from 'lucide-react'
import { Fragment } from 'react'
import { IconButton } from '@/components/ui/button'
import { useNow } from '@/components/ui/now'
import type { Json } from '@/lib/topology/change'
import { atPath } from '@/lib/topology/json'
import type { Topology } from '@/lib/topology/topology'
import type { Touched } from '@/lib/topology/touched'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { MARKED_MS, type News, whoOf } from '../editor/news'
import { objectWords } from './place-words'

/** So many objects are named; the others are counted. */
const NAMED = 3

/** "anna changed k8s-worker-1, added VLAN 70": what came in by itself, for as long as it is marked. */
export function NewsLine() {
  const news = useEditor((editor) => editor.news)
  const last = news.at(-1)
  return (
    <span role="status" className="flex min-w-0 items-center gap-1 text-caption text-ink-2">
      {last === undefined ? null : <Recent key={last.at} news={last} />}
    </span>
  )
}

function Recent({ news }: { news: News }) {
  const store = useEditorStore()
  const now = useNow()
  const topology = useEditor((editor) => editor.history.doc.topology)
  if (now !== null && now - news.at >= MARKED_MS) return null
  const named = news.touched.slice(0, NAMED)
  const more = news.touched.length - named.length
  return (
    <>
      <span className="truncate">
        {whoOf(news)}{' '}
        {named.map((touched, n) => (
          <Fragment key={touched.path.join('/')}>
            {n > 0 ? ', ' : ''}
            {touched.verb === named[n - 1]?.verb ? '' : `${touched.verb} `}
            <Named touched={touched} topology={topology} />
          </Fragment>
        ))}
        {more > 0 ? ` and ${more} more` : ''}
      </span>
      <IconButton
        size="sm"
        label="Dismiss the news"
        icon={<X size={12} aria-hidden />}
        onClick={() => store.getState().dismissNews()}
      />
    </>
  )
}

/** The object's name, which opens it where it is still there. */
function Named({ touched, topology }: { touched: Touched; topology: Topology }) {
  const store = useEditorStore()
  const words = objectWords(touched, topology)
  const isThere = atPath(topology as unknown as Json, touched.path) !== undefined
  if (!isThere || touched.path.length < 2) return <>{words}</>
  return (
    <button
      type="button"
      className="min-h-6 text-work hover:underline"
      onClick={() => store.getState().select(touched.path)}
    >
      {words}
    </button>
  )
}

'use client'

import { useEffect, useState } from 'react'
import { useEditor } from './editor-context'
import { type FreshMark, freshMarks, MARKED_MS } from './news'

const NONE: ReadonlyMap<string, FreshMark> = new Map()

/** What others changed in the last minute and a half, by object path joined by `/`. */
export function useFreshMarks(): ReadonlyMap<string, FreshMark> {
  const news = useEditor((editor) => editor.news)
  const [marks, setMarks] = useState(NONE)
  useEffect(() => {
    const update = () => {
      const fresh = freshMarks(news, Date.now())
      setMarks(fresh.size > 0 ? fresh : NONE)
    }
    update()
    const timers = news.map(({ at }) =>
      setTimeout(update, Math.max(at + MARKED_MS - Date.now(), 0)),
    )
    return () => {
      for (const timer of timers) clearTimeout(timer)
    }
  }, [news])
  return marks
}

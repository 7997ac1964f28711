'use client'

import { useSearchParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import { KINDS, type Kind } from '@/lib/topology/topology'
import { LENSES, type Lens } from '../lens/box'

export type View = 'canvas' | 'table'
export type DesignUrl = {
  view: View
  lens: Lens
  /** Kind of the table. */
  kind: Kind
  /** Text beside it. */
  text: boolean
  /** The panel of the document's secrets. */
  secrets: boolean
  /** The canvas shows what happens without the selected object. */
  whatIf: boolean
  item: readonly string[] | null
}

/** View, lens, table, text and selection of the editor live in the URL, so that they can be linked. */
export function useDesignUrl(): [DesignUrl, (change: Partial<DesignUrl>) => void] {
  const search = useSearchParams()
  const url = useMemo(() => readDesignUrl(search), [search])
  const change = useCallback((next: Partial<DesignUrl>) => {
    const now = readDesignUrl(new URLSearchParams(window.location.search))
    const query = writeDesignUrl({ ...now, ...next })
    window.history.replaceState(null, '', `${window.location.pathname}${query}`)
  }, [])
  return [url, change]
}

export function readDesignUrl(search: Pick<URLSearchParams, 'get'>): DesignUrl {
  const item = search.get('item')
  return {
    view: search.get('view') === 'table' ? 'table' : 'canvas',
    lens: LENSES.find((lens) => lens === search.get('lens')) ?? 'network',
    kind: KINDS.find((kind) => kind === search.get('kind')) ?? 'vms',
    text: search.get('text') === '1',
    secrets: search.get('secrets') === '1',
    whatIf: search.get('what-if') === '1',
    item: item ? item.split('/') : null,
  }
}

/** `?view=table&kind=pools`; what is at its default is left out. */
export function writeDesignUrl(url: DesignUrl): string {
  const { view, lens, kind, text, secrets, whatIf, item } = url
  const search = new URLSearchParams()
  if (view !== 'canvas') search.set('view', view)
  if (lens !== 'network') search.set('lens', lens)
  if (kind !== 'vms') search.set('kind', kind)
  if (text) search.set('text', '1')
  if (secrets) search.set('secrets', '1')
  if (whatIf) search.set('what-if', '1')
  if (item) search.set('item', item.join('/'))
  return search.size > 0 ? `?${search}` : ''
}

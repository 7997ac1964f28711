/** How the question is put: things die, a host is emptied, or more VMs are wanted. */
export type Question = 'dies' | 'maintenance' | 'more'
export type WhatIfUrl = {
  question: Question
  /** Things by their path in the document; of the other questions the first counts. */
  objects: readonly string[]
  /** How many more VMs. */
  count: number
}

export const MOST_MORE = 100

/** What a link asks: `?object=hosts/pve1&object=hosts/pve2`, `?question=more&object=vms/web&count=2`. */
export function readWhatIfUrl(search: Pick<URLSearchParams, 'get' | 'getAll'>): WhatIfUrl {
  const asked = search.get('question')
  const count = Number(search.get('count'))
  return {
    question: asked === 'maintenance' || asked === 'more' ? asked : 'dies',
    objects: [...new Set(search.getAll('object').filter(Boolean))],
    count: Number.isInteger(count) && count >= 1 && count <= MOST_MORE ? count : 1,
  }
}

/** The query of a question; what is at its default is left out. */
export function writeWhatIfUrl({ question, objects, count }: WhatIfUrl): string {
  const search = new URLSearchParams()
  if (question !== 'dies') search.set('question', question)
  for (const object of objects) search.append('object', object)
  if (question === 'more' && count !== 1) search.set('count', String(count))
  return search.size > 0 ? `?${search}` : ''
}

/** The query that asks what happens without some things. */
export const whatIfQuery = (...objects: string[]): string =>
  writeWhatIfUrl({ question: 'dies', objects, count: 1 })

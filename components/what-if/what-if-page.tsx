'use client'

import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import { Page } from '@/components/frame/page'
import { useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { buttonClass } from '@/components/ui/button'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Dependencies } from '@/lib/topology/what-if/dependencies'
import { type Growth, oneMore } from '@/lib/topology/what-if/one-more'
import { type SinglePoint, singlePoints } from '@/lib/topology/what-if/single-points'
import { type Outcome, whatIf } from '@/lib/topology/what-if/what-if'
import { useDependencies } from './dependencies-of'
import { GrowthView } from './growth-view'
import { OutcomeView } from './outcome-view'
import { QuestionForm } from './question-form'
import { SinglePointsTable } from './single-points-table'
import { readWhatIfUrl, type WhatIfUrl, writeWhatIfUrl } from './what-if-url'

/** What stops, and what survives, when a host, disk, network or service of the saved document dies. */
export function WhatIfPage({ topologyId }: { topologyId: string }) {
  const head = useTopology(topologyId)
  return <QueryView query={head}>{(loaded) => <Asked key={topologyId} head={loaded} />}</QueryView>
}

/** The question lives in the URL, so that it can be linked and put into a chat. */
function useQuestion(): [WhatIfUrl, (change: Partial<WhatIfUrl>) => void] {
  const search = useSearchParams()
  const url = useMemo(() => readWhatIfUrl(search), [search])
  const ask = useCallback((change: Partial<WhatIfUrl>) => {
    const now = readWhatIfUrl(new URLSearchParams(window.location.search))
    const query = writeWhatIfUrl({ ...now, ...change })
    window.history.replaceState(null, '', `${window.location.pathname}${query}`)
  }, [])
  return [url, ask]
}

type Answer =
  | { kind: 'none' }
  | { kind: 'outcome'; outcome: Outcome }
  | { kind: 'growth'; growth: Growth }

/** The answer to a question; none while it names nothing of the document. */
function answerTo({ question, objects, count }: WhatIfUrl, dependencies: Dependencies): Answer {
  const { graph, topology } = dependencies
  const known = objects.filter((id) => graph.things.has(id))
  const first = known[0]
  if (first === undefined) return { kind: 'none' }
  if (question === 'more') {
    const growth = oneMore(topology, { like: first.slice('vms/'.length), count })
    return growth ? { kind: 'growth', growth } : { kind: 'none' }
  }
  if (question === 'dies') {
    return { kind: 'outcome', outcome: whatIf(dependencies, { kind: 'dies', things: known }) }
  }
  const host = known.find((id) => graph.things.get(id)?.kind === 'host')
  if (host === undefined) return { kind: 'none' }
  const event = { kind: 'maintenance', host: host.slice('hosts/'.length) } as const
  return { kind: 'outcome', outcome: whatIf(dependencies, event) }
}

function Asked({ head }: { head: TopologyHead }) {
  const [url, ask] = useQuestion()
  const dependencies = useDependencies(head.document)
  const points = useMemo(() => singlePoints(dependencies), [dependencies])
  const answer = useMemo(() => answerTo(url, dependencies), [url, dependencies])
  const first = url.objects[0]
  return (
    <Page
      title="What if"
      kind={`${head.name} r${head.revision.number}`}
      sentence={sentenceOf(answer, url, points)}
      actions={
        <Link
          href={`${pages.design(head.id)}${first === undefined ? '' : `?item=${encodeURIComponent(first)}&what-if=1`}`}
          className={buttonClass({})}
        >
          {first === undefined ? 'Open the canvas' : 'Show on the canvas'}
        </Link>
      }
    >
      <QuestionForm url={url} ask={ask} dependencies={dependencies} />
      {answer.kind === 'outcome' ? (
        <OutcomeView
          outcome={answer.outcome}
          onAsk={(id) => ask({ question: 'dies', objects: [id] })}
        />
      ) : null}
      {answer.kind === 'growth' ? <GrowthView growth={answer.growth} /> : null}
      <SinglePointsTable
        points={points}
        selected={url.question === 'dies' && url.objects.length === 1 ? (first ?? null) : null}
        onPick={(id) => ask({ question: 'dies', objects: [id] })}
      />
    </Page>
  )
}

function sentenceOf(answer: Answer, url: WhatIfUrl, points: readonly SinglePoint[]): string {
  if (answer.kind === 'outcome') return answer.outcome.sentence
  if (answer.kind === 'growth') return answer.growth.sentence
  if (url.objects.length > 0) {
    return `${url.objects.join(', ')} is not in this revision - choose something that is.`
  }
  const worst = points[0]
  if (!worst) return 'The drawing has nothing yet that could die.'
  return `The worst to lose: ${worst.sentence}`
}

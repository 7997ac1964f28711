'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { AuditHistory } from '@/components/audit/audit-history'
import { Page, Section } from '@/components/frame/page'
import { GitTab } from '@/components/git/git-tab'
import { useRevisions, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { cn } from '@/components/ui/cn'
import { Tabs } from '@/components/ui/tabs'
import { Time } from '@/components/ui/time'
import type { RevisionSummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { Compare } from './compare'

/** A revision's number in the URL; null where it is none. */
export function readRevision(text: string | null): number | null {
  const n = Number(text)
  return text !== null && Number.isInteger(n) && n > 0 ? n : null
}

/** Who changed what and why; two revisions compared; one restored. */
export function HistoryPage({ topologyId }: { topologyId: string }) {
  const search = useSearchParams()
  const router = useRouter()
  const revisions = useRevisions(topologyId)
  const head = useTopology(topologyId)
  const chosen = readRevision(search.get('revision'))
  const other = readRevision(search.get('with'))
  const show = (revision: number, against: number | null) => {
    const query = new URLSearchParams({ revision: String(revision) })
    if (against !== null) query.set('with', String(against))
    router.replace(`${pages.history(topologyId)}?${query}`, { scroll: false })
  }
  const applied = head.data?.appliedRevision ?? null
  const shownRevisions = (
    <>
      <QueryView query={revisions}>
        {(list) => {
          const newest = list[0]
          const shown = list.find((each) => each.number === (chosen ?? newest?.number))
          return (
            <div className="grid gap-6 md:grid-cols-[minmax(260px,340px)_minmax(0,1fr)]">
              <Section title="Revisions" className="mb-0">
                <ol className="divide-y divide-line rounded-md border border-line bg-surface-1">
                  {list.map((revision) => (
                    <RevisionLine
                      key={revision.number}
                      revision={revision}
                      applied={revision.number === applied}
                      chosen={revision.number === shown?.number}
                      onChoose={() => show(revision.number, null)}
                    />
                  ))}
                </ol>
              </Section>
              {shown && newest ? (
                <Compare
                  key={`${shown.number}-${other}`}
                  topologyId={topologyId}
                  revisions={list}
                  revision={shown}
                  head={newest}
                  against={other ?? shown.parent}
                  onAgainst={(number) => show(shown.number, number)}
                />
              ) : null}
            </div>
          )
        }}
      </QueryView>
      <Section title="Everything that was done" className="mt-6">
        <AuditHistory topologyId={topologyId} />
      </Section>
    </>
  )
  return (
    <Page
      title="History"
      kind={head.data?.name}
      sentence={head.data ? historySentence(head.data.revision, applied) : undefined}
    >
      <Tabs
        label="History"
        value={search.get('tab') === 'git' ? 'git' : 'revisions'}
        onChange={(tab) =>
          router.replace(tab === 'git' ? pages.git(topologyId) : pages.history(topologyId), {
            scroll: false,
          })
        }
        tabs={[
          { id: 'revisions', label: 'Revisions', content: shownRevisions },
          { id: 'git', label: 'Git', content: <GitTab topologyId={topologyId} /> },
        ]}
      />
    </Page>
  )
}

function historySentence(head: RevisionSummary, applied: number | null): string {
  if (applied === null) return `r${head.number} is the newest; nothing was deployed yet.`
  if (applied === head.number) return `r${head.number} is the newest and is what was deployed.`
  return `r${head.number} is the newest; r${applied} is what was deployed.`
}

function RevisionLine({
  revision,
  applied,
  chosen,
  onChoose,
}: {
  revision: RevisionSummary
  applied: boolean
  chosen: boolean
  onChoose: () => void
}) {
  return (
    <li>
      <button
        type="button"
        aria-current={chosen || undefined}
        onClick={onChoose}
        className={cn(
          'flex w-full items-baseline gap-2 px-3 py-1.5 text-left hover:bg-surface-2',
          chosen && 'bg-surface-2',
        )}
      >
        <span className="w-10 shrink-0 font-mono">r{revision.number}</span>
        <span className="min-w-0 flex-1">
          <span className="block truncate">{revision.message || 'No message'}</span>
          <span className="text-caption text-ink-3">
            {revision.author}, <Time at={revision.at} />
            {revision.deployable ? '' : ', has blockers'}
          </span>
        </span>
        {applied ? (
          <span className="rounded-sm border border-ok px-1 text-caption text-ok">deployed</span>
        ) : null}
      </button>
    </li>
  )
}

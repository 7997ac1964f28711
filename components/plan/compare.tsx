'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { Section } from '@/components/frame/page'
import { useRevision } from '@/components/query/queries'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import { confirmDone } from '@/components/ui/toast'
import { client } from '@/lib/api/client'
import type { Revision, RevisionSummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { diff } from '@/lib/topology/diff'
import { ChangeList } from './change-list'
import { DiffView } from './diff-view'

const NOTHING = 'nothing'

/** One revision against another: values first, then the text; and the way back to it. */
export function Compare({
  topologyId,
  revisions,
  revision,
  head,
  against,
  onAgainst,
}: {
  topologyId: string
  revisions: readonly RevisionSummary[]
  revision: RevisionSummary
  head: RevisionSummary
  /** Null: the first revision has nothing before it. */
  against: number | null
  onAgainst: (number: number | null) => void
}) {
  const shown = useRevision(topologyId, revision.number)
  const before = useRevision(topologyId, against)
  const others = revisions.filter((each) => each.number !== revision.number)
  return (
    <div className="min-w-0">
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="text-name">
            <span className="font-mono">r{revision.number}</span> {revision.message}
          </h2>
        </div>
        <Field label="Compared with" className="w-60">
          {(control) => (
            <Select
              {...control}
              value={against === null ? NOTHING : String(against)}
              onChange={({ target }) =>
                onAgainst(target.value === NOTHING ? null : Number(target.value))
              }
              options={[
                ...(against === null ? [{ value: NOTHING, label: 'nothing before it' }] : []),
                ...others.map(({ number, message }) => ({
                  value: String(number),
                  label: `r${number} ${message}`.slice(0, 60),
                })),
              ]}
            />
          )}
        </Field>
        <Restore topologyId={topologyId} revision={revision} head={head} />
      </div>
      <QueryView query={shown}>
        {(data) =>
          against === null ? (
            <Differences before={null} after={data} />
          ) : (
            <QueryView query={before}>
              {(old) => <Differences before={old} after={data} />}
            </QueryView>
          )
        }
      </QueryView>
    </div>
  )
}

function Differences({ before, after }: { before: Revision | null; after: Revision }) {
  const [older, newer] =
    before !== null && before.number > after.number ? [after, before] : [before, after]
  const changes = older === null ? [] : diff(older.document, newer.document)
  return (
    <>
      <Section
        title="Values"
        aside={older === null ? undefined : `from r${older.number} to r${newer.number}`}
      >
        {older === null ? (
          <p className="text-ink-2">The first revision: everything in it is new.</p>
        ) : (
          <ChangeList changes={changes} />
        )}
      </Section>
      <Section title="Text">
        <DiffView before={older?.text ?? ''} after={newer.text} />
      </Section>
    </>
  )
}

/** Makes a new revision with the old text. Nothing that runs changes by it; a plan does that. */
function Restore({
  topologyId,
  revision,
  head,
}: {
  topologyId: string
  revision: RevisionSummary
  head: RevisionSummary
}) {
  const router = useRouter()
  const queries = useQueryClient()
  const role = useWhyNotRole('editor', { topology: topologyId })
  const restore = useMutation({
    mutationFn: () =>
      client.restore(topologyId, { revision: revision.number, parent: head.number }),
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: keys.topology(topologyId) })
      confirmDone(`r${revision.number} is back as r${saved.revision.number}. Plan it to deploy it.`)
      router.replace(pages.history(topologyId))
    },
  })
  return (
    <>
      <Button
        busy={restore.isPending}
        disabledReason={
          revision.hash === head.hash ? 'This is what is saved as the newest already.' : role
        }
        onClick={() => restore.mutate()}
      >
        Restore r{revision.number}
      </Button>
      {restore.error ? (
        <div className="basis-full">
          <FailureNote error={restore.error} />
        </div>
      ) : null}
    </>
  )
}

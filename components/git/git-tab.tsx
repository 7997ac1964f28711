'use client'

import { useMutation } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { Section } from '@/components/frame/page'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { gitClient } from '@/lib/api/client-git'
import type { GitLinkAnswer } from '@/lib/api/contract-git'
import { pages } from '@/lib/api/paths'
import { GitChoices } from './git-choices'
import { GitHook } from './git-hook'
import { GitHostKey } from './git-host-key'
import { GitKey } from './git-key'
import { GitLog } from './git-log'
import { GitSettingsForm } from './git-settings-form'
import { standingOf } from './git-words'
import { useGit, useGitChange } from './use-git'

/** Whether a topology and its Git repository are in step, what came and went, and how it is set up. */
export function GitTab({ topologyId }: { topologyId: string }) {
  const git = useGit(topologyId)
  return (
    <QueryView query={git}>
      {({ link }) =>
        link === null ? (
          <NotKept topologyId={topologyId} />
        ) : (
          <Kept topologyId={topologyId} link={link} />
        )
      }
    </QueryView>
  )
}

function NotKept({ topologyId }: { topologyId: string }) {
  const [open, setOpen] = useState(false)
  const role = useWhyNotRole('admin', { topology: topologyId })
  if (open)
    return (
      <Section title="Keep it in Git">
        <GitSettingsForm topologyId={topologyId} link={null} onDone={() => setOpen(false)} />
      </Section>
    )
  return (
    <EmptyState
      title="This topology is not kept in Git"
      action={
        <Button variant="primary" disabledReason={role} onClick={() => setOpen(true)}>
          Keep it in Git
        </Button>
      }
    >
      Here will be the commits that went out and came in. The panel pushes what people save with a
      message or deploy, and takes what others commit; both sides are merged object by object, and
      nothing is ever pushed by force.
    </EmptyState>
  )
}

function Kept({ topologyId, link }: { topologyId: string; link: GitLinkAnswer }) {
  const { state, sentence } = standingOf(link)
  return (
    <div className="grid gap-x-6 lg:grid-cols-[minmax(0,1fr)_minmax(300px,400px)]">
      <div className="min-w-0">
        <div className="mb-4 rounded-md border border-line bg-surface-1 p-4">
          <p className="flex max-w-[72ch] items-start gap-2 text-prose" role="status">
            <StateMark state={state} className="mt-1" />
            <span className="wrap-anywhere">
              {sentence}{' '}
              {link.state.kind === 'failed' ? (
                <code className="font-mono text-caption text-ink-2">{link.state.code}</code>
              ) : null}
            </span>
          </p>
          <Facts link={link} />
          <Actions topologyId={topologyId} link={link} />
        </div>
        <GitHostKey topologyId={topologyId} link={link} />
        <GitChoices topologyId={topologyId} link={link} />
        <Section title="Commits">
          <GitLog topologyId={topologyId} link={link} />
        </Section>
      </div>
      <div className="min-w-0">
        <GitKey link={link} />
        <GitHook topologyId={topologyId} link={link} />
        <Section title="Settings">
          <GitSettingsForm topologyId={topologyId} link={link} />
        </Section>
      </div>
    </div>
  )
}

function Facts({ link }: { link: GitLinkAnswer }) {
  const { settings, state, fetchedAt, pushedAt } = link
  const rows: [string, React.ReactNode][] = [
    [
      'Repository',
      <span key="url" className="wrap-anywhere font-mono">
        {settings.url}
      </span>,
    ],
    [
      'Branch',
      <span key="branch" className="font-mono">
        {settings.branch}
      </span>,
    ],
    ['Last looked', fetchedAt === null ? 'never' : <Time key="f" at={fetchedAt} />],
    ['Last pushed', pushedAt === null ? 'never' : <Time key="p" at={pushedAt} />],
    ...(state.kind === 'failed'
      ? [['Next try', <Time key="r" at={state.retryAt} />] as [string, React.ReactNode]]
      : []),
  ]
  return (
    <dl className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Actions({ topologyId, link }: { topologyId: string; link: GitLinkAnswer }) {
  const editor = useWhyNotRole('editor', { topology: topologyId })
  const operator = useWhyNotRole('operator', { topology: topologyId })
  const sync = useGitChange(topologyId, (commit: boolean) => gitClient.sync(topologyId, { commit }))
  const test = useMutation({ mutationFn: () => gitClient.test(topologyId) })
  const held = link.waiting.some(({ state }) => state === 'held')
  const error = sync.error ?? test.error
  return (
    <>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          busy={sync.isPending}
          disabledReason={editor}
          onClick={() => sync.mutate(false)}
        >
          Look at Git now
        </Button>
        {held ? (
          <Button busy={sync.isPending} disabledReason={editor} onClick={() => sync.mutate(true)}>
            Commit what waits
          </Button>
        ) : null}
        <Button busy={test.isPending} disabledReason={operator} onClick={() => test.mutate()}>
          Test the repository
        </Button>
        {test.data ? (
          <Link className="text-work underline" href={pages.job(test.data.jobId)}>
            See what the test says
          </Link>
        ) : null}
      </div>
      {error ? (
        <div className="mt-2">
          <FailureNote error={error} />
        </div>
      ) : null}
    </>
  )
}

import Link from 'next/link'
import { StateWord } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import type { GitLinkAnswer, GitLogEntry } from '@/lib/api/contract-git'
import { pages } from '@/lib/api/paths'

/** Commits in and out, newest first, the refused ones with the places to correct. */
export function GitLog({ topologyId, link }: { topologyId: string; link: GitLinkAnswer }) {
  const { log, settings } = link
  if (log.length === 0) return <p className="text-ink-2">Nothing has gone out or come in yet.</p>
  return (
    <ol
      aria-label="Commits in and out"
      className="divide-y divide-line rounded-md border border-line bg-surface-1"
    >
      {log.map((entry) => (
        <li key={entry.commit} className="px-3 py-1.5">
          <Entry topologyId={topologyId} entry={entry} path={settings.path} />
        </li>
      ))}
    </ol>
  )
}

const OUTCOMES = {
  pushed: { state: 'ok', word: 'pushed' },
  taken: { state: 'ok', word: 'taken' },
  refused: { state: 'fail', word: 'refused' },
  conflict: { state: 'warn', word: 'conflict' },
} as const

function Entry({
  topologyId,
  entry,
  path,
}: {
  topologyId: string
  entry: GitLogEntry
  path: string
}) {
  const { state, word } = OUTCOMES[entry.outcome]
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-3">
        <StateWord state={state}>{word}</StateWord>
        <span className="min-w-0 flex-1 basis-40 truncate" title={entry.subject}>
          {entry.subject}
        </span>
        <code className="font-mono text-caption text-ink-3">{entry.commit.slice(0, 10)}</code>
      </div>
      <p className="text-caption text-ink-3">
        {entry.author}, <Time at={entry.at} />
        {entry.revision === null ? null : (
          <>
            {', '}
            <Link
              className="text-work underline"
              href={`${pages.history(topologyId)}?revision=${entry.revision}`}
            >
              r{entry.revision}
            </Link>
          </>
        )}
        {entry.note === '' ? '' : `. ${entry.note}`}
      </p>
      {entry.problems.length > 0 ? (
        <ul className="mt-1 grid gap-1" aria-label={`What is wrong with ${entry.subject}`}>
          {entry.problems.map((problem) => (
            <li key={`${problem.line} ${problem.message}`} className="max-w-[72ch] text-ink-2">
              <code className="font-mono text-caption">
                {path}
                {problem.line > 0 ? `:${problem.line}` : ''}
              </code>{' '}
              {problem.message}{' '}
              <code className="font-mono text-caption text-ink-3">{problem.code}</code>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  )
}

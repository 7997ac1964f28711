import type { GitProblem } from '@/lib/api/contract-git'
import type { Actor } from '@/lib/db/audit'
import type { LoggedCommit } from '@/lib/db/git-log'
import type { CommitFacts } from '@/lib/git/repository'
import { showHidden } from '@/lib/topology/parse/hidden-characters'

/** Anybody may write any name into a commit: it never stands there without where it comes from. */
export const authorOf = ({ author }: Pick<CommitFacts, 'author'>): Actor => ({
  ...{ id: null, via: 'provisioner', from: null },
  name: `${oneLine(author, 60) || 'somebody'} (Git)`,
})

/** The first line of what a commit says, or which one it is. */
export const subjectOf = ({ message, commit }: Pick<CommitFacts, 'message' | 'commit'>): string =>
  oneLine(message.split('\n')[0] ?? '', 200) || `Commit ${commit.slice(0, 10)}`

/** At most so many characters, none of them hidden or cut in half. */
export const oneLine = (text: string, most: number): string =>
  showHidden([...text.replace(/\s+/gu, ' ').trim()].slice(0, most).join(''))

/** Whether a revision was made of this commit. */
export const cameOf = (
  { author, message }: { author: string; message: string },
  facts: CommitFacts,
): boolean => author === authorOf(facts).name && message === subjectOf(facts)

/** A commit of somebody else as it is written down. */
export const toLogged = (
  facts: CommitFacts,
  outcome: LoggedCommit['outcome'],
  revision: number | null,
): LoggedCommit => ({
  ...{ commit: facts.commit, direction: 'in', outcome, revision, problems: [] },
  ...{ author: authorOf(facts).name, subject: subjectOf(facts) },
})

/** Of a commit whose text made no revision. */
export const NOTHING_NEW = 'It says what the panel has already.'

export const GONE: GitProblem = {
  ...{ line: 0, path: [], code: 'git.file-missing' },
  message:
    'The commit deletes the document - the panel keeps its own - write it again, or say where it is now.',
}

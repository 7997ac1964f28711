import type { GitState } from './contract-git'
import { pages } from './paths'
import type { Cause } from './status-causes'

/** Where a topology's file is kept. */
export type GitPlace = { branch: string; path: string }

/**
 * Why a topology and its branch are out of step until a person does something, in one sentence that
 * says what; null while they are in step or were not looked at yet.
 */
export function outOfStep(state: GitState, { branch, path }: GitPlace): string | null {
  switch (state.kind) {
    case 'new':
    case 'in-step':
      return null
    case 'to-merge':
      return `${branch} takes no push from the panel: merge ${state.branch} into it.`
    case 'refused':
      return state.problems.some(({ code }) => code === 'connection.not-yours')
        ? 'The newest commit is refused: it names a connection that has to be named in the panel first.'
        : `The newest commit is refused: correct ${path} in Git and push again.`
    case 'conflict':
      return `Git and the panel changed ${placesOf(state)} differently: choose whose value stands.`
    case 'history-rewritten':
      return `The history of ${branch} was rewritten: nothing is pushed or taken until you choose.`
    case 'unrelated':
      return `${path} is there already and is another document: choose which one counts.`
    case 'branch-missing':
      return `There is no branch ${branch} any more: make it again, or name another one.`
    case 'file-missing':
      return `${path} was deleted in Git: write it again, or name another path.`
    case 'host-key-unknown':
      return 'The server’s host key waits to be compared and accepted.'
    case 'host-key-changed':
      return 'The server shows another host key than the accepted one: nothing is said to it.'
    case 'failed':
      return state.message
  }
}

const placesOf = ({ conflicts }: Extract<GitState, { kind: 'conflict' }>): string =>
  conflicts.length === 1 ? (conflicts[0]?.path.join('.') ?? '') : `${conflicts.length} fields`

/** A server that is away for a while is tried again by itself; after so long a person is told. */
const AWAY_MS = 3_600_000

/** A link as status judges it. `reachedAt`: when the server answered last, null if it never did. */
export type WatchedGit = GitPlace & {
  topologyId: string
  name: string
  state: GitState
  reachedAt: number | null
}

/** What status says of a topology that is out of step with Git; null where nobody has to do anything. */
export function gitCause(git: WatchedGit, now: number): Cause | null {
  const { topologyId, name, state, reachedAt } = git
  const sentence = outOfStep(state, git)
  if (sentence === null) return null
  const failed = state.kind === 'failed'
  if (failed && reachedAt !== null && now - reachedAt < AWAY_MS) return null
  return {
    level: failed ? 'unknown' : 'warn',
    sentence: `Git of ${name}: ${sentence}`,
    takes: [],
    since: failed ? reachedAt : null,
    canWait: 'Yes: machines run on, and nothing of either side is lost.',
    action: { label: 'Open Git', href: pages.git(topologyId) },
  }
}

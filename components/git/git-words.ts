import type { GitChoice, GitLinkAnswer, GitState } from '@/lib/api/contract-git'
import { outOfStep } from '@/lib/api/status-git'
import type { Json } from '@/lib/topology/change'

/** How a topology and its repository stand: a shape, and one sentence that a tired person can act on. */
export type GitStanding = { state: 'ok' | 'work' | 'warn' | 'fail' | 'unknown'; sentence: string }

/** See {@link GitStanding}. */
export function standingOf(link: GitLinkAnswer): GitStanding {
  const { state, settings, waiting } = link
  const due = waiting.filter((each) => each.state === 'due')
  const behind = due.length === 0 ? '' : ` ${revisions(due.length)} for Git.`
  if (link.asked && (state.kind === 'new' || state.kind === 'in-step'))
    return { state: 'work', sentence: `Git is being looked at.${behind}` }
  if (state.kind === 'new')
    return { state: 'unknown', sentence: 'Nobody has looked at the repository yet.' }
  const reason = outOfStep(state, settings)
  if (reason === null) return inStep(link)
  const mark = state.kind === 'to-merge' || state.kind === 'refused' ? 'warn' : 'fail'
  return { state: mark, sentence: state.kind === 'refused' ? `${reason}${behind}` : reason }
}

function inStep({ settings, waiting }: GitLinkAnswer): GitStanding {
  const due = waiting.filter(({ state }) => state === 'due').length
  if (due > 0) return { state: 'work', sentence: `${revisions(due)} for Git.` }
  const held = waiting.length
  const wait = settings.commitOn === 'deploy' ? 'a deploy' : 'a message or a deploy'
  return {
    state: 'ok',
    sentence:
      held === 0
        ? `${settings.branch} and the panel are in step.`
        : `In step with ${settings.branch}; ${held === 1 ? '1 revision waits' : `${held} revisions wait`} for ${wait}.`,
  }
}

const revisions = (n: number) =>
  n === 1 ? '1 revision is on its way' : `${n} revisions are on their way`

/** What each choice brings about in a state, on its button and below it. */
export function choiceWords(
  choice: GitChoice,
  kind: GitState['kind'],
): { label: string; help: string } {
  if (kind === 'conflict')
    return choice === 'theirs'
      ? {
          label: 'Take Git’s values',
          help: 'Of these fields only; everything else of both stays. Makes a revision.',
        }
      : {
          label: 'Keep the panel’s values',
          help: 'Of these fields only; everything else of both stays. Makes a commit.',
        }
  if (choice === 'theirs')
    return {
      label: 'Take Git’s document',
      help: 'As a new revision. What the panel has stays in its history and can be restored.',
    }
  if (choice === 'new-branch')
    return {
      label: 'Push the panel’s to a new branch',
      help: 'On top of what Git has now. The panel follows that branch from then on.',
    }
  return kind === 'branch-missing'
    ? { label: 'Make the branch again', help: 'With the panel’s document in it.' }
    : { label: 'Write the file again', help: 'As a commit with the panel’s document.' }
}

/** A value of a field, as short as it goes. */
export const valueWords = (value: Json | null): string =>
  value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)

import { expect, test } from 'vitest'
import { CHOICES, type GitLinkAnswer, type GitState } from '@/lib/api/contract-git'
import { choiceWords, standingOf } from './git-words'

const link = (state: GitState, more: Partial<GitLinkAnswer> = {}): GitLinkAnswer => ({
  settings: {
    ...{ url: 'https://git.lan/a', branch: 'main', path: 'a.yaml', auth: 'token', username: 'p' },
    ...{ caPem: null, commitOn: 'message', intervalS: 300, autoApply: false },
  },
  ...{ state, publicKey: null, hostKey: null, tokenSet: true, hookSet: false, fetchedAt: 1 },
  ...{ pushedAt: 1, asked: false, choice: null, waiting: [], log: [], ...more },
})

const due = { revision: 2, state: 'due', attempts: 0, lastError: null } as const
const commit = 'c'.repeat(40)
const conflict = { path: ['sizes', 'small', 'cpus'], panel: 4, git: 3 }

test.each<[GitState, Partial<GitLinkAnswer>, string, string]>([
  [{ kind: 'in-step' }, {}, 'ok', 'main and the panel are in step.'],
  [{ kind: 'in-step' }, { waiting: [due] }, 'work', '1 revision is on its way for Git.'],
  [
    { kind: 'in-step' },
    { waiting: [{ ...due, state: 'held' }] },
    'ok',
    'In step with main; 1 revision waits for a message or a deploy.',
  ],
  [{ kind: 'in-step' }, { asked: true }, 'work', 'Git is being looked at.'],
  [{ kind: 'refused', commit, problems: [] }, {}, 'warn', 'The newest commit is refused'],
  [
    {
      ...{ kind: 'refused', commit },
      problems: [{ line: 5, path: [], message: 'No.', code: 'connection.not-yours' }],
    },
    { waiting: [due] },
    'warn',
    'named in the panel first. 1 revision is on its way',
  ],
  [{ kind: 'conflict', commit, conflicts: [conflict] }, {}, 'fail', 'sizes.small.cpus'],
  [{ kind: 'history-rewritten', commit }, {}, 'fail', 'was rewritten'],
  [{ kind: 'to-merge', branch: 'drawbridge/a' }, {}, 'warn', 'merge drawbridge/a into it'],
  [{ kind: 'failed', code: 'x', message: 'No way.', retryAt: 1 }, {}, 'fail', 'No way.'],
])('$kind is told in one sentence', (state, more, mark, words) => {
  const standing = standingOf(link(state, more))
  expect(standing.state).toBe(mark)
  expect(standing.sentence).toContain(words)
})

test('every choice has words of its own in its state', () => {
  for (const [kind, choices] of Object.entries(CHOICES)) {
    const labels = choices.map((choice) => choiceWords(choice, kind as GitState['kind']).label)
    expect(new Set(labels).size).toBe(choices.length)
  }
})

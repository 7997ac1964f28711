import { expect, test } from 'vitest'
import type { GitState } from './contract-git'
import { gitCause } from './status-git'

const HOUR = 3_600_000
const NOW = 1_700_000_000_000
const commit = 'c'.repeat(40)
const causeOf = (state: GitState, reachedAt: number | null = NOW) =>
  gitCause(
    {
      ...{ topologyId: 'rack', name: 'Rack', branch: 'main', path: 'rack.yaml' },
      state,
      reachedAt,
    },
    NOW,
  )

test('in step there is nothing to say', () => {
  expect(causeOf({ kind: 'in-step' })).toBeNull()
  expect(causeOf({ kind: 'new' })).toBeNull()
})

test.each<[GitState, string]>([
  [{ kind: 'refused', commit, problems: [] }, 'The newest commit is refused: correct rack.yaml'],
  [{ kind: 'history-rewritten', commit }, 'The history of main was rewritten'],
  [{ kind: 'to-merge', branch: 'drawbridge/rack' }, 'merge drawbridge/rack into it'],
  [{ kind: 'conflict', commit, conflicts: [] }, 'changed 0 fields differently'],
  [{ kind: 'file-missing', commit }, 'rack.yaml was deleted in Git'],
])('$kind waits for a person, and the way leads to the Git tab', (state, words) => {
  const cause = causeOf(state)
  expect(cause).toMatchObject({
    level: 'warn',
    action: { label: 'Open Git', href: '/t/rack/plan/history?tab=git' },
  })
  expect(cause?.sentence).toMatch(/^Git of Rack: /)
  expect(cause?.sentence).toContain(words)
})

test('a server that is away is told after an hour, or at once if it never answered', () => {
  const failed: GitState = { kind: 'failed', code: 'git.x', message: 'No way.', retryAt: NOW }
  expect(causeOf(failed, NOW - HOUR + 1)).toBeNull()
  expect(causeOf(failed, NOW - HOUR)).toMatchObject({ level: 'unknown', since: NOW - HOUR })
  expect(causeOf(failed, null)?.sentence).toBe('Git of Rack: No way.')
})

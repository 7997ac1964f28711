'use client'

import { Section } from '@/components/frame/page'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { gitClient } from '@/lib/api/client-git'
import {
  CHOICES,
  type GitChoice,
  type GitConflict,
  type GitLinkAnswer,
} from '@/lib/api/contract-git'
import { choiceWords, valueWords } from './git-words'
import { useGitChange } from './use-git'

/** The ways on from a state in which nothing goes on by itself. Nothing where there is none. */
export function GitChoices({ topologyId, link }: { topologyId: string; link: GitLinkAnswer }) {
  const { state } = link
  const role = useWhyNotRole('admin', { topology: topologyId })
  const choose = useGitChange(topologyId, (choice: GitChoice) =>
    gitClient.choose(topologyId, {
      ...{ choice, state: state.kind },
      commit: 'commit' in state ? state.commit : null,
    }),
  )
  const choices = CHOICES[state.kind] ?? []
  if (choices.length === 0) return null
  return (
    <Section title="How to go on">
      {state.kind === 'conflict' ? <Conflicts conflicts={state.conflicts} /> : null}
      {state.kind === 'branch-missing' && state.branches.length > 0 ? (
        <p className="mb-3 max-w-[72ch] text-ink-2">
          Branches that are there: <span className="font-mono">{state.branches.join(', ')}</span>
        </p>
      ) : null}
      <ul className="grid gap-3">
        {choices.map((choice) => {
          const { label, help } = choiceWords(choice, state.kind)
          const taken = link.choice !== null ? 'It is being carried out.' : null
          return (
            <li key={choice}>
              <Button
                busy={choose.isPending && choose.variables === choice}
                disabledReason={role ?? taken}
                onClick={() => choose.mutate(choice)}
              >
                {label}
              </Button>
              <p className="mt-1 max-w-[72ch] text-caption text-ink-3">{help}</p>
            </li>
          )
        })}
      </ul>
      {choose.error ? (
        <div className="mt-2">
          <FailureNote error={choose.error} />
        </div>
      ) : null}
    </Section>
  )
}

/** Both sides of every field that both changed; both are kept until somebody chooses. */
const Conflicts = ({ conflicts }: { conflicts: readonly GitConflict[] }) => (
  <div className="mb-3 overflow-x-auto rounded-md border border-line">
    <table className="w-full text-left" aria-label="Fields that both changed">
      <thead className="bg-surface-2 text-caption text-ink-2">
        <tr>
          {['Field', 'Panel', 'Git'].map((title) => (
            <th key={title} scope="col" className="px-3 py-1 font-medium">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {conflicts.map(({ path, panel, git }) => (
          <tr key={path.join('.')} className="border-line border-t">
            <th scope="row" className="px-3 py-1 font-mono font-normal">
              {path.join('.')}
            </th>
            <td className="px-3 py-1 font-mono">{valueWords(panel)}</td>
            <td className="px-3 py-1 font-mono">{valueWords(git)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

import Link from 'next/link'
import { buttonClass } from '@/components/ui/button'
import { EmptyState, ErrorState } from '@/components/ui/states'
import { pages } from '@/lib/api/paths'
import type { Problem, Severity } from '@/lib/topology/problem'

const LEVEL: Record<Severity, 'fail' | 'warn' | 'unknown'> = {
  blocker: 'fail',
  warning: 'warn',
  note: 'unknown',
}

/** The problems that are pinned to one object. */
export const problemsOf = (
  problems: readonly Problem[],
  kind: string,
  id: string,
): readonly Problem[] => problems.filter(({ path }) => path[0] === kind && path[1] === id)

/** What is wrong with one object in the drawing; fixes are edits, so they are made there. */
export function ObjectProblems({
  topologyId,
  problems,
}: {
  topologyId: string
  problems: readonly Problem[]
}) {
  if (problems.length === 0)
    return <EmptyState title="No problem">Nothing in the drawing speaks against it.</EmptyState>
  return (
    <div className="flex flex-col gap-2">
      {problems.map((problem) => (
        <ErrorState
          key={`${problem.code} ${problem.path.join('/')}`}
          level={LEVEL[problem.severity]}
          message={problem.message}
          code={problem.code}
          action={
            <Link
              href={`${pages.design(topologyId)}?item=${encodeURIComponent(problem.path.slice(0, 2).join('/'))}`}
              className={buttonClass({ size: 'sm' })}
            >
              {problem.fix ? problem.fix.label : 'Open in the drawing'}
            </Link>
          }
        />
      ))}
    </div>
  )
}

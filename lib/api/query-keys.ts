import type { Goal } from '@/lib/plan/plan'
import type { JobsQuery } from './client'

/**
 * Keys of the browser's cache. What is below a topology begins with its key, so that one
 * invalidation of `keys.topology(t)` reaches its revisions, plan and observation too.
 */
export const keys = {
  session: () => ['session'] as const,
  topologies: () => ['topologies'] as const,
  topology: (t: string) => ['topology', t] as const,
  /** The head alone: GET /api/t/:t. */
  head: (t: string) => ['topology', t, 'head'] as const,
  revisions: (t: string) => ['topology', t, 'revisions'] as const,
  revision: (t: string, n: number) => ['topology', t, 'revisions', n] as const,
  /** Without a goal: all plans of the topology. */
  plan: (t: string, goal?: Goal) =>
    goal ? (['topology', t, 'plan', goal] as const) : (['topology', t, 'plan'] as const),
  observed: (t: string) => ['topology', t, 'observed'] as const,
  /** Without a query: all job lists. */
  jobs: (query?: JobsQuery) => (query ? (['jobs', query] as const) : (['jobs'] as const)),
  job: (id: string) => ['job', id] as const,
  connections: () => ['connections'] as const,
  status: () => ['status'] as const,
}

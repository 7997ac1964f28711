'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { client, type JobsQuery } from '@/lib/api/client'
import { keys } from '@/lib/api/query-keys'
import type { Goal } from '@/lib/plan/plan'

/*
 * One hook per question a page asks. Live messages make the answers old (useLiveQueries), so none
 * of them polls but the status. `null` for a name that is not known yet keeps the question unasked.
 */

export const useSession = () =>
  useQuery({ queryKey: keys.session(), queryFn: ({ signal }) => client.session(signal) })

export const useTopologies = () =>
  useQuery({ queryKey: keys.topologies(), queryFn: ({ signal }) => client.topologies(signal) })

export const useTopology = (t: string | null) =>
  useQuery({
    queryKey: keys.head(t ?? ''),
    queryFn: ({ signal }) => client.topology(t ?? '', signal),
    enabled: t !== null,
  })

export const useRevisions = (t: string) =>
  useQuery({
    queryKey: keys.revisions(t),
    queryFn: ({ signal }) => client.revisions(t, signal),
  })

export const useRevision = (t: string, n: number | null) =>
  useQuery({
    queryKey: keys.revision(t, n ?? 0),
    queryFn: ({ signal }) => client.revision(t, n ?? 0, signal),
    enabled: n !== null,
    // A revision never changes.
    staleTime: Number.POSITIVE_INFINITY,
  })

export const usePlan = (t: string | null, goal: Goal) =>
  useQuery({
    queryKey: keys.plan(t ?? '', goal),
    queryFn: ({ signal }) => client.plan(t ?? '', goal, signal),
    enabled: t !== null,
  })

export const useObserved = (t: string | null) =>
  useQuery({
    queryKey: keys.observed(t ?? ''),
    queryFn: ({ signal }) => client.observed(t ?? '', signal),
    enabled: t !== null,
  })

export const useJobs = (query: JobsQuery = {}) =>
  useQuery({
    queryKey: keys.jobs(query),
    queryFn: ({ signal }) => client.jobs(query, signal),
    placeholderData: keepPreviousData,
  })

export const useJob = (id: string) =>
  useQuery({ queryKey: keys.job(id), queryFn: ({ signal }) => client.job(id, signal) })

export const useConnections = () =>
  useQuery({ queryKey: keys.connections(), queryFn: ({ signal }) => client.connections(signal) })

export const useStatus = () =>
  useQuery({
    queryKey: keys.status(),
    queryFn: ({ signal }) => client.status(signal),
    // Judged by the clock: when nothing is read any more, no message says so.
    refetchInterval: 60_000,
  })

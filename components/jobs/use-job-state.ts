'use client'

import { useRef } from 'react'
import type { JobDetail } from '@/lib/api/contract'
import type { JobState } from '@/lib/jobs/journal'
import type { JobFollowed } from '@/lib/live/subscribe-job'
import { advance, type Folded } from './job-view'

/**
 * The job's state: folded from the stream where it knows more, else as the API answered. Both come
 * from the same journal by the same fold, so whichever has read further is right.
 */
export function useJobState(detail: JobDetail | undefined, stream: JobFollowed): JobState | null {
  const held = useRef<Folded>({ events: [], state: null })
  held.current = advance(held.current, stream.events)
  const live = held.current.state
  if (!detail) return live
  return live !== null && live.seq >= detail.state.seq ? live : detail.state
}

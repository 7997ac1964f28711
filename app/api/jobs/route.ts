import { JobsFilter } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { sightOf } from '@/lib/auth/sight'
import { listJobs } from '@/lib/db/job-rows'

export const GET = route('GET /api/jobs', { query: JobsFilter }, async ({ query, session }) => {
  const { db, now } = panel()
  const { topology, ...filter } = query
  const sight = await sightOf(db, session)
  return listJobs(db, { ...filter, topologyId: topology, sight }, now())
})

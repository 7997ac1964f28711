import { JobsFilter } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { listJobs } from '@/lib/db/job-rows'

export const GET = route('GET /api/jobs', { query: JobsFilter }, ({ query }) => {
  const { topology, ...filter } = query
  return listJobs(panel().db, { ...filter, topologyId: topology }, panel().now())
})

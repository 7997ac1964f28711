import { RevisionParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { getRevision } from '@/lib/db/topologies'

export const GET = route('GET /api/t/[t]/revisions/[n]', { params: RevisionParams }, ({ params }) =>
  getRevision(panel().db, params.t, params.n),
)

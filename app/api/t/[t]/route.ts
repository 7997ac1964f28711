import { TopologyParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { getHead } from '@/lib/db/topologies'

export const GET = route('GET /api/t/[t]', { params: TopologyParams }, ({ params }) =>
  getHead(panel().db, params.t),
)

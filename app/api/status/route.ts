import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { readStatus } from '@/lib/db/status'

export const GET = route('GET /api/status', {}, () => readStatus(panel().db, panel().now()))

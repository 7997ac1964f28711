import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { listTokens } from '@/lib/db/api-tokens'

export const GET = route('GET /api/tokens', {}, () => listTokens(panel().db))

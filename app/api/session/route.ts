import { route } from '@/lib/api/route'
import { toSessionAnswer } from '@/lib/auth/answer'
import { panel } from '@/lib/auth/panel'

export const GET = route('GET /api/session', {}, ({ session }) => toSessionAnswer(panel(), session))

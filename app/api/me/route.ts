import { route } from '@/lib/api/route'
import { toMyAccount } from '@/lib/auth/my-account'
import { panel } from '@/lib/auth/panel'

export const GET = route('GET /api/me', {}, ({ session }) => toMyAccount(panel(), session))

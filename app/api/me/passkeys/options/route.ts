import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { askToAdd } from '@/lib/auth/passkeys'

export const POST = route('POST /api/me/passkeys/options', {}, ({ me, headers }) =>
  askToAdd(panel(), headers, me),
)

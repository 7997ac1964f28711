import { PutOidc } from '@/lib/api/requests-people'
import { route } from '@/lib/api/route'
import { answerOidc, changeOidc, removeOidc } from '@/lib/auth/change-oidc'
import { panel } from '@/lib/auth/panel'

export const GET = route('GET /api/settings/oidc', {}, ({ headers }) =>
  answerOidc(panel(), headers),
)

export const PUT = route(
  'PUT /api/settings/oidc',
  { body: PutOidc },
  async ({ body, actor, headers }) => {
    await changeOidc(panel(), actor, body)
    return answerOidc(panel(), headers)
  },
)

export const DELETE = route('DELETE /api/settings/oidc', {}, async ({ actor, headers }) => {
  await removeOidc(panel(), actor)
  return answerOidc(panel(), headers)
})

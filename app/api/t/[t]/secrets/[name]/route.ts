import type { DocumentSecretsAnswer } from '@/lib/api/contract-secrets'
import { DocumentSecretParams, SetDocumentSecret } from '@/lib/api/requests-secrets'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { writerFor } from '@/lib/auth/writer'
import { listDocumentSecrets } from '@/lib/db/secret-list'
import { removeDocumentSecret, setDocumentSecret } from '@/lib/db/secret-write'

const answer = async (topologyId: string): Promise<DocumentSecretsAnswer> => ({
  secrets: await listDocumentSecrets(panel().db, topologyId),
})

export const PUT = route(
  'PUT /api/t/[t]/secrets/[name]',
  { params: DocumentSecretParams, body: SetDocumentSecret },
  async ({ params, body, actor }) => {
    const { db } = panel()
    const given = { topologyId: params.t, secret: params.name, value: body.value }
    await setDocumentSecret(db, given, await writerFor(actor))
    return answer(params.t)
  },
)

export const DELETE = route(
  'DELETE /api/t/[t]/secrets/[name]',
  { params: DocumentSecretParams },
  async ({ params, actor }) => {
    const { db, now } = panel()
    const which = { topologyId: params.t, secret: params.name }
    await removeDocumentSecret(db, which, { actor, now: now() })
    return answer(params.t)
  },
)

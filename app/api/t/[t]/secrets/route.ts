import type { DocumentSecretsAnswer } from '@/lib/api/contract-secrets'
import { TopologyParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { listDocumentSecrets } from '@/lib/db/secret-list'

export const GET = route(
  'GET /api/t/[t]/secrets',
  { params: TopologyParams },
  async ({ params }): Promise<DocumentSecretsAnswer> => ({
    secrets: await listDocumentSecrets(panel().db, params.t),
  }),
)

import type { OidcTestAnswer } from '@/lib/api/contract-people'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { PanelError } from '@/lib/base/errors'

/** Reads the provider's own description through the provisioner; what is wrong is a finding too. */
export const POST = route('POST /api/settings/oidc/test', {}, async (): Promise<OidcTestAnswer> => {
  try {
    return await panel().ask('oidc.test', {})
  } catch (error) {
    if (!(error instanceof PanelError) || error.code === 'worker.away') throw error
    return { findings: [{ level: 'fail', text: error.message }] }
  }
})

import { PanelError } from '@/lib/base/errors'
import type { Db } from '@/lib/db/client'
import { readEgress } from '@/lib/db/egress'
import { findOidcSettings, OIDC_SECRET } from '@/lib/db/oidc-settings'
import { type Allowed, makeEgress, targetOf } from '@/lib/io/egress'
import { examine } from '@/lib/oidc/examine'
import {
  type OpenedProvider,
  openProvider,
  type Provider,
  reopenProvider,
} from '@/lib/oidc/provider'
import { beginSignIn, finishSignIn } from '@/lib/oidc/sign-in'
import type { Secrets } from '@/lib/steps/handler'
import type { Answers } from './answers'

/** All requests of one question together: who signs in is told within 10 s that nobody answers. */
const WITHIN_MS = 9_000
/** The description that a round trip began with is good enough for its end. */
const KEEP_MS = 15 * 60_000

export type OidcAnswersOptions = { db: Db; secrets: Pick<Secrets, 'find'>; now(): number }

/** What the provisioner answers about sign-in through a provider: it alone speaks to it. */
export function oidcAnswers({ db, secrets, now }: OidcAnswersOptions): Answers {
  const egress = makeEgress(() => allowedIn(db))
  let held: { key: string; at: number; opened: OpenedProvider } | null = null
  const reaching = () => ({ egress, signal: AbortSignal.timeout(WITHIN_MS) })
  const describe = async () => {
    const { provider, key } = await providerIn(db, secrets)
    const opened = await openProvider(provider, reaching())
    held = { key, at: now(), opened }
    return opened
  }
  return {
    async 'oidc.begin'(question) {
      return beginSignIn(await describe(), question)
    },

    async 'oidc.finish'({ callbackUrl, sinceS, ...round }) {
      const { key } = await providerIn(db, secrets)
      const opened =
        held?.key === key && now() - held.at < KEEP_MS
          ? reopenProvider(held.opened, reaching())
          : await describe()
      return finishSignIn(opened, { callbackUrl, round, sinceS })
    },

    async 'oidc.test'() {
      return { findings: examine(await describe()) }
    },
  }
}

/** The stored provider with its secret; `key` is another when anything of it is. */
async function providerIn(
  db: Db,
  secrets: Pick<Secrets, 'find'>,
): Promise<{ provider: Provider; key: string }> {
  const settings = await findOidcSettings(db)
  if (!settings) throw new NoProviderError()
  const { issuer, clientId, scopes, nameClaim, groupsClaim, ca } = settings
  const clientSecret = await secrets.find(OIDC_SECRET)
  const provider = { issuer, clientId, clientSecret, scopes, nameClaim, groupsClaim, ca }
  return { provider, key: JSON.stringify([{ ...provider, clientSecret: clientSecret?.reveal() }]) }
}

/** The provider's own host, which an admin wrote down, and what an admin allowed besides. */
async function allowedIn(db: Db): Promise<Allowed[]> {
  const settings = await findOidcSettings(db)
  if (!settings) return []
  const by = 'the sign-in settings'
  const issuer = { ...targetOf(settings.issuer), reach: 'private', by } as const
  const { other } = await readEgress(db)
  return [
    issuer,
    ...other.map(({ host, port }) => ({ host, port, reach: 'private', by: 'an admin' }) as const),
  ]
}

/** People sign in here only. */
export class NoProviderError extends PanelError {
  readonly code = 'oidc.none'

  constructor() {
    super(
      'No provider is set up - people sign in to this panel itself - an admin enters one in Settings > People.',
    )
  }
}

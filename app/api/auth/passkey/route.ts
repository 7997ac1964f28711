import { signedIn } from '@/app/api/auth/signed-in'
import { Refusal } from '@/lib/api/refusal'
import { Passkey } from '@/lib/api/requests-account'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { provePasskey } from '@/lib/auth/passkeys'
import { peerFrom } from '@/lib/auth/peer'
import { askSecondFactor } from '@/lib/auth/second-factor'
import { refuseTooMany } from '@/lib/auth/sign-in-limit'
import { findForSignIn, type SignInAccount } from '@/lib/db/accounts'
import { notePasskeyUse } from '@/lib/db/accounts-passkeys'

export const POST = route(
  'POST /api/auth/passkey',
  { body: Passkey },
  async ({ body, headers, session }) => {
    const here = panel()
    const from = peerFrom(headers)
    refuseTooMany(here.linkLimit.attempt({ name: 'passkey', peer: from }, here.now()))
    const refused = (account: SignInAccount | null) =>
      here.noteSignInRefused({
        ...{ action: 'session.sign-in', way: 'passkey', via: 'browser' },
        ...{ account, from, now: here.now() },
      })
    const asked = { use: 'sign-in', userId: null, answer: body } as const
    const proved = await provePasskey(here, headers, asked).catch(async (error: unknown) => {
      if (error instanceof Refusal && error.code === 'passkey.not-proved') await refused(null)
      throw error
    })
    const { passkey, counter, userVerified } = proved
    const account = await findForSignIn(here.db, { id: passkey.userId })
    const used = { id: passkey.id, was: passkey.counter, counter, now: here.now() }
    if (!account || account.disabled || !(await notePasskeyUse(here.db, used))) {
      await refused(account)
      throw new Refusal(
        401,
        'session.switched-off',
        'You are not signed in - the passkey’s account was switched off, or the passkey was used elsewhere at the same time - ask an admin of this panel.',
      )
    }
    // With its PIN or fingerprint it was two factors; without it was one.
    if (!userVerified && account.hasTotp) return askSecondFactor(here, account.id)
    const start = { userId: account.id, kind: 'browser', method: 'passkey' } as const
    return signedIn(here, headers, { ...start, confirmed: true, replaces: session })
  },
)

'use client'

import { Page } from '@/components/frame/page'
import { ConnectProvider } from '@/components/people/connect-provider'
import { QueryView } from '@/components/query/query-view'
import type { MyAccount } from '@/lib/api/contract-account'
import { NewPlaces } from './new-places'
import { PasskeysSection } from './passkeys-section'
import { PasswordSection } from './password-section'
import { PhoneSection } from './phone-section'
import { SessionsSection } from './sessions-section'
import { TotpSection } from './totp-section'
import { useMyAccount } from './use-account'

/** How I sign in, and where I am signed in. */
export function AccountPage() {
  const me = useMyAccount()
  return (
    <Page
      title="My account"
      kind={me.data ? `${me.data.name}, ${me.data.role}` : undefined}
      sentence={me.data ? sentenceOf(me.data) : undefined}
    >
      <QueryView query={me}>
        {(data) => (
          <div className="flex max-w-240 flex-col">
            <NewPlaces me={data} />
            <PasswordSection me={data} />
            <TotpSection me={data} />
            <PasskeysSection me={data} />
            <ConnectProvider me={data} />
            <SessionsSection me={data} />
            <PhoneSection />
          </div>
        )}
      </QueryView>
    </Page>
  )
}

/** The one thing that a tired person should know of it. */
export function sentenceOf(me: MyAccount): string {
  const { hasPassword, totp, passkeys, recoveryCodesLeft } = me
  if (totp && recoveryCodesLeft === 0)
    return 'No recovery code is left: without the authenticator you would be locked out. Make new ones.'
  if (totp && recoveryCodesLeft <= 3)
    return `Only ${recoveryCodesLeft} of ten recovery codes are left. Make new ones.`
  if (hasPassword && !totp) {
    return passkeys.length > 0
      ? 'You have a passkey, and the password alone still lets anybody in who knows it. One-time codes close that.'
      : 'The password alone lets anybody in who knows it. A passkey or one-time codes make it much harder.'
  }
  if (!hasPassword && passkeys.length === 1)
    return 'One passkey is your only own way in. Add a second one, in case it is lost.'
  return 'A stolen password alone is not enough to get into this account.'
}

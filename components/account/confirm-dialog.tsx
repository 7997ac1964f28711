'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { type FormEvent, useEffect, useState } from 'react'
import { useSession } from '@/components/query/queries'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { Button, buttonClass } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { account } from '@/lib/api/client-account'
import type { ConfirmRequest, MyAccount } from '@/lib/api/contract-account'
import { api } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { accountKeys } from './account-keys'
import { PasswordField } from './password-field'
import { askPasskey, useWhyNoPasskeys, wasTurnedDown } from './web-authn'

type Props = { open: boolean; onProved: () => void; onClose: () => void }

/** Asks who is there, by whatever the account has: passkey, password with its code, or provider. */
export function ConfirmDialog({ open, onProved, onClose }: Props) {
  const me = useQuery({
    queryKey: accountKeys.me(),
    queryFn: ({ signal }) => account.me(signal),
    enabled: open,
  })
  const onPhone = useSession().data?.session?.kind === 'phone'
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Is it you?"
      description={`An open browser must not be enough for this. A proof counts for ${onPhone ? 5 : 30} minutes.`}
    >
      <QueryView query={me}>{(data) => <Ways me={data} onProved={onProved} />}</QueryView>
    </Dialog>
  )
}

function Ways({ me, onProved }: { me: MyAccount; onProved: () => void }) {
  const queries = useQueryClient()
  const confirm = useMutation({
    mutationFn: async (ask: () => Promise<ConfirmRequest>) => account.confirm(await ask()),
    onSuccess: (answer) => {
      queries.setQueryData(keys.session(), answer)
      onProved()
    },
  })
  const byPasskey = async (): Promise<ConfirmRequest> => {
    const { ticket, options } = await account.confirmQuestion()
    return { passkey: { ticket, response: await askPasskey(options) } }
  }
  const { error } = confirm
  const noPasskeys = useWhyNoPasskeys()
  return (
    <div className="flex flex-col gap-4">
      {me.passkeys.length > 0 ? (
        <Button
          variant={me.hasPassword ? undefined : 'primary'}
          icon={<KeyRound size={16} aria-hidden />}
          disabledReason={noPasskeys}
          busy={confirm.isPending}
          onClick={() => confirm.mutate(byPasskey)}
        >
          Use a passkey
        </Button>
      ) : null}
      <TypedWay
        me={me}
        busy={confirm.isPending}
        onSubmit={(request) => confirm.mutate(async () => request)}
      />
      {me.identities.length > 0 ? <ProviderWay /> : null}
      {error && !wasTurnedDown(error) ? <FailureNote error={error} /> : null}
    </div>
  )
}

/** The password, and with one-time codes in force a code along with it: two factors, as at the door. */
function TypedWay({
  me,
  busy,
  onSubmit,
}: {
  me: MyAccount
  busy: boolean
  onSubmit: (request: ConfirmRequest) => void
}) {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  if (!me.hasPassword) return null
  const withCode = me.totp !== null
  const missing = password === '' || (withCode && code === '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!missing) onSubmit(withCode ? { password, code } : { password })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {/* For password managers, which look for whose password it is. */}
      <input type="text" hidden name="username" autoComplete="username" value={me.name} readOnly />
      <PasswordField
        label="Password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      {withCode ? (
        <Field label="One-time code" help="Six digits from your authenticator.">
          {(control) => (
            <Input
              {...control}
              mono
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      <Button
        type="submit"
        variant="primary"
        busy={busy}
        disabledReason={missing ? 'Type it first.' : null}
      >
        It is me
      </Button>
    </form>
  )
}

/** A round trip to the provider; what was typed on this page does not come along. */
function ProviderWay() {
  const { data } = useSession()
  const pathname = usePathname()
  const [search, setSearch] = useState('')
  useEffect(() => setSearch(location.search), [])
  const oidc = data?.ways.oidc
  if (!oidc) return null
  const next = encodeURIComponent(pathname + search)
  return (
    <a href={`${api.oidcSignIn()}?confirm=1&next=${next}`} className={buttonClass({})}>
      Confirm with {oidc.name}
    </a>
  )
}

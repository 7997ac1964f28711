'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Section } from '@/components/frame/page'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { StateWord } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import { account } from '@/lib/api/client-account'
import type { MyAccount } from '@/lib/api/contract-account'
import { accountKeys } from './account-keys'
import { RecoveryCodesSheet } from './recovery-codes-sheet'
import { TotpSetup } from './totp-setup'
import { useAccountChange } from './use-account'
import { useConfirmed } from './use-confirmed'

/** One-time codes of an authenticator, and the recovery codes that stand in for it. */
export function TotpSection({ me }: { me: MyAccount }) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const [codes, setCodes] = useState<string[] | null>(null)
  const offer = useMutation({ mutationFn: () => confirmed(account.offerTotp) })
  const renew = useMutation({
    mutationFn: () => confirmed(account.newRecoveryCodes),
    onSuccess: (made) => show(made.codes),
  })
  const show = (made: string[]) => {
    setCodes(made)
    offer.reset()
    void queries.invalidateQueries({ queryKey: accountKeys.me() })
  }
  return (
    <Section title="One-time codes">
      <div className="flex flex-col items-start gap-3">
        {me.totp ? (
          <p className="text-ink-2">
            <StateWord state="ok">On</StateWord> since <Time at={me.totp.since} />. Recovery codes
            left: <span className="tabular-nums">{me.recoveryCodesLeft}</span> of 10.
          </p>
        ) : (
          <p className="max-w-[72ch] text-ink-2">
            After the password, the panel asks for six digits that only your authenticator knows.
          </p>
        )}
        {codes ? <RecoveryCodesSheet codes={codes} me={me} onClose={() => setCodes(null)} /> : null}
        {offer.data ? (
          <TotpSetup offer={offer.data} onProved={show} onClose={() => offer.reset()} />
        ) : (
          <div className="flex flex-wrap gap-2">
            <Button busy={offer.isPending} onClick={() => offer.mutate()}>
              {me.totp ? 'Set up another authenticator' : 'Set up one-time codes'}
            </Button>
            {me.totp ? (
              <>
                <Button busy={renew.isPending} onClick={() => renew.mutate()}>
                  Make new recovery codes
                </Button>
                <TurnOff />
              </>
            ) : null}
          </div>
        )}
        {offer.error ? <FailureNote error={offer.error} /> : null}
        {renew.error ? <FailureNote error={renew.error} /> : null}
      </div>
    </Section>
  )
}

function TurnOff() {
  const [asking, setAsking] = useState(false)
  const close = () => setAsking(false)
  const turnOff = useAccountChange(account.dropTotp, () => {
    confirmDone('One-time codes are off; the recovery codes are gone with them.')
    close()
  })
  return (
    <>
      <Button onClick={() => setAsking(true)}>Turn off one-time codes</Button>
      <Dialog
        open={asking}
        onClose={close}
        title="Turn off one-time codes"
        description="The password alone is then enough to get in. The recovery codes stop working too. The way back is setting them up again."
        footer={
          <>
            <Button onClick={close}>Keep them on</Button>
            <Button variant="danger" busy={turnOff.isPending} onClick={() => turnOff.mutate()}>
              Turn off one-time codes
            </Button>
          </>
        }
      >
        {turnOff.error ? <FailureNote error={turnOff.error} /> : null}
      </Dialog>
    </>
  )
}

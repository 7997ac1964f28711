'use client'

import { useMutation } from '@tanstack/react-query'
import { Section } from '@/components/frame/page'
import { useSession } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { useNow } from '@/components/ui/now'
import { QrCode } from '@/components/ui/qr-code'
import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { account } from '@/lib/api/client-account'
import type { PhoneLink } from '@/lib/api/contract-account'
import { pages } from '@/lib/api/paths'
import { useConfirmed } from './use-confirmed'

/** A QR code that puts Status on the phone: signed in for 30 days, to look. */
export function PhoneSection() {
  const confirmed = useConfirmed()
  const onPhone = useSession().data?.session?.kind === 'phone'
  const make = useMutation({ mutationFn: () => confirmed(account.phoneLink) })
  return (
    <Section title="Add a phone">
      <div className="flex flex-col items-start gap-3">
        <p className="max-w-[72ch] text-ink-2">
          Scan a code with the phone’s camera. It then shows Status and everything else for 30 days;
          to act it asks for your passkey or password again.
        </p>
        {make.data ? <Link link={make.data} /> : null}
        <Button
          busy={make.isPending}
          disabledReason={onPhone ? 'A phone lets no other phone in; do this at a desk.' : null}
          onClick={() => make.mutate()}
        >
          {make.data ? 'Make another code' : 'Show the code'}
        </Button>
        {make.error ? <FailureNote error={make.error} /> : null}
      </div>
    </Section>
  )
}

function Link({ link }: { link: PhoneLink }) {
  const now = useNow()
  const url = `${link.origin ?? location.origin}${pages.phone(link.token)}`
  if (now !== null && now > link.expiresAt)
    return <p className="text-ink-2">The code ended after 5 minutes.</p>
  return (
    <>
      {link.origin === null ? (
        <ErrorState
          level="warn"
          message="A phone cannot follow this link - the panel listens to this machine alone - start it with --lan and make the code again."
          code="phone.loopback"
        />
      ) : null}
      <div className="flex w-full flex-wrap items-start gap-4">
        <QrCode text={url} label="The link for the phone as a QR code" />
        <div className="min-w-0 flex-1 basis-70">
          <p className="mb-1 text-ink-2">
            Works once, and ends <Time at={link.expiresAt} />. Whoever opens it looks as you.
          </p>
          <CodeLine text={url} label="Copy link" />
        </div>
      </div>
    </>
  )
}

'use client'

import { useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { QrCode } from '@/components/ui/qr-code'
import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import type { Invited } from '@/lib/api/contract-people'
import { pages } from '@/lib/api/paths'

/** The one time that an invitation's link is shown. It is in this page's memory and nowhere else. */
export function InviteLink({ invited, onDone }: { invited: Invited; onDone: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const { person, token, expiresAt, origin } = invited
  const url = `${origin ?? location.origin}${pages.invite(token)}`
  return (
    <section
      aria-label="The invitation"
      className="mb-6 flex flex-col gap-3 rounded-md border border-ok bg-surface-1 p-4"
    >
      <h2 ref={heading} tabIndex={-1} className="text-name outline-none">
        Give this link to {person.name}: it is not shown again
      </h2>
      <div className="flex w-full flex-wrap items-start gap-4">
        <QrCode text={url} label={`The invitation of ${person.name} as a QR code`} />
        <div className="flex min-w-0 flex-1 basis-70 flex-col gap-2">
          <CodeLine text={url} label="Copy link" />
          <p className="max-w-[72ch] text-ink-2 text-prose">
            It works once and ends <Time at={expiresAt} />. Whoever opens it first becomes{' '}
            {person.name}, so hand it over in person or by a channel that you trust. An earlier link
            of {person.name} no longer works.
          </p>
          {origin === null ? (
            <ErrorState
              level="warn"
              message="Only this machine can follow this link - the panel listens to this machine alone - start it with --lan and make the link again."
              code="invite.loopback"
            />
          ) : null}
        </div>
      </div>
      <div>
        <Button variant="primary" onClick={onDone}>
          I have passed it on
        </Button>
      </div>
    </section>
  )
}

'use client'

import Link from 'next/link'
import { useState } from 'react'
import { Facts } from '@/components/machines/facts'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Panel } from '@/components/ui/panel'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import type { SecretSummary } from '@/lib/api/contract-secrets'
import { pages } from '@/lib/api/paths'
import { RevealSecret } from './reveal-secret'
import { useSetSecret } from './use-secrets'
import { ValueForm } from './value-form'

/** One secret: what uses it, its value on request, a new value, and its end. */
export function SecretPanel({ secret, onClose }: { secret: SecretSummary; onClose: () => void }) {
  return (
    <Panel
      name="secret"
      title={secret.title}
      subtitle={secret.topologyId ?? 'the panel'}
      onClose={onClose}
    >
      <div className="flex flex-col gap-6">
        <SecretFacts secret={secret} />
        <section aria-label="Value">
          <h3 className="mb-2 font-medium">Value</h3>
          <RevealSecret key={`${secret.name} ${secret.version}`} name={secret.name} />
        </section>
        <NewValue key={secret.name} secret={secret} />
        <RemoveSecret secret={secret} onRemoved={onClose} />
      </div>
    </Panel>
  )
}

function SecretFacts({ secret }: { secret: SecretSummary }) {
  const { name, at, by, version, users } = secret
  return (
    <Facts
      facts={[
        { label: 'Name', value: name, mono: true },
        {
          label: version === 1 ? 'Made' : 'Changed',
          value: (
            <>
              <Time at={at} /> by {by}
            </>
          ),
        },
        { label: 'Version', value: version },
        {
          label: 'Used by',
          value:
            users.length === 0 ? (
              'nothing any more'
            ) : (
              <ul>
                {users.map(({ label, href }) => (
                  <li key={label}>
                    {href ? (
                      <Link
                        href={href}
                        className="inline-flex min-h-6 items-center wrap-anywhere text-work hover:underline"
                      >
                        {label}
                      </Link>
                    ) : (
                      label
                    )}
                  </li>
                ))}
              </ul>
            ),
        },
        {
          label: 'History',
          value: (
            <Link
              href={pages.audit(`?object=${encodeURIComponent(`secret/${name}`)}`)}
              className="inline-flex min-h-6 items-center text-work hover:underline"
            >
              Who set and looked at it
            </Link>
          ),
        },
      ]}
    />
  )
}

function NewValue({ secret }: { secret: SecretSummary }) {
  const set = useSetSecret()
  const { name, kind, whyNotSet, topologyId } = secret
  return (
    <section aria-label="New value">
      <h3 className="mb-2 font-medium">New value</h3>
      {whyNotSet ? (
        <p className="text-ink-2">{whyNotSet}</p>
      ) : (
        <ValueForm
          label="New value"
          verb="Set the new value"
          help={
            kind === 'connection-token'
              ? 'It is tried at Proxmox first; one that Proxmox does not take replaces nothing.'
              : 'What uses it changes with the next Deploy; the plan shows it.'
          }
          busy={set.isPending}
          error={set.error}
          onSubmit={(value, done) =>
            set.mutate(
              { name, value },
              {
                onSuccess: () => {
                  done()
                  confirmDone('The new value is sealed.')
                },
              },
            )
          }
        >
          {topologyId ? (
            <Link
              href={pages.plan(topologyId)}
              className="inline-flex h-control items-center px-1 text-work hover:underline"
            >
              Plan
            </Link>
          ) : null}
        </ValueForm>
      )}
    </section>
  )
}

function RemoveSecret({ secret, onRemoved }: { secret: SecretSummary; onRemoved: () => void }) {
  const set = useSetSecret()
  const [asked, setAsked] = useState(false)
  const { name, title, whyNotRemove } = secret
  const remove = () =>
    set.mutate(
      { name, value: null },
      {
        onSuccess: () => {
          confirmDone(`${title} is removed.`)
          onRemoved()
        },
      },
    )
  return (
    <section aria-label="Remove">
      <Button disabledReason={whyNotRemove} onClick={() => setAsked(true)}>
        Remove secret
      </Button>
      {whyNotRemove ? <p className="mt-2 text-caption text-ink-3">{whyNotRemove}</p> : null}
      <Dialog
        open={asked}
        onClose={() => setAsked(false)}
        title={`Remove ${title}?`}
        description="Its value is gone for good: only a backup of the panel still has it."
        footer={
          <>
            <Button onClick={() => setAsked(false)}>Keep it</Button>
            <Button variant="danger" busy={set.isPending} onClick={remove}>
              Remove secret
            </Button>
          </>
        }
      >
        {set.error ? <FailureNote error={set.error} /> : null}
      </Dialog>
    </section>
  )
}

'use client'

import { useMutation } from '@tanstack/react-query'
import { useConfirmed } from '@/components/account/use-confirmed'
import { Section } from '@/components/frame/page'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { gitClient } from '@/lib/api/client-git'
import type { GitLinkAnswer } from '@/lib/api/contract-git'

/** A webhook, so that a push is taken at once and not at the next interval. */
export function GitHook({ topologyId, link }: { topologyId: string; link: GitLinkAnswer }) {
  const confirmed = useConfirmed()
  const role = useWhyNotRole('admin', { topology: topologyId })
  const make = useMutation({
    mutationFn: () => confirmed(() => gitClient.makeHook(topologyId)),
    gcTime: 0,
  })
  return (
    <Section title="Webhook">
      <p className="mb-2 max-w-[72ch] text-ink-2">
        {link.hookSet
          ? 'There is one: a push is taken at once. A new secret ends the old one.'
          : 'Without one a push is taken at the next interval.'}
      </p>
      {make.data ? (
        <dl className="mb-3 grid gap-2" aria-label="The new webhook">
          <div>
            <dt className="text-caption text-ink-2">Address (content type application/json)</dt>
            <dd>
              <CodeLine text={`${window.location.origin}${make.data.path}`} label="Copy address" />
            </dd>
          </div>
          <div>
            <dt className="text-caption text-ink-2">Secret, shown only now</dt>
            <dd>
              <CodeLine text={make.data.secret} label="Copy secret" />
            </dd>
          </div>
        </dl>
      ) : null}
      <Button busy={make.isPending} disabledReason={role} onClick={() => make.mutate()}>
        {link.hookSet ? 'Make a new webhook secret' : 'Make a webhook secret'}
      </Button>
      {make.error ? (
        <div className="mt-2">
          <FailureNote error={make.error} />
        </div>
      ) : null}
    </Section>
  )
}

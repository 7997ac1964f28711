'use client'

import { useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { Checkbox } from '@/components/ui/field'
import { StateMark } from '@/components/ui/state-mark'
import { gitClient } from '@/lib/api/client-git'
import type { GitLinkAnswer } from '@/lib/api/contract-git'
import { useGitChange } from './use-git'

/** The host key that the server shows, to be compared and accepted by a person. */
export function GitHostKey({ topologyId, link }: { topologyId: string; link: GitLinkAnswer }) {
  const { state } = link
  const [compared, setCompared] = useState(false)
  const role = useWhyNotRole('admin', { topology: topologyId })
  const accept = useGitChange(topologyId, (offered: string) =>
    gitClient.acceptHostKey(topologyId, { offered, compared: true }),
  )
  if (state.kind !== 'host-key-unknown' && state.kind !== 'host-key-changed') return null
  const changed = state.kind === 'host-key-changed'
  return (
    <section
      aria-label="Host key to compare"
      className={`mb-6 rounded-md border px-3 py-2 ${changed ? 'border-fail bg-fail/12' : 'border-warn bg-warn/12'}`}
    >
      <p className="flex max-w-[72ch] items-start gap-2 text-prose">
        <StateMark state={changed ? 'fail' : 'warn'} className="mt-1" />
        {changed
          ? 'The server was set up anew, or another machine answers in its place. Ask whoever runs it before you accept.'
          : 'The panel does not know this server yet. Compare the fingerprint with what its owner publishes, or what the server itself prints.'}
      </p>
      <dl className="mt-2 grid gap-2">
        {state.kind === 'host-key-changed' ? (
          <div>
            <dt className="text-caption text-ink-2">Accepted until now</dt>
            <dd className="wrap-anywhere font-mono">{state.expected}</dd>
          </div>
        ) : null}
        <div>
          <dt className="text-caption text-ink-2">Shown to the panel</dt>
          <dd>
            <CodeLine text={state.fingerprint} label="Copy fingerprint" />
          </dd>
        </div>
        <div>
          <dt className="text-caption text-ink-2">On the server, this command prints it</dt>
          <dd>
            <CodeLine text="for f in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $f; done" />
          </dd>
        </div>
      </dl>
      <Checkbox
        className="mt-3"
        label="I compared it, and it is the same"
        checked={compared}
        onChange={setCompared}
      />
      <Button
        className="mt-3"
        variant="primary"
        busy={accept.isPending}
        disabledReason={role ?? (compared ? null : 'Compare it first.')}
        onClick={() => accept.mutate(state.offered)}
      >
        Accept this host key
      </Button>
      {accept.error ? (
        <div className="mt-2">
          <FailureNote error={accept.error} />
        </div>
      ) : null}
    </section>
  )
}

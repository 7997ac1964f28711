'use client'

import Link from 'next/link'
import { type FormEvent, useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { Checkbox, Field, Input, Select, TextArea } from '@/components/ui/field'
import { ApiFailure } from '@/lib/api/client'
import { gitClient } from '@/lib/api/client-git'
import type { GitLinkAnswer, PutGitRequest } from '@/lib/api/contract-git'
import { pages } from '@/lib/api/paths'
import { useGitChange } from './use-git'

const INTERVALS = [
  { value: '0', label: 'only when asked or told by a webhook' },
  { value: '60', label: 'every minute' },
  { value: '300', label: 'every 5 minutes' },
  { value: '900', label: 'every 15 minutes' },
  { value: '3600', label: 'every hour' },
  { value: '86400', label: 'once a day' },
]

const COMMITS = [
  { value: 'message', label: 'each save with a message, and each deploy' },
  { value: 'deploy', label: 'each deploy only' },
]

type Draft = Omit<PutGitRequest, 'caPem' | 'token' | 'auth'> & { caPem: string; token: string }

const draftOf = (topologyId: string, link: GitLinkAnswer | null): Draft => {
  const s = link?.settings
  return {
    ...{ url: s?.url ?? '', branch: s?.branch ?? 'main' },
    ...{ path: s?.path ?? `${topologyId}.yaml`, username: s?.username ?? '' },
    ...{ caPem: s?.caPem ?? '', commitOn: s?.commitOn ?? 'message', token: '' },
    ...{ intervalS: s?.intervalS ?? 300, autoApply: s?.autoApply ?? false },
  }
}

/** `git@host:path` and `ssh://` sign in with the panel's key, everything else with a token. */
const isSsh = (url: string) => url.trim() !== '' && !/^https?:/i.test(url.trim())

const toRequest = ({ caPem, token, ...rest }: Draft): PutGitRequest => ({
  ...rest,
  auth: isSsh(rest.url) ? 'ssh-key' : 'token',
  caPem: caPem.trim() === '' ? null : caPem.trim(),
  ...(token === '' ? {} : { token }),
})

/** Where a topology is kept in Git and how; also the way out of it. */
export function GitSettingsForm({
  topologyId,
  link,
  onDone,
}: {
  topologyId: string
  link: GitLinkAnswer | null
  onDone?: () => void
}) {
  const [draft, setDraft] = useState(() => draftOf(topologyId, link))
  const role = useWhyNotRole('admin', { topology: topologyId })
  const save = useGitChange(topologyId, (request: PutGitRequest) =>
    gitClient.put(topologyId, request),
  )
  const set = <K extends keyof Draft>(key: K, value: Draft[K]) =>
    setDraft((before) => ({ ...before, [key]: value }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // A failure is shown below the form; what was typed stays.
    save.mutateAsync(toRequest(draft)).then(
      () => {
        set('token', '')
        onDone?.()
      },
      () => undefined,
    )
  }
  const errorOf = (key: string) =>
    save.error instanceof ApiFailure
      ? save.error.issues.find(({ path }) => path[0] === key)?.message
      : undefined
  return (
    <form
      onSubmit={submit}
      aria-label="Git settings"
      className="flex flex-col gap-3 rounded-md border border-line bg-surface-1 p-4"
    >
      <Place draft={draft} set={set} errorOf={errorOf} tokenSet={link?.tokenSet ?? false} />
      <Field label="A commit for">
        {(control) => (
          <Select
            {...control}
            options={COMMITS}
            value={draft.commitOn}
            onChange={({ target }) => set('commitOn', target.value as Draft['commitOn'])}
          />
        )}
      </Field>
      <Field label="Look at Git">
        {(control) => (
          <Select
            {...control}
            options={
              INTERVALS.some(({ value }) => value === String(draft.intervalS))
                ? INTERVALS
                : [
                    ...INTERVALS,
                    { value: String(draft.intervalS), label: `every ${draft.intervalS} s` },
                  ]
            }
            value={String(draft.intervalS)}
            onChange={({ target }) => set('intervalS', Number(target.value))}
          />
        )}
      </Field>
      <Checkbox
        label="Deploy harmless commits by themselves"
        help="Only what neither reboots, replaces nor destroys, and only if nothing else waits to be deployed. Everything else is planned and waits for approval."
        checked={draft.autoApply}
        onChange={(checked) => set('autoApply', checked)}
      />
      {save.error ? <FailureNote error={save.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant={link ? undefined : 'primary'}
          busy={save.isPending}
          disabledReason={role}
        >
          Save Git settings
        </Button>
        {onDone ? <Button onClick={onDone}>Cancel</Button> : null}
        {link ? <Remove topologyId={topologyId} /> : null}
      </div>
    </form>
  )
}

type PlaceProps = {
  draft: Draft
  set: <K extends keyof Draft>(key: K, value: Draft[K]) => void
  errorOf: (key: string) => string | undefined
  tokenSet: boolean
}

function Place({ draft, set, errorOf, tokenSet }: PlaceProps) {
  const text = (
    key: 'url' | 'branch' | 'path' | 'username',
    label: string,
    help?: React.ReactNode,
  ) => (
    <Field label={label} help={help} error={errorOf(key)}>
      {(control) => (
        <Input
          {...control}
          mono
          value={draft[key]}
          onChange={({ target }) => set(key, target.value)}
        />
      )}
    </Field>
  )
  return (
    <>
      {text(
        'url',
        'Repository',
        <>
          git@host:path, ssh:// or https://. The server has to stand under{' '}
          <Link className="text-work underline" href={pages.connections()}>
            Other addresses
          </Link>
          , unless it is allowed already.
        </>,
      )}
      {text('branch', 'Branch')}
      {text('path', 'File', 'From the repository’s top; it is made if it is not there.')}
      {isSsh(draft.url) ? (
        <p className="text-caption text-ink-3">
          The panel makes a key for it and shows the public half here.
        </p>
      ) : (
        <>
          {text(
            'username',
            'User name',
            'What the server wants beside a token; many take anything.',
          )}
          <Field
            label="Token"
            error={errorOf('token')}
            help={
              tokenSet
                ? 'One is stored; leave it empty to keep it.'
                : 'May read and write this repository.'
            }
          >
            {(control) => (
              <Input
                {...control}
                mono
                type="password"
                autoComplete="new-password"
                value={draft.token}
                onChange={({ target }) => set('token', target.value)}
              />
            )}
          </Field>
          <Field
            label="Own authority (PEM)"
            error={errorOf('caPem')}
            help="Only where the server’s certificate comes from an authority of your own."
          >
            {(control) => (
              <TextArea
                {...control}
                mono
                value={draft.caPem}
                onChange={({ target }) => set('caPem', target.value)}
              />
            )}
          </Field>
        </>
      )}
    </>
  )
}

/** Two presses: what is in Git stays there, but what the panel knew of it is gone. */
function Remove({ topologyId }: { topologyId: string }) {
  const [sure, setSure] = useState(false)
  const role = useWhyNotRole('admin', { topology: topologyId })
  const remove = useGitChange(topologyId, () => gitClient.remove(topologyId))
  if (!sure)
    return (
      <Button disabledReason={role} onClick={() => setSure(true)}>
        Take it out of Git
      </Button>
    )
  return (
    <>
      <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(undefined)}>
        Take it out: the key and token are forgotten
      </Button>
      {remove.error ? <FailureNote error={remove.error} /> : null}
    </>
  )
}

'use client'

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Section } from '@/components/frame/page'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { Dialog } from '@/components/ui/dialog'
import { EmptyState, StateWord } from '@/components/ui/states'
import { confirmDone } from '@/components/ui/toast'
import { people, peopleKeys } from '@/lib/api/client-people'
import type { OidcAnswer, OidcFinding, PeopleAnswer } from '@/lib/api/contract-people'
import { OidcFields } from './oidc-fields'
import { useOidcChange } from './use-oidc'

/** The provider that people come through: how it is, test it, change it. */
export function OidcSection({ topologies }: { topologies: PeopleAnswer['topologies'] }) {
  const oidc = useQuery({
    queryKey: peopleKeys.oidc(),
    queryFn: ({ signal }) => people.oidc(signal),
  })
  const [editing, setEditing] = useState(false)
  return (
    <Section title="Sign-in through a provider" className="mt-8">
      <QueryView query={oidc}>
        {(answer) =>
          editing ? (
            <OidcFields answer={answer} topologies={topologies} onClose={() => setEditing(false)} />
          ) : answer.settings === null ? (
            <EmptyState
              title="People sign in to this panel itself"
              action={<Button onClick={() => setEditing(true)}>Set up a provider</Button>}
            >
              With an OpenID Connect provider such as Authentik, Authelia, Keycloak, Pocket ID or
              Zitadel they come with the account that they have there, and its groups can give them
              their roles here.
            </EmptyState>
          ) : (
            <Provider answer={answer} settings={answer.settings} onEdit={() => setEditing(true)} />
          )
        }
      </QueryView>
    </Section>
  )
}

function Provider({
  answer,
  settings,
  onEdit,
}: {
  answer: OidcAnswer
  settings: NonNullable<OidcAnswer['settings']>
  onEdit: () => void
}) {
  const test = useMutation({ mutationFn: people.testOidc })
  return (
    <article className="flex flex-col gap-3 rounded-md border border-line bg-surface-1 p-4">
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h3 className="text-name">{settings.label}</h3>
          <p className="max-w-[72ch] text-ink-2 text-prose">{sentenceOf(settings)}</p>
          <p className="wrap-anywhere font-mono text-caption text-ink-3">{settings.issuer}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button busy={test.isPending} onClick={() => test.mutate()}>
            Test provider
          </Button>
          <Button onClick={onEdit}>Edit</Button>
          <Forget label={settings.label} />
        </div>
      </header>
      <div>
        <p className="mb-1 text-caption text-ink-3">Redirect URI to register at the provider</p>
        <CodeLine text={answer.redirectUri} label="Copy redirect URI" />
      </div>
      {test.error ? <FailureNote error={test.error} /> : null}
      {test.data ? <Findings findings={test.data.findings} /> : null}
    </article>
  )
}

const Findings = ({ findings }: { findings: readonly OidcFinding[] }) => (
  <ul aria-label="What the test found" aria-live="polite" className="flex flex-col gap-1">
    {findings.map(({ level, text }) => (
      <li key={text} className="max-w-[90ch] *:items-start *:whitespace-normal">
        <StateWord state={level} still>
          <span className="min-w-0 wrap-anywhere">{text}</span>
        </StateWord>
      </li>
    ))}
  </ul>
)

function sentenceOf(settings: NonNullable<OidcAnswer['settings']>): string {
  const { allowedGroups, makesAccounts, mapping, breakGlassOnly } = settings
  const who =
    allowedGroups.length === 0
      ? 'Everybody whom it lets in'
      : `Its ${allowedGroups.length === 1 ? `group ${allowedGroups[0]}` : `groups ${allowedGroups.join(', ')}`}`
  const how = makesAccounts ? 'may sign in' : 'may sign in after an invitation'
  const roles = mapping.length > 0 ? 'roles follow its groups' : 'roles are given here'
  const only = breakGlassOnly ? '; passwords are for break-glass accounts only' : ''
  return `${who} ${how}; ${roles}${only}.`
}

function Forget({ label }: { label: string }) {
  const [asking, setAsking] = useState(false)
  const remove = useOidcChange(people.removeOidc, () => {
    setAsking(false)
    confirmDone(`${label} is forgotten. People sign in here only.`)
  })
  return (
    <>
      <Button onClick={() => setAsking(true)}>Forget provider</Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Forget ${label}`}
        description="Who came through it stays signed in until the session ends, and then needs a password: make them a link on this page. Accounts and roles stay. The way back is setting it up again; people are recognised then."
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Keep provider</Button>
            <Button
              variant="danger"
              busy={remove.isPending}
              onClick={() => remove.mutate(undefined)}
            >
              Forget provider
            </Button>
          </>
        }
      >
        {remove.error ? <FailureNote error={remove.error} /> : null}
      </Dialog>
    </>
  )
}

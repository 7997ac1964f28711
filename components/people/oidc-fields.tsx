'use client'

import { type FormEvent, useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { CodeLine } from '@/components/ui/copy'
import { Checkbox, Field, Input, Select, TextArea } from '@/components/ui/field'
import { confirmDone } from '@/components/ui/toast'
import { ApiFailure } from '@/lib/api/client'
import { people } from '@/lib/api/client-people'
import type { Role } from '@/lib/api/contract'
import type { OidcAnswer, OidcRequest, PeopleAnswer } from '@/lib/api/contract-people'
import { MappingFields } from './mapping-fields'
import { faultsOf, type OidcDraft, type OidcFaults, toDraft, toRequest } from './oidc-form'
import { ROLES } from './person-words'
import { useOidcChange } from './use-oidc'

type Change = (part: Partial<OidcDraft>) => void
type Part = { draft: OidcDraft; faults: OidcFaults; change: Change }

/** Everything about the provider: where it is, what it is asked for, whom it lets in as what. */
export function OidcFields({
  answer,
  topologies,
  onClose,
}: {
  answer: OidcAnswer
  topologies: PeopleAnswer['topologies']
  onClose: () => void
}) {
  const [draft, setDraft] = useState(() => toDraft(answer))
  const [tried, setTried] = useState(false)
  const save = useOidcChange(
    (request: OidcRequest) => people.putOidc(request),
    () => {
      confirmDone(`${draft.label} is saved. Test it before you rely on it.`)
      onClose()
    },
  )
  const own = faultsOf(draft, answer)
  const faults = { ...serverFaults(save.error), ...(tried ? own : {}) }
  const change: Change = (part) => setDraft({ ...draft, ...part })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(own).length === 0) save.mutate(toRequest(draft))
  }
  const part = { draft, faults, change }
  return (
    <form
      aria-label="Sign-in through a provider"
      onSubmit={submit}
      noValidate
      className="flex max-w-180 flex-col gap-4 rounded-md border border-line bg-surface-1 p-4"
    >
      <div>
        <p className="mb-1 text-caption text-ink-3">
          Register this redirect URI at the provider, for a web application with the code flow
        </p>
        <CodeLine text={answer.redirectUri} label="Copy redirect URI" />
      </div>
      <Connection {...part} hasSecret={answer.settings?.hasSecret ?? false} />
      <Admission {...part} />
      <MappingFields
        lines={draft.mapping}
        topologies={topologies}
        fault={faults.mapping}
        onChange={(mapping) => change({ mapping })}
      />
      <Checkbox
        label="Passwords only for break-glass accounts"
        help="Everybody else comes through the provider. Needs an enabled admin with a password who is marked as break-glass above."
        checked={draft.breakGlassOnly}
        onChange={(breakGlassOnly) => change({ breakGlassOnly })}
      />
      {save.error ? <FailureNote error={save.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={save.isPending}>
          Save provider
        </Button>
        <Button onClick={onClose}>Close</Button>
      </div>
    </form>
  )
}

function Connection({ draft, faults, change, hasSecret }: Part & { hasSecret: boolean }) {
  const text = (
    name: 'issuer' | 'clientId' | 'scopes' | 'nameClaim' | 'groupsClaim' | 'label',
    label: string,
    more: { help?: string; placeholder?: string; mono?: boolean } = {},
  ) => (
    <Field label={label} help={more.help} error={faults[name]}>
      {(control) => (
        <Input
          {...control}
          mono={more.mono ?? true}
          placeholder={more.placeholder}
          value={draft[name]}
          onChange={({ target }) => change({ [name]: target.value })}
        />
      )}
    </Field>
  )
  return (
    <>
      {text('issuer', 'Issuer', {
        placeholder: 'https://auth.example.org/application/o/drawbridge/',
        help: 'Exactly as the provider writes it, with or without the slash at its end.',
      })}
      <div className="grid gap-4 sm:grid-cols-2">
        {text('label', 'Name on the button', { mono: false, placeholder: 'Authentik' })}
        {text('clientId', 'Client id')}
      </div>
      <Field
        label="Client secret"
        error={faults.clientSecret}
        help={
          draft.isPublic
            ? 'A public client has none; PKCE guards it.'
            : hasSecret
              ? 'Left empty it stays as it is.'
              : 'Sealed at once; nobody can read it here again.'
        }
      >
        {(control) => (
          <Input
            {...control}
            mono
            type="password"
            autoComplete="new-password"
            disabled={draft.isPublic}
            value={draft.clientSecret}
            onChange={({ target }) => change({ clientSecret: target.value })}
          />
        )}
      </Field>
      <Checkbox
        label="Public client, without a secret"
        checked={draft.isPublic}
        onChange={(isPublic) => change({ isPublic, clientSecret: '' })}
      />
      <details>
        <summary className="min-h-6 text-ink-2">Scopes, claims, certificate</summary>
        <div className="mt-2 flex flex-col gap-4">
          {text('scopes', 'Scopes', { help: 'Keycloak and Zitadel know no scope "groups".' })}
          <div className="grid gap-4 sm:grid-cols-2">
            {text('nameClaim', 'Claim with the name')}
            {text('groupsClaim', 'Claim with the groups', {
              help: 'A path with dots leads into nested ones, such as realm_access.roles.',
            })}
          </div>
          <Field
            label="Certificate of its authority"
            error={faults.ca}
            help="PEM. Empty where this machine believes the provider's certificate anyway."
          >
            {(control) => (
              <TextArea
                {...control}
                mono
                placeholder="-----BEGIN CERTIFICATE-----"
                value={draft.ca}
                onChange={({ target }) => change({ ca: target.value })}
              />
            )}
          </Field>
        </div>
      </details>
    </>
  )
}

function Admission({ draft, faults, change }: Part) {
  return (
    <>
      <Field
        label="Only these groups may sign in"
        error={faults.allowedGroups}
        help="Separated by commas. Empty: everybody whom the provider lets in."
      >
        {(control) => (
          <Input
            {...control}
            mono
            value={draft.allowedGroups}
            onChange={({ target }) => change({ allowedGroups: target.value })}
          />
        )}
      </Field>
      <Checkbox
        label="Make an account for who comes for the first time"
        help="Otherwise an invitation is needed, which is accepted at the provider."
        checked={draft.makesAccounts}
        onChange={(makesAccounts) => change({ makesAccounts })}
      />
      <Field
        label="Role of a new account"
        help={`A person with it ${ROLES.find(({ role }) => role === draft.defaultRole)?.may}; lines below may say more.`}
      >
        {(control) => (
          <Select
            {...control}
            className="max-w-60"
            value={draft.defaultRole}
            options={ROLES.filter(({ role }) => role !== 'admin').map(({ role }) => ({
              value: role,
              label: role,
            }))}
            onChange={({ target }) => change({ defaultRole: target.value as Role })}
          />
        )}
      </Field>
    </>
  )
}

/** What the server found, by the field it is about. */
function serverFaults(error: Error | null): OidcFaults {
  if (!(error instanceof ApiFailure)) return {}
  return Object.fromEntries(error.issues.map(({ path, message }) => [String(path[0]), message]))
}

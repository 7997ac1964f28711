'use client'

import { useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/field'
import { count } from '@/components/ui/format'
import { Panel } from '@/components/ui/panel'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import { people } from '@/lib/api/client-people'
import type { ChangePersonRequest, Invited, PeopleAnswer, Person } from '@/lib/api/contract-people'
import { rolesOf, waysOf } from './person-words'
import { RemovePerson } from './remove-person'
import { type RoleDraft, RoleFields } from './role-fields'
import { usePeopleChange } from './use-people'

type Props = {
  person: Person
  topologies: PeopleAnswer['topologies']
  isMe: boolean
  onInvited: (invited: Invited) => void
  onClose: () => void
}

/** One person: what they may, how they get in, and the ways to take that away. */
export function PersonPanel({ person, topologies, isMe, onInvited, onClose }: Props) {
  return (
    <Panel name="person" title={person.name} subtitle={rolesOf(person)} onClose={onClose}>
      <div className="flex flex-col gap-6">
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          <dt className="text-ink-3">Signs in by</dt>
          <dd>{waysOf(person)}</dd>
          <dt className="text-ink-3">Last seen</dt>
          <dd>{person.lastSeenAt === null ? 'never' : <Time at={person.lastSeenAt} />}</dd>
          <dt className="text-ink-3">Added</dt>
          <dd>
            <Time at={person.createdAt} />
          </dd>
          {person.invitedUntil === null ? null : (
            <>
              <dt className="text-ink-3">Link ends</dt>
              <dd>
                <Time at={person.invitedUntil} />
              </dd>
            </>
          )}
        </dl>
        <Roles key={JSON.stringify([person.role, person.grants])} {...{ person, topologies }} />
        <BreakGlass person={person} />
        <Entry person={person} isMe={isMe} onInvited={onInvited} onClose={onClose} />
      </div>
    </Panel>
  )
}

const useChange = (person: Person, told: string) =>
  usePeopleChange(
    (change: ChangePersonRequest) => people.change(person.id, change),
    () => confirmDone(told),
  )

function Roles({ person, topologies }: Pick<Props, 'person' | 'topologies'>) {
  const before = { role: person.role, grants: person.grants }
  const [draft, setDraft] = useState<RoleDraft>(before)
  const change = useChange(person, `What ${person.name} may is changed, from now on.`)
  const same = JSON.stringify(draft) === JSON.stringify(before)
  return (
    <section aria-label="What they may" className="flex flex-col gap-3">
      <RoleFields draft={draft} topologies={topologies} onChange={setDraft} />
      <div>
        <Button
          variant="primary"
          busy={change.isPending}
          disabledReason={
            same
              ? 'Nothing was changed.'
              : person.lastAdmin && draft.role !== 'admin'
                ? 'The only admin who can sign in stays one.'
                : null
          }
          onClick={() => change.mutate(draft)}
        >
          Save role
        </Button>
      </div>
      {change.error ? <FailureNote error={change.error} /> : null}
    </section>
  )
}

function BreakGlass({ person }: { person: Person }) {
  const change = useChange(person, `${person.name} is changed.`)
  return (
    <section aria-label="Break-glass">
      <Checkbox
        label="Break-glass account"
        help={
          person.ways.password
            ? 'Signs in by its password also when the provider is down or people have to come through it. Every use is shown to all admins.'
            : 'Takes a password, and this account has none yet.'
        }
        checked={person.breakGlass}
        disabled={change.isPending || (!person.ways.password && !person.breakGlass)}
        onChange={(breakGlass) => change.mutate({ breakGlass })}
      />
      {change.error ? <FailureNote error={change.error} /> : null}
    </section>
  )
}

/** Links, sessions, factors and the account itself. */
function Entry({ person, isMe, onInvited, onClose }: Omit<Props, 'topologies'>) {
  const { id, name, ways } = person
  const invite = usePeopleChange(() => people.invite(id), onInvited)
  const sessions = usePeopleChange(
    () => people.endSessions(id),
    ({ ended }) => confirmDone(`${count(ended, 'session')} of ${name} ended.`),
  )
  const factor = usePeopleChange(
    () => people.resetSecondFactor(id),
    () => confirmDone(`${name} signs in by the password alone until a new factor is set up.`),
  )
  const provider = usePeopleChange(
    () => people.disconnectProvider(id),
    () => confirmDone(`${name} does not come in through the provider any more.`),
  )
  const change = useChange(
    person,
    `${name} is ${person.disabled ? 'switched on' : 'switched off'}.`,
  )
  const waits = !ways.password && ways.passkeys === 0 && !ways.provider
  const errors = [invite.error, sessions.error, factor.error, provider.error, change.error]
  const error = errors.find((each) => each !== null)
  return (
    <section aria-label="Getting in" className="flex flex-col items-start gap-2">
      <Button
        busy={invite.isPending}
        disabledReason={person.disabled ? 'The account is switched off.' : null}
        onClick={() => invite.mutate(undefined)}
      >
        {waits ? 'Make a new invitation' : 'Make a link to reset the password'}
      </Button>
      <Button
        busy={sessions.isPending}
        disabledReason={person.sessions === 0 ? 'There is no session.' : null}
        onClick={() => sessions.mutate(undefined)}
      >
        {person.sessions === 0 ? 'End sessions' : `End ${count(person.sessions, 'session')}`}
      </Button>
      <Button
        busy={factor.isPending}
        disabledReason={
          ways.totp || ways.passkeys > 0 ? null : 'There are no one-time codes and no passkeys.'
        }
        onClick={() => factor.mutate(undefined)}
      >
        Remove codes and passkeys
      </Button>
      <Button
        busy={provider.isPending}
        disabledReason={ways.provider ? null : 'The account is not connected with a provider.'}
        onClick={() => provider.mutate(undefined)}
      >
        Disconnect from the provider
      </Button>
      <Button
        busy={change.isPending}
        disabledReason={
          person.disabled
            ? null
            : isMe
              ? 'It is your own account; another admin can do it.'
              : person.lastAdmin
                ? 'The only admin who can sign in stays on.'
                : null
        }
        onClick={() => change.mutate({ disabled: !person.disabled })}
      >
        {person.disabled ? 'Switch account on' : 'Switch account off'}
      </Button>
      <RemovePerson person={person} isMe={isMe} onRemoved={onClose} />
      {error ? <FailureNote error={error} /> : null}
    </section>
  )
}

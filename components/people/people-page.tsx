'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { Page } from '@/components/frame/page'
import { useSession } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { useNow } from '@/components/ui/now'
import { ErrorState } from '@/components/ui/states'
import type { Invited } from '@/lib/api/contract-people'
import { pages } from '@/lib/api/paths'
import { AddPerson } from './add-person'
import { BreakGlassNotice } from './break-glass-notice'
import { InviteLink } from './invite-link'
import { OidcSection } from './oidc-section'
import { PeopleTable } from './people-table'
import { PersonPanel } from './person-panel'
import { sentenceOf } from './person-words'
import { usePeople } from './use-people'

/** Who may get in, what may they do, and through which provider do they come? */
export function PeoplePage() {
  const everybody = usePeople()
  const whyNot = useWhyNotRole('admin')
  const me = useSession().data?.me?.id
  const now = useNow()
  const router = useRouter()
  const selected = useSearchParams().get('person')
  const [step, setStep] = useState<'list' | 'add' | Invited>('list')
  const open = (id: string | null) =>
    router.replace(pages.people() + (id ? `?person=${encodeURIComponent(id)}` : ''), {
      scroll: false,
    })
  const { data } = everybody
  const chosen = data?.people.find(({ id }) => id === selected)
  return (
    <div className="flex">
      <Page
        title="People"
        kind="settings"
        className="min-w-0 flex-1"
        sentence={data && now !== null ? sentenceOf(data, now) : undefined}
        actions={
          step === 'add' ? undefined : (
            <Button variant="primary" disabledReason={whyNot} onClick={() => setStep('add')}>
              Add a person
            </Button>
          )
        }
      >
        {whyNot === null ? (
          <>
            <BreakGlassNotice />
            {step === 'add' && data ? (
              <AddPerson
                topologies={data.topologies}
                onAdded={setStep}
                onClose={() => setStep('list')}
              />
            ) : typeof step === 'object' ? (
              <InviteLink invited={step} onDone={() => setStep('list')} />
            ) : null}
            <QueryView query={everybody}>
              {(answer) => (
                <PeopleTable
                  people={answer.people}
                  me={me}
                  selected={selected}
                  onSelect={(id) => open(id === selected ? null : id)}
                />
              )}
            </QueryView>
            <OidcSection topologies={data?.topologies ?? []} />
          </>
        ) : (
          <ErrorState
            level="unknown"
            message={`People are not shown - ${whyNot.toLowerCase()} - ask an admin of this panel.`}
            code="access.denied"
          />
        )}
      </Page>
      {chosen && data ? (
        <PersonPanel
          key={chosen.id}
          person={chosen}
          topologies={data.topologies}
          isMe={chosen.id === me}
          onInvited={(invited) => {
            setStep(invited)
            open(null)
          }}
          onClose={() => open(null)}
        />
      ) : null}
    </div>
  )
}

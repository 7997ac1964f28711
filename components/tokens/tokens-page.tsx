'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Page, Section } from '@/components/frame/page'
import { useSession } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { useNow } from '@/components/ui/now'
import { EmptyState } from '@/components/ui/states'
import { tokenKeys, tokensClient } from '@/lib/api/client-tokens'
import type { CreateTokenAnswer, TokenSummary } from '@/lib/api/contract-tokens'
import { CreateToken } from './create-token'
import { NewToken } from './new-token'
import { TokenTable } from './token-table'
import { isDead } from './token-words'

/** The keys that programs have: mine, and for admins those of everybody else. */
export function TokensPage() {
  const mine = useQuery({
    queryKey: tokenKeys.mine(),
    queryFn: ({ signal }) => tokensClient.mine(signal),
  })
  const [step, setStep] = useState<'list' | 'create' | CreateTokenAnswer>('list')
  const now = useNow()
  return (
    <Page
      title="Tokens"
      kind="settings"
      sentence={mine.data && now !== null ? sentenceOf(mine.data, now) : undefined}
      actions={
        step === 'create' ? undefined : (
          <Button variant="primary" onClick={() => setStep('create')}>
            Make a token
          </Button>
        )
      }
    >
      {step === 'create' ? (
        <CreateToken onMade={setStep} onClose={() => setStep('list')} />
      ) : step === 'list' ? null : (
        <NewToken made={step} onDone={() => setStep('list')} />
      )}
      <QueryView query={mine}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title="Here will be the keys of your programs">
              A token lets a program use the HTTP API with a part of your own rights: a backup
              script, a dashboard, a pipeline that saves revisions.
            </EmptyState>
          ) : (
            <TokenTable caption="My tokens" tokens={list} revoke={tokensClient.revokeMine} />
          )
        }
      </QueryView>
      <div className="mt-8">
        <Others />
      </div>
    </Page>
  )
}

/** Everybody else's, for admins. */
function Others() {
  const role = useWhyNotRole('admin')
  const me = useSession().data?.me?.id
  const all = useQuery({
    queryKey: tokenKeys.everybodys(),
    queryFn: ({ signal }) => tokensClient.all(signal),
    enabled: role === null,
  })
  if (role !== null) return null
  return (
    <Section title="Tokens of other people">
      <QueryView query={all}>
        {(list) => {
          const others = list.filter(({ owner }) => owner.id !== me)
          return others.length === 0 ? (
            <p className="text-ink-2">Nobody else has one.</p>
          ) : (
            <TokenTable
              caption="Tokens of other people"
              tokens={others}
              revoke={tokensClient.revoke}
              withOwner
            />
          )
        }}
      </QueryView>
    </Section>
  )
}

function sentenceOf(list: readonly TokenSummary[], now: number): string {
  const good = list.filter((token) => !isDead(token, now))
  const endless = good.filter(({ expiresAt }) => expiresAt === null).length
  if (good.length === 0) return 'No program can use the panel in your name.'
  const told = good.length === 1 ? 'One token is valid' : `${good.length} tokens are valid`
  return endless === 0 ? `${told}.` : `${told}, ${endless} of them without an end.`
}

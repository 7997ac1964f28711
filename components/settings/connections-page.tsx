'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { Page } from '@/components/frame/page'
import { useConnections } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import type { ConnectionSummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { AddConnection } from './add-connection'
import { ConnectionCard, shownConnection } from './connection-card'
import { OtherAddresses } from './other-addresses'
import { useIdentities } from './use-identities'

/** How each Proxmox is reached, with which rights, and whether it answers. */
export function ConnectionsPage() {
  const connections = useConnections()
  const search = useSearchParams()
  const router = useRouter()
  const changes = useIdentities().data ?? []
  const mayAllow = useWhyNotRole('admin') === null
  const adding = search.get('add') !== null
  const show = (add: boolean) => router.replace(`${pages.connections()}${add ? '?add=1' : ''}`)
  return (
    <Page
      title="Connections"
      kind="settings"
      sentence={connections.data ? sentenceOf(connections.data) : undefined}
      actions={
        adding ? undefined : (
          <Button variant="primary" onClick={() => show(true)}>
            Add a Proxmox
          </Button>
        )
      }
    >
      {adding ? <AddConnection onAdded={() => show(false)} onClose={() => show(false)} /> : null}
      <QueryView query={connections}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title="Here will be every Proxmox that the panel may speak to">
              The lab adds itself when it runs. Add your own with a token of few rights.
            </EmptyState>
          ) : (
            <div className="flex flex-col gap-3">
              {list.map((connection) => (
                <ConnectionCard
                  key={connection.id}
                  connection={connection}
                  changes={changes.filter(({ connectionId }) => connectionId === connection.id)}
                />
              ))}
            </div>
          )
        }
      </QueryView>
      {mayAllow ? <OtherAddresses /> : null}
    </Page>
  )
}

function sentenceOf(list: readonly ConnectionSummary[]): string {
  const well = list.filter((connection) => shownConnection(connection).state === 'ok').length
  if (list.length === 0) return 'No Proxmox is connected.'
  const untested = list.filter(({ state }) => state.state === 'absent').length
  const told = `${well} of ${list.length} answer with the rights they need`
  return untested > 0 ? `${told}; ${untested} not tested yet.` : `${told}.`
}

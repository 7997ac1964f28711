'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useConfirmed } from '@/components/account/use-confirmed'
import { Page, Section } from '@/components/frame/page'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { confirmDone } from '@/components/ui/toast'
import { panelClient, panelKeys } from '@/lib/api/client-panel'
import type { PanelAnswer } from '@/lib/api/contract-panel'
import { BackupTable } from './backup-table'
import { PanelFacts } from './panel-facts'
import { panelSentence } from './panel-sentence'
import { PanelTroubles } from './panel-troubles'
import { ScheduleForm } from './schedule-form'

/** How the panel itself is: version, disk, whether its data are whole and in a backup. */
export function PanelPage() {
  const state = useQuery({
    queryKey: panelKeys.state(),
    queryFn: ({ signal }) => panelClient.state(signal),
    refetchInterval: 60_000,
  })
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const backUp = useMutation({
    mutationFn: () => confirmed(panelClient.backUp),
    onSuccess: ({ name }) => confirmDone(`The backup ${name} is made and read back.`),
    onSettled: () => queries.invalidateQueries({ queryKey: panelKeys.state() }),
  })
  return (
    <Page
      title="Panel"
      kind="settings"
      sentence={state.data ? panelSentence(state.data) : undefined}
      actions={
        <Button variant="primary" busy={backUp.isPending} onClick={() => backUp.mutate()}>
          Make a backup now
        </Button>
      }
    >
      {backUp.error ? (
        <div className="mb-4">
          <FailureNote error={backUp.error} />
        </div>
      ) : null}
      <QueryView query={state}>
        {(panel) => <PanelBody panel={panel} asked={backUp.error !== null} />}
      </QueryView>
    </Page>
  )
}

function PanelBody({ panel, asked }: { panel: PanelAnswer; asked: boolean }) {
  return (
    <>
      <PanelTroubles panel={panel} hideFailure={asked} />
      <Section title="Backups" aside={<code className="font-mono">{panel.backups.folder}</code>}>
        <BackupTable backups={panel.backups} />
      </Section>
      <Section title="Schedule">
        <ScheduleForm key={JSON.stringify(panel.backups.settings)} backups={panel.backups} />
      </Section>
      <Section title="This panel">
        <PanelFacts panel={panel} />
      </Section>
    </>
  )
}

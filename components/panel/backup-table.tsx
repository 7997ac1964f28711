'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { EmptyState, StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import { panelClient, panelKeys } from '@/lib/api/client-panel'
import type { BackupSummary, PanelAnswer } from '@/lib/api/contract-panel'
import { api } from '@/lib/api/paths'
import { formatBytes } from './panel-sentence'

const REASON: Record<BackupSummary['reason'], string> = {
  scheduled: 'by schedule',
  asked: 'asked for here',
  box: 'at the machine',
  'before-migration': 'before an upgrade',
}

/** The backups that there are: when, why, how large; taken away or removed from here. */
export function BackupTable({ backups }: { backups: PanelAnswer['backups'] }) {
  const confirmed = useConfirmed()
  const queries = useQueryClient()
  const [removing, setRemoving] = useState<BackupSummary | null>(null)
  const download = useMutation({
    mutationFn: (name: string) => confirmed(() => panelClient.askDownload(name)),
    // The browser takes it from there, without holding all of it in memory.
    onSuccess: ({ name }) => location.assign(api.backup(name)),
  })
  const remove = useMutation({
    mutationFn: (name: string) => confirmed(() => panelClient.removeBackup(name)),
    onSuccess: ({ name }) => {
      setRemoving(null)
      confirmDone(`The backup ${name} is removed.`)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: panelKeys.state() }),
  })
  if (backups.list.length === 0)
    return (
      <EmptyState title="Here will be every backup of the panel">
        Topologies with their history, jobs with their logs, accounts, and the secrets as they are
        sealed. The key that opens those is in the recovery kit, not in a backup.
      </EmptyState>
    )
  const columns: Column<BackupSummary>[] = [
    ...COLUMNS,
    {
      id: 'actions',
      head: <span className="sr-only">Actions</span>,
      className: 'whitespace-nowrap text-right',
      cell: (row) => (
        <>
          <Button
            size="sm"
            variant="quiet"
            aria-label={`Download ${row.name}`}
            disabledReason={row.fault ? 'It cannot be used.' : null}
            busy={download.isPending && download.variables === row.name}
            onClick={() => download.mutate(row.name)}
          >
            Download
          </Button>
          <Button
            size="sm"
            variant="quiet"
            aria-label={`Remove ${row.name}`}
            disabledReason={row.fault ? 'Look at it at the machine first.' : null}
            onClick={() => {
              remove.reset()
              setRemoving(row)
            }}
          >
            Remove
          </Button>
        </>
      ),
    },
  ]
  return (
    <>
      <Table
        caption="Backups of the panel"
        columns={columns}
        rows={backups.list}
        rowKey={({ name }) => name}
        maxHeight="28rem"
      />
      {download.error ? (
        <div className="mt-3">
          <FailureNote error={download.error} />
        </div>
      ) : null}
      <Dialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title="Remove this backup?"
        description={
          removing ? `${removing.name}, ${formatBytes(removing.bytes)}. There is no way back.` : ''
        }
        footer={
          <>
            <Button onClick={() => setRemoving(null)}>Keep it</Button>
            <Button
              variant="danger"
              busy={remove.isPending}
              onClick={() => removing && remove.mutate(removing.name)}
            >
              Remove the backup
            </Button>
          </>
        }
      >
        {remove.error ? <FailureNote error={remove.error} /> : null}
      </Dialog>
    </>
  )
}

const COLUMNS: readonly Column<BackupSummary>[] = [
  {
    id: 'when',
    head: 'Made',
    cell: ({ at, name }) =>
      at === 0 ? <code className="font-mono">{name}</code> : <Time at={at} />,
  },
  {
    id: 'why',
    head: 'Why',
    from: 'sm',
    cell: ({ reason, fault }) => (fault ? '' : REASON[reason]),
  },
  {
    id: 'state',
    head: 'State',
    cell: ({ fault }) =>
      fault ? (
        <StateWord state="fail">
          <span title={fault}>cannot be used</span>
        </StateWord>
      ) : (
        <StateWord state="ok">read back</StateWord>
      ),
  },
  { id: 'version', head: 'Version', from: 'md', cell: ({ version }) => version },
  {
    id: 'keys',
    head: 'Keys',
    from: 'md',
    cell: ({ keys }) => (keys ? 'sealed in it' : 'not in it'),
  },
  { id: 'size', head: 'Size', numeric: true, cell: ({ bytes }) => formatBytes(bytes) },
]

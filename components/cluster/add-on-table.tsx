'use client'

import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import type { AddOnRow } from './add-on-view'

const BELONGS: Record<AddOnRow['belongs'], string | null> = {
  on: null,
  off: 'switched off',
  left: 'left the drawing',
  'not-ours': 'not managed',
}

/** Installed version, and the drawn one where it differs. */
function Version({ seenVersion, wantedVersion }: AddOnRow) {
  if (seenVersion === null) return <span className="text-ink-3">{wantedVersion}</span>
  if (wantedVersion === null || seenVersion === wantedVersion) return seenVersion
  return (
    <>
      {seenVersion} <span className="text-ink-3">wanted</span> {wantedVersion}
    </>
  )
}

const columns = (open: (row: AddOnRow) => void): Column<AddOnRow>[] => [
  {
    id: 'name',
    head: 'Add-on',
    cell: (row) => (
      <>
        <button
          type="button"
          onClick={() => open(row)}
          className="inline-flex min-h-6 items-center text-left font-medium text-work hover:underline"
        >
          {row.name}
        </button>
        {BELONGS[row.belongs] ? (
          <span className="ml-2 text-caption text-ink-3">{BELONGS[row.belongs]}</span>
        ) : null}
        {row.ended ? (
          <span className="ml-2 whitespace-nowrap text-caption text-warn">
            ended {row.ended.on}
          </span>
        ) : null}
      </>
    ),
  },
  {
    id: 'state',
    head: 'State',
    cell: ({ shown }) => (
      <>
        <StateWord state={shown.state} still>
          {shown.word}
        </StateWord>
        {shown.reason ? (
          <p className="min-w-32 max-w-[48ch] text-caption text-ink-2">{shown.reason}</p>
        ) : null}
      </>
    ),
  },
  {
    id: 'version',
    head: 'Chart',
    from: 'sm',
    cell: (row) => (
      <span className="whitespace-nowrap font-mono">
        <Version {...row} />
      </span>
    ),
  },
  {
    id: 'revision',
    head: 'Release',
    numeric: true,
    from: 'md',
    cell: ({ revision }) => (revision === null ? '' : `#${revision}`),
  },
  {
    id: 'category',
    head: 'For',
    from: 'md',
    cell: ({ category }) => category ?? '',
  },
  {
    id: 'namespace',
    head: 'Namespace',
    from: 'lg',
    cell: ({ namespace }) => <span className="font-mono">{namespace ?? ''}</span>,
  },
]

/** The add-ons of one cluster, as drawn and as seen. */
export const AddOnTable = ({
  rows,
  selected,
  onOpen,
}: {
  rows: readonly AddOnRow[]
  selected: string | null
  onOpen: (row: AddOnRow) => void
}) => (
  <Table
    caption="Add-ons"
    columns={columns(onOpen)}
    rows={rows}
    rowKey={(row) => row.id}
    selected={selected}
  />
)

'use client'

import { useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { saveText } from '@/components/secrets/save-text'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { count } from '@/components/ui/format'
import { ErrorState } from '@/components/ui/states'
import type { TopologyHead } from '@/lib/api/contract'
import type { AddressMap } from '@/lib/topology/address-map'
import { type CsvImport, readAddressCsv, toAddressCsv } from '@/lib/topology/address-map-csv'
import { useSaveAddresses } from './use-addresses'

const FAULTS_SHOWN = 20

/** The addresses as a table for a spreadsheet, and reservations back from one. */
export function CsvSection({ head, maps }: { head: TopologyHead; maps: readonly AddressMap[] }) {
  const [file, setFile] = useState<{ name: string; read: CsvImport } | null>(null)
  const save = useSaveAddresses(head)
  const role = useWhyNotRole('editor', { topology: head.id })
  const read = file?.read
  const nothing = read?.changes.length === 0 ? 'Nothing in it is new.' : null
  return (
    <div className="flex max-w-180 flex-col gap-4">
      <div>
        <Button onClick={() => saveText(`${head.id}-addresses.csv`, toAddressCsv(maps))}>
          Download addresses (CSV)
        </Button>
      </div>
      <Field
        label="Import reservations (CSV)"
        help="Needs a column address; name, owner, until and mac are read too. Lines that tell of machines are passed over; nothing is removed."
      >
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".csv,text/csv"
            className="min-h-control text-body file:mr-3 file:h-control file:rounded-sm file:border file:border-edge file:bg-surface-1 file:px-3 file:text-ink-1"
            onChange={async (event) => {
              const chosen = event.target.files?.[0]
              setFile(
                chosen
                  ? { name: chosen.name, read: readAddressCsv(await chosen.text(), head.document) }
                  : null,
              )
            }}
          />
        )}
      </Field>
      {read && read.faults.length > 0 ? <Faults read={read} /> : null}
      {read && read.faults.length === 0 ? (
        <div className="flex flex-wrap items-center gap-3" aria-live="polite">
          <p className="text-ink-2">
            {count(read.added, 'new reservation')}, {read.changed} corrected, {read.skipped} passed
            over.
          </p>
          <Button
            variant="primary"
            busy={save.isPending}
            disabledReason={role ?? nothing}
            onClick={() =>
              save.mutate(
                { changes: read.changes, message: `Import reservations from ${file?.name}` },
                { onSuccess: () => setFile(null) },
              )
            }
          >
            Import {count(read.added + read.changed, 'reservation')}
          </Button>
        </div>
      ) : null}
      {save.error ? <FailureNote error={save.error} /> : null}
    </div>
  )
}

const Faults = ({ read }: { read: CsvImport }) => (
  <ErrorState
    message={
      <>
        Nothing was read - {count(read.faults.length, 'line')} cannot be taken. Correct them and
        choose the file again.
      </>
    }
    quote={[
      ...read.faults.slice(0, FAULTS_SHOWN).map(({ line, message }) => `line ${line}: ${message}`),
      ...(read.faults.length > FAULTS_SHOWN ? ['…'] : []),
    ].join('\n')}
  />
)

'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useConfirmed } from '@/components/account/use-confirmed'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { Checkbox, Field, Input } from '@/components/ui/field'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import { ApiFailure } from '@/lib/api/client'
import { panelClient, panelKeys } from '@/lib/api/client-panel'
import type { PanelAnswer, PanelSettings } from '@/lib/api/contract-panel'

const KEEP = [
  { key: 'daily', label: 'Days kept' },
  { key: 'weekly', label: 'Weeks kept' },
  { key: 'monthly', label: 'Months kept' },
] as const

/** When backups are made, where they go and how many stay. */
export function ScheduleForm({ backups }: { backups: PanelAnswer['backups'] }) {
  const [draft, setDraft] = useState<PanelSettings>(backups.settings)
  const confirmed = useConfirmed()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: () => confirmed(() => panelClient.set(draft)),
    onSuccess: (state) => {
      queries.setQueryData(panelKeys.state(), state)
      confirmDone('The schedule is saved.')
    },
  })
  const issues = save.error instanceof ApiFailure ? save.error.issues : []
  const faultOf = (field: string) => issues.find(({ path }) => path[0] === field)?.message
  const change = (some: Partial<PanelSettings>) => setDraft({ ...draft, ...some })
  const same = JSON.stringify(draft) === JSON.stringify(backups.settings)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!same && !save.isPending) save.mutate()
  }
  return (
    <form onSubmit={submit} className="flex max-w-160 flex-col gap-3">
      <Checkbox
        label="Make a backup each day"
        help={
          backups.nextAt === null ? (
            'Off: only before upgrades, and when somebody asks.'
          ) : (
            <>
              The next one is due <Time at={backups.nextAt} />.
            </>
          )
        }
        checked={draft.enabled}
        onChange={(enabled) => change({ enabled })}
      />
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Field label="Time of day" error={faultOf('at')}>
          {(control) => (
            <Input
              {...control}
              type="time"
              required
              value={draft.at}
              onChange={({ target }) => change({ at: target.value })}
            />
          )}
        </Field>
        <Field label="Time zone" help="Such as Europe/Berlin." error={faultOf('zone')}>
          {(control) => (
            <Input
              {...control}
              mono
              value={draft.zone}
              onChange={({ target }) => change({ zone: target.value })}
            />
          )}
        </Field>
      </div>
      <div className="grid grid-cols-3 gap-3">
        {KEEP.map(({ key, label }) => (
          <Field key={key} label={label}>
            {(control) => (
              <Input
                {...control}
                type="number"
                min={key === 'daily' ? 1 : 0}
                max={1000}
                value={draft.keep[key]}
                onChange={({ target }) =>
                  change({ keep: { ...draft.keep, [key]: Number(target.value) } })
                }
              />
            )}
          </Field>
        ))}
      </div>
      <FolderField backups={backups} draft={draft} error={faultOf('folder')} change={change} />
      {save.error && issues.length === 0 ? <FailureNote error={save.error} /> : null}
      <div>
        <Button
          type="submit"
          busy={save.isPending}
          disabledReason={same ? 'Nothing was changed.' : null}
        >
          Save the schedule
        </Button>
      </div>
    </form>
  )
}

function FolderField({
  backups,
  draft,
  error,
  change,
}: {
  backups: PanelAnswer['backups']
  draft: PanelSettings
  error: string | undefined
  change: (some: Partial<PanelSettings>) => void
}) {
  return (
    <Field
      label="Folder"
      aside={backups.folderFixed ? 'fixed by BACKUP_DIR' : undefined}
      help="Empty: beside the data. A folder on another disk or a mounted share survives the loss of this one."
      error={error}
    >
      {(control) => (
        <Input
          {...control}
          mono
          readOnly={backups.folderFixed}
          placeholder="/mnt/nas/drawbridge"
          value={backups.folderFixed ? backups.folder : (draft.folder ?? '')}
          onChange={({ target }) => change({ folder: target.value === '' ? null : target.value })}
        />
      )}
    </Field>
  )
}

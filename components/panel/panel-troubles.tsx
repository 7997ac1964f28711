import { ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import type { PanelAnswer } from '@/lib/api/contract-panel'
import { formatBytes } from './panel-sentence'

/** What is wrong with the panel's own data; each stays until it is mended. */
export function PanelTroubles({
  panel: { integrity, disk, backups },
  hideFailure,
}: {
  panel: PanelAnswer
  /** The same was just told, where it was asked for. */
  hideFailure: boolean
}) {
  return (
    <div className="flex flex-col gap-3 [&:not(:empty)]:mb-6">
      {integrity?.fault ? (
        <ErrorState
          message="A database of the panel is damaged - its disk, or its power, failed - stop the panel and restore a backup at its own machine: npm run admin -- restore."
          code="database.corrupt"
          quote={integrity.fault}
        />
      ) : null}
      {disk.level === 'ok' ? null : (
        <ErrorState
          level={disk.level === 'full' ? 'fail' : 'warn'}
          message={`The panel’s disk has ${formatBytes(disk.freeBytes)} left - ${disk.level === 'full' ? 'no new job is taken, since it could not write down what it does' : 'below 200 MiB no new job is taken'} - remove old backups here, or free space at the machine.`}
          code={disk.level === 'full' ? 'panel.no-room' : 'panel.low-room'}
        />
      )}
      {backups.failure && !hideFailure ? (
        <ErrorState
          message={
            <>
              {backups.failure.message} <Time at={backups.failure.at} />
            </>
          }
          code={backups.failure.code}
        />
      ) : null}
      {backups.away ? (
        <ErrorState level="unknown" message={backups.away} code="backup.folder-away" />
      ) : null}
    </div>
  )
}

import Link from 'next/link'
import { buttonClass } from '@/components/ui/button-class'
import { StateWord } from '@/components/ui/states'
import { pages } from '@/lib/api/paths'
import type { Cluster } from '@/lib/topology/topology'
import { available } from './add-on-view'

/** What the catalogue has beside; it is added in the drawing, where its settings are. */
export function AvailableList({
  topologyId,
  clusterId,
  cluster,
}: {
  topologyId: string
  clusterId: string
  cluster: Cluster
}) {
  const entries = available(cluster)
  if (entries.length === 0) {
    return <p className="text-ink-2 text-prose">Everything in the catalogue is drawn already.</p>
  }
  const design = `${pages.design(topologyId)}?item=${encodeURIComponent(`clusters/${clusterId}`)}`
  return (
    <ul className="divide-y divide-line rounded-md border border-line bg-surface-1">
      {entries.map(({ entry, version, whyNot }) => (
        <li key={entry.id} className="flex min-h-row flex-wrap items-center gap-x-3 px-3 py-1.5">
          <div className="min-w-0 flex-1 basis-64">
            <span className="font-medium">{entry.name}</span>{' '}
            <span className="text-ink-2">{entry.about}</span>
            {entry.ended ? (
              <span className="block text-caption">
                <StateWord state="warn">Ended on {entry.ended.on}</StateWord>{' '}
                <span className="text-ink-2">Its makers name {entry.ended.successor}.</span>
              </span>
            ) : null}
          </div>
          {whyNot ? (
            <span className="text-caption text-ink-2">{whyNot}</span>
          ) : (
            <>
              <span className="font-mono text-caption text-ink-3">{version}</span>
              <Link
                href={design}
                aria-label={`Add ${entry.name} in the drawing`}
                className={buttonClass({ size: 'sm' })}
              >
                Add
              </Link>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

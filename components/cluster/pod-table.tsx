import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import type { ObservedCluster } from '@/lib/plan/observed'

type Pod = ObservedCluster['unwellPods'][number]

const COLUMNS: Column<Pod>[] = [
  {
    id: 'name',
    head: 'Pod',
    cell: ({ namespace, name }) => (
      <span className="break-all font-mono">
        {namespace}/{name}
      </span>
    ),
  },
  {
    id: 'reason',
    head: 'Reason',
    cell: ({ reason, message }) => (
      <>
        <StateWord state="warn">{reason}</StateWord>
        <p className="text-caption text-ink-2 sm:hidden">{message}</p>
      </>
    ),
  },
  {
    id: 'message',
    head: 'Its own words',
    from: 'sm',
    cell: ({ message }) => <span className="text-ink-2">{message}</span>,
  },
]

/** Pods that neither run well nor have ended well, in the cluster's own words. */
export const PodTable = ({ pods }: { pods: readonly Pod[] }) => (
  <Table
    caption="Pods that are not well"
    columns={COLUMNS}
    rows={pods}
    rowKey={({ namespace, name }) => `${namespace}/${name}`}
  />
)

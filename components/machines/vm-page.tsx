'use client'

import { VmConsole } from '@/components/console/vm-console'
import { Page } from '@/components/frame/page'
import { useObserved, useTopology } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { ObjectIdentity } from '@/components/settings/object-identity'
import { useIsStale } from '@/components/ui/now'
import { StaleBadge } from '@/components/ui/stale-badge'
import { StateMark } from '@/components/ui/state-mark'
import { EmptyState } from '@/components/ui/states'
import type { TopologyHead } from '@/lib/api/contract'
import type { Observed } from '@/lib/plan/observed'
import { shownVm, whenLastSeen } from './machine-rows'
import { ObjectHistory } from './object-history'
import { ObjectProblems, problemsOf } from './object-problems'
import { ObjectTabs } from './object-tabs'
import { VmAccess } from './vm-access'
import { VmButtons } from './vm-actions'
import { VmNow } from './vm-now'
import { VmWanted } from './vm-wanted'

/** Everything about one VM. */
export function VmPage({ topologyId, vm }: { topologyId: string; vm: string }) {
  const head = useTopology(topologyId)
  const looked = useObserved(topologyId)
  const answer = looked.data
  const observed = answer?.observed ?? null
  const wanted = head.data?.document.vms?.[vm]
  const seen = observed?.vms[vm]
  const stale = useIsStale(observed?.at ?? null)
  const { state, word, detail } = stale ? whenLastSeen(shownVm(seen)) : shownVm(seen)
  return (
    <Page
      title={wanted?.name ?? vm}
      kind={wanted ? `VM, ${wanted.role}` : 'VM'}
      sentence={
        answer ? (
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="inline-flex items-center gap-2">
              <StateMark state={state} /> {word}
            </span>
            {detail}
            <StaleBadge at={observed?.at ?? null} />
          </span>
        ) : undefined
      }
      actions={
        head.data && answer && (wanted || seen?.state === 'known') ? (
          <VmButtons topologyId={topologyId} topology={head.data.document} vm={vm} seen={seen} />
        ) : undefined
      }
    >
      <QueryView query={head}>
        {(data) =>
          data.document.vms?.[vm] ? (
            <QueryView query={looked}>
              {({ observed }) => <VmTabs head={data} vm={vm} observed={observed} />}
            </QueryView>
          ) : (
            <EmptyState title={`There is no VM ${vm} in the drawing`}>
              {seen?.state === 'known'
                ? `It left the drawing and is still there, as VMID ${seen.value.vmid}. A deploy leaves it alone; Destroy, in the menu above, removes it.`
                : 'It may have been removed or renamed; the history of the topology tells.'}
            </EmptyState>
          )
        }
      </QueryView>
    </Page>
  )
}

function VmTabs({
  head,
  vm,
  observed,
}: {
  head: TopologyHead
  vm: string
  observed: Observed | null
}) {
  const problems = problemsOf(head.problems, 'vms', vm)
  const seen = observed?.vms[vm]
  const guest = observed?.guests?.[vm]
  return (
    <ObjectTabs
      badges={
        problems.length > 0
          ? { problems: <span className="text-caption text-warn">{problems.length}</span> }
          : {}
      }
      contents={{
        now: <VmNow topologyId={head.id} seen={seen} guest={guest} />,
        wanted: <VmWanted head={head} vm={vm} seen={seen} />,
        problems: (
          <>
            <ObjectIdentity topologyId={head.id} kind="vm" id={vm} />
            <ObjectProblems topologyId={head.id} problems={problems} />
          </>
        ),
        history: <ObjectHistory topologyId={head.id} kind="vms" id={vm} />,
        access: (
          <>
            <VmAccess head={head} vm={vm} pinned={observed?.hostKeys?.[vm]} />
            <VmConsole topologyId={head.id} vm={vm} seen={seen} />
          </>
        ),
      }}
    />
  )
}

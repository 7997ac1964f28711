'use client'

import { Ellipsis } from 'lucide-react'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, IconButton } from '@/components/ui/button'
import { Menu } from '@/components/ui/menu'
import { ErrorState } from '@/components/ui/states'
import type { ObservedVm, Seen } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'
import { actionLabel, VM_ACTIONS, whyNotAct } from './power'
import { useVmAction } from './use-vm-action'

type Props = {
  topologyId: string
  topology: Topology
  vm: string
  seen: Seen<ObservedVm> | undefined
}

function useActions({ topologyId, topology, vm, seen }: Props) {
  const name = topology.vms?.[vm]?.name ?? vm
  const operator = useWhyNotRole('operator', { topology: topologyId })
  const admin = useWhyNotRole('admin', { topology: topologyId })
  const act = useVmAction(topologyId, vm, name)
  const actions = VM_ACTIONS.map((action) => ({
    action,
    label: actionLabel(action, name),
    reason: whyNotAct(action, topology, vm, seen) ?? (action === 'destroy' ? admin : operator),
    danger: action === 'destroy',
    run: () => act.mutate(action),
  }))
  return { name, act, actions }
}

/** What went wrong with the last press, where it was pressed. */
function Outcome({ act }: { act: ReturnType<typeof useVmAction> }) {
  if (act.error) return <FailureNote error={act.error} />
  if (act.data?.kind !== 'refused') return null
  return (
    <div className="flex flex-col gap-2">
      {act.data.refusals.map((refusal) => (
        <ErrorState
          key={refusal.code + refusal.message}
          level="warn"
          message={refusal.message}
          code={refusal.code}
        />
      ))}
    </div>
  )
}

/** All actions of one VM behind one button, for a row of a table. */
export function VmMenu(props: Props) {
  const { name, act, actions } = useActions(props)
  return (
    <>
      <Menu
        trigger={
          <IconButton
            size="sm"
            label={`Actions of ${name}`}
            busy={act.isPending}
            icon={<Ellipsis size={16} aria-hidden />}
          />
        }
        items={actions.map(({ action, label, reason, danger, run }) => ({
          id: action,
          label,
          disabledReason: reason,
          danger,
          separated: action === 'rebuild',
          onSelect: run,
        }))}
      />
      {act.error || act.data?.kind === 'refused' ? (
        <div className="mt-1 min-w-60 whitespace-normal text-left">
          <Outcome act={act} />
        </div>
      ) : null}
    </>
  )
}

/** The two that make sense now as buttons, the others in a menu. */
export function VmButtons(props: Props) {
  const { act, actions } = useActions(props)
  const running = props.seen?.state === 'known' && props.seen.value.running
  const first = actions.find(({ action }) => action === (running ? 'restart' : 'start'))
  const others = actions.filter((each) => each !== first)
  return (
    <>
      {first ? (
        <Button
          busy={act.isPending && act.variables === first.action}
          disabledReason={first.reason}
          onClick={first.run}
        >
          {first.label}
        </Button>
      ) : null}
      <Menu
        trigger={<IconButton label="More actions" icon={<Ellipsis size={16} aria-hidden />} />}
        items={others.map(({ action, label, reason, danger, run }) => ({
          id: action,
          label,
          danger,
          separated: action === 'rebuild',
          disabledReason: reason,
          onSelect: run,
        }))}
      />
      {act.error || act.data?.kind === 'refused' ? (
        <div className="basis-full">
          <Outcome act={act} />
        </div>
      ) : null}
    </>
  )
}

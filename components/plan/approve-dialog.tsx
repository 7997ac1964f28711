'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { formatEstimate } from '@/components/ui/format'
import { PlanSign } from '@/components/ui/plan-sign'
import type { Confirmation } from '@/lib/api/contract'
import type { Plan } from '@/lib/plan/plan'
import { Counts } from './counts'
import { diskChoices, nameToType, signOf } from './plan-view'

/** What approving a plan of this goal is called. */
export const VERB = {
  deploy: 'Approve & deploy',
  adopt: 'Approve & adopt',
  firewall: 'Approve & change firewall',
  rebuild: 'Approve & rebuild',
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  destroy: 'Approve & destroy',
} as const

/**
 * What a plan takes, before it is approved: objects, minutes and the way back; at level 3 the name
 * typed as well.
 */
export function ApproveDialog({
  open,
  onClose,
  plan,
  topologyName,
  busy,
  onApprove,
}: {
  open: boolean
  onClose: () => void
  plan: Plan
  topologyName: string
  busy: boolean
  onApprove: (confirmation: Confirmation) => void
}) {
  const [typed, setTyped] = useState('')
  const name = nameToType(plan, topologyName)
  const mustType = plan.level === 3
  const lostDisks = diskChoices(plan.steps).filter((disk) => disk.ticked)
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`${VERB[plan.goal.kind]} ${name}`}
      description={`It takes ${formatEstimate(plan.etaS * 1000)}. ${plan.wayBack}`}
      footer={
        <>
          <Button onClick={onClose}>Keep as it is</Button>
          <Button
            variant={mustType ? 'danger' : 'primary'}
            busy={busy}
            disabledReason={mustType && typed !== name ? `Type ${name} first.` : null}
            onClick={() => onApprove(mustType ? { typedName: typed } : {})}
          >
            {VERB[plan.goal.kind]}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Counts counts={plan.counts} />
        <ul className="max-h-60 overflow-y-auto">
          {plan.changes.map((change) => (
            <li key={change.object.join('/')} className="flex gap-2">
              <PlanSign sign={signOf(change.effect)} />
              <span>{change.name}</span>
            </li>
          ))}
        </ul>
        {plan.losses.length > 0 ? (
          <ul className="rounded-md border border-fail bg-fail/12 px-3 py-2">
            {plan.losses.map((loss) => (
              <li key={loss}>{loss}</li>
            ))}
          </ul>
        ) : null}
        {lostDisks.length > 0 ? (
          <p>
            Ticked for deletion:{' '}
            <span className="font-mono">
              {lostDisks.map((disk) => `${disk.serial} of ${disk.vm}`).join(', ')}
            </span>
          </p>
        ) : null}
        {mustType ? (
          <Field label={`Type ${name} to go on`}>
            {(control) => (
              <Input
                {...control}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoCapitalize="none"
              />
            )}
          </Field>
        ) : null}
      </div>
    </Dialog>
  )
}

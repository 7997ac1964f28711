'use client'

import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useConfirmedOnPhone } from '@/components/account/use-confirmed'
import { confirmDone } from '@/components/ui/toast'
import { client } from '@/lib/api/client'
import { pages } from '@/lib/api/paths'
import type { Goal, Refused } from '@/lib/plan/plan'
import type { VmAction } from './power'

export type VmActed =
  | { kind: 'started'; jobId: string }
  | { kind: 'needs-approval' }
  | { kind: 'refused'; refusals: Refused[] }

/**
 * Start, stop and restart are one press: the plan is made, and run as it is when its level allows.
 * What replaces or destroys something, or turns out to need more, opens its plan instead.
 */
export function useVmAction(topologyId: string, vm: string, name: string) {
  const router = useRouter()
  const confirmed = useConfirmedOnPhone()
  return useMutation({
    mutationFn: async (action: VmAction): Promise<VmActed> => {
      if (action === 'rebuild' || action === 'destroy') return { kind: 'needs-approval' }
      const goal = { kind: action, vm }
      const { result } = await client.plan(topologyId, goal)
      if (!result.ok) return { kind: 'refused', refusals: result.refusals }
      const { plan } = result
      if (plan.level > 1 || plan.steps.length === 0) return { kind: 'needs-approval' }
      const asked = { goal, revision: plan.revision, planHash: plan.hash }
      const { jobId } = await confirmed(() => client.startJob(topologyId, asked))
      return { kind: 'started', jobId }
    },
    onSuccess: (acted, action) => {
      if (acted.kind === 'needs-approval') router.push(pages.plan(topologyId, goalOf(action, vm)))
      if (acted.kind === 'started')
        confirmDone(`${name}: ${action} is queued.`, {
          label: 'Watch',
          run: () => router.push(pages.job(acted.jobId)),
        })
    },
  })
}

const goalOf = (action: VmAction, vm: string): Goal =>
  action === 'destroy' ? { kind: 'destroy', vm, disks: [] } : { kind: action, vm }

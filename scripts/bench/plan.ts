import { makePlan } from '@/lib/plan/make-plan'
import type { Observed } from '@/lib/plan/observed'
import { bigLab, CONTEXT, deployed, empty } from '@/lib/plan/testing/small-lab'
import type { Topology } from '@/lib/topology/topology'

import { type Bench, type Measured, measured } from './bench'

const RUNS = 5

/** Median and range of the time to plan a deploy. */
function measure(topology: Topology, observed: Observed, note: string): Measured {
  let steps = 0
  const times = Array.from({ length: RUNS }, () => {
    const began = performance.now()
    const result = makePlan({ kind: 'deploy' }, topology, observed, CONTEXT)
    if (!result.ok) throw new Error(result.refusals[0]?.message)
    steps = result.plan.steps.length
    return performance.now() - began
  })
  return measured(times, 1, `${note}, ${steps} steps`)
}

/** One VM in a hundred wants more memory than it has. */
function onePercent(vms: number): Measured {
  const topology = bigLab(vms)
  const observed = deployed(topology)
  const changed = Object.entries(topology.vms ?? {}).map(([id, vm], i) => {
    return [id, i % 100 === 0 ? { ...vm, memoryMib: 9216 } : vm] as const
  })
  return measure({ ...topology, vms: Object.fromEntries(changed) }, observed, '1 % changed')
}

const SIZES = [8, 1000, 10_000]

export const benches: Bench[] = [
  ...SIZES.map((vms) => ({
    name: `plan.vms_${vms}_ms`,
    unit: 'ms',
    run: async () => onePercent(vms),
  })),
  {
    name: 'plan.new_1000_ms',
    unit: 'ms',
    run: async () => measure(bigLab(1000), empty(bigLab(1000)), 'from nothing'),
  },
]

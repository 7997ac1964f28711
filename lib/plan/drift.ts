import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import type { Observed, Seen } from './observed'
import type { FieldChange } from './plan'
import { specBeside } from './spec-beside'
import { diffSpec } from './spec-diff'
import { wantVm } from './wanted-vm'

/** How one VM differs from the topology that was applied. */
export type VmDrift = {
  vm: string
  name: string
  state: Seen<unknown>['state']
  /** From what was applied to what is seen; empty when alike, absent or unknown. */
  fields: FieldChange[]
}

/**
 * Per VM, what was changed outside since `applied` (the revision a job finished): `from` is what was
 * applied, `to` what is seen. VMs that are not fully decided or not placed are left out.
 */
export function driftOf(applied: Topology, observed: Observed, context: PlanContext): VmDrift[] {
  return Object.keys(applied.vms ?? {}).flatMap((id) => {
    const wanted = wantVm(applied, id, context)
    if ('refused' in wanted) return []
    const { name } = wanted.vm
    const seen = observed.vms[id]
    if (seen?.state !== 'known')
      return { vm: id, name, state: seen?.state ?? 'unknown', fields: [] }
    const spec = specBeside(wanted, seen.value.spec)
    const fields = diffSpec(seen.value.spec, spec).fields.map((field) => ({
      ...field,
      from: field.to,
      to: field.from,
    }))
    return { vm: id, name, state: 'known' as const, fields }
  })
}

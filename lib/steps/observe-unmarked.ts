import type { ObservedUnmarked } from '@/lib/plan/observed'
import type { VmConfig } from '@/lib/proxmox/proxmox'
import { fromConfig } from '@/lib/proxmox/vm-spec'
import { markerOf } from './vm/our-vm'

/** People paste whole manuals into notes; a look is kept, and shown in a plan. */
const NOTES_MOST = 2000

/** A machine that does not carry our marker, as far as taking it over needs to know it. */
export function toUnmarked(vmid: number, node: string, config: VmConfig): ObservedUnmarked {
  const { values } = config
  return {
    ...{ vmid, node, name: values.name ?? `VM ${vmid}` },
    macs: fromConfig(values).nics.flatMap(({ mac }) => (mac === '' ? [] : mac)),
    notes: (values.description ?? '').slice(0, NOTES_MOST),
    marker: markerOf(config),
    lock: values.lock ?? null,
    template: values.template === '1',
  }
}

import { markedNotes, takenOverMarker } from '@/lib/plan/marker'
import type { StepArgs } from '@/lib/plan/step'
import { ProxmoxError } from '@/lib/proxmox/errors'
import { fromConfig } from '@/lib/proxmox/vm-spec'
import type { StepHandler } from '../handler'
import { markerOf } from './our-vm'

/**
 * Adds the marker to the notes of a machine that somebody else made. It is the one step that writes to
 * what is not ours, so it looks twice: the machine must have one of the MACs that were approved (or,
 * without any, the name) and nobody else's marker, and the write fails if somebody wrote meanwhile.
 */
export const vmAdopt: StepHandler<StepArgs['vm.adopt']> = {
  async check({ ref }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    const config = await proxmox.findConfig(ref.at.node, ref.vmid)
    return config !== null && markerOf(config) === ref.marker
  },

  async apply({ ref, macs, made }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    const { node } = ref.at
    const config = await proxmox.getConfig(node, ref.vmid)
    const { values, digest } = config
    const has = fromConfig(values).nics.map(({ mac }) => mac)
    const same = macs.length > 0 ? macs.some((mac) => has.includes(mac)) : values.name === ref.name
    if (!same || values.template === '1')
      throw new ProxmoxError(
        'proxmox.vmid-taken',
        `VMID ${ref.vmid} on ${node} is another machine now than the one that was approved - nothing was written - read My Proxmox again.`,
      )
    const other = markerOf(config)
    if (other !== null)
      throw new ProxmoxError(
        'proxmox.vmid-taken',
        `VMID ${ref.vmid} on ${node} belongs to ${other} - nothing was written - take that line out of its notes in Proxmox if nobody manages it any more.`,
      )
    const line = made ? ref.marker : takenOverMarker(ref.marker)
    const description = markedNotes(values.description ?? '', line)
    ctx.log(`description: one line is added: ${line}`)
    await proxmox.setConfig(node, ref.vmid, { set: { description }, digest })
  },
}

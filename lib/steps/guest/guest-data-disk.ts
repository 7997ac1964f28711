import type { StepArgs } from '@/lib/plan/step'
import type { StepHandler } from '../handler'
import { dataDiskReady, mountDataDisk } from './data-disk'

/** A data disk, mounted by its filesystem's UUID. */
export const guestDataDisk: StepHandler<StepArgs['guest.data-disk']> = {
  async check({ guest, serial, mount }, ctx) {
    return dataDiskReady(await ctx.guest(guest), serial, mount)
  },
  async apply({ guest, serial, mount }, ctx) {
    await mountDataDisk(await ctx.guest(guest), ctx, { machine: guest.name, serial, mount })
  },
}

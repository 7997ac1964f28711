import type { VmRef } from '@/lib/plan/step'

/** What the serial consoles of one topology's new machines print while they boot the first time. */
export type FirstBootLines = {
  /** Reads along from now on, if nobody does yet. Never fails: why not is one of the lines. */
  watch(ref: VmRef): void
  /** The last 200 lines of a VM so far, bare text; empty where nobody read along. */
  lines(vm: string): string[]
  /** It is over: reads no more and forgets the lines. */
  end(vm: string): void
}

'use client'

import { Checkbox } from '@/components/ui/field'
import type { DiskChoice } from './plan-view'

/** Each data disk on its own: kept by default, deleted only when it is ticked. */
export const DiskTicks = ({
  disks,
  onTick,
}: {
  disks: readonly DiskChoice[]
  onTick: (serial: string, ticked: boolean) => void
}) => (
  <fieldset className="rounded-md border border-line bg-surface-1 px-3 py-2">
    <legend className="px-1 font-medium">Data disks</legend>
    <p className="mb-2 max-w-[72ch] text-ink-2">
      They are detached and kept. Tick one to delete it with everything on it, for good.
    </p>
    {disks.map((disk) => (
      <Checkbox
        key={disk.serial}
        checked={disk.ticked}
        onChange={(ticked) => onTick(disk.serial, ticked)}
        label={
          <>
            Delete <span className="font-mono">{disk.serial}</span> of {disk.vm}
          </>
        }
      />
    ))}
  </fieldset>
)

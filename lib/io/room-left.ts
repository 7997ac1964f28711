import { statfs } from 'node:fs/promises'
import { PanelError } from '@/lib/base/errors'

/** How much room the disk of a folder has left. */
export type RoomLeft = {
  freeBytes: number
  totalBytes: number
  /** `low`: it should be looked after; `full`: no new job is taken. */
  level: 'ok' | 'low' | 'full'
}

const MIB = 2 ** 20
/** Below either, a warning. */
const LOW = { bytes: 1024 * MIB, part: 0.05 }
/** Below this a job could not store its journal to the end. */
const FULL_BYTES = 200 * MIB

/** The disk of the folder as it is now. What only root may still write does not count as free. */
export async function roomLeft(folder: string): Promise<RoomLeft> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return judgeRoom(bavail * bsize, blocks * bsize)
}

/** Which level so much free space of so much is; in bytes. Pure. */
export function judgeRoom(freeBytes: number, totalBytes: number): RoomLeft {
  const isLow = freeBytes < LOW.bytes || freeBytes < totalBytes * LOW.part
  const level = freeBytes < FULL_BYTES ? 'full' : isLow ? 'low' : 'ok'
  return { freeBytes, totalBytes, level }
}

/** Throws {@link NoRoomError} where no new job may be taken. */
export async function requireRoom(folder: string): Promise<void> {
  const { level, freeBytes } = await roomLeft(folder)
  if (level === 'full') throw new NoRoomError(Math.floor(freeBytes / MIB))
}

/** The panel's own disk is so full that a job could not write down what it does. */
export class NoRoomError extends PanelError {
  readonly code = 'panel.no-room'
  override readonly transient = true

  constructor(freeMib: number) {
    super(
      `No job is taken now - the panel's own disk has ${freeMib} MiB left, and a job has to be able to write down what it does - free some space: Settings > Panel shows what takes it.`,
    )
  }
}

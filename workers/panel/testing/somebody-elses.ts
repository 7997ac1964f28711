import { chmodSync } from 'node:fs'
import { onTestFinished } from 'vitest'

/** `nobody` of every Linux: root itself may write anywhere. */
const NOBODY = 65_534

/**
 * Makes a folder of this test's one that this process may not write to, as root too (which becomes
 * somebody else for the time). Answers how to take that back; the test's end does as well.
 */
export function somebodyElses(folder: string): () => void {
  const { seteuid } = process
  if (process.getuid?.() !== 0 || !seteuid) {
    chmodSync(folder, 0o500)
    const open = () => chmodSync(folder, 0o700)
    onTestFinished(open)
    return open
  }
  chmodSync(folder, 0o755)
  seteuid.call(process, NOBODY)
  const open = () => seteuid.call(process, 0)
  onTestFinished(open)
  return open
}

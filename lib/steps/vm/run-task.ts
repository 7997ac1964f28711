import { ProxmoxError } from '@/lib/proxmox/errors'
import type { Proxmox, Upid } from '@/lib/proxmox/proxmox'
import type { StepContext } from '../handler'

/**
 * Starts a task, notes its id, waits for its end. An attempt that was cut off after the note waits
 * for the task it started and does not start a second; only if that one failed or Proxmox forgot
 * it is it started again. `start` answers null where there is nothing to wait for.
 */
export async function runTask(
  ctx: StepContext,
  proxmox: Proxmox,
  start: () => Promise<Upid | null>,
  key = 'upid',
): Promise<void> {
  const wait = (upid: Upid, again: boolean) => {
    const log =
      ctx.replay?.(`Proxmox does it as ${upid}`, again) ?? ((line: string) => ctx.log(line))
    const warned = (count: number) =>
      ctx.log(`Proxmox is done, with ${count} warning${count === 1 ? '' : 's'} above.`, 'warn')
    return proxmox.waitForTask(upid, { log, warned, signal: ctx.signal })
  }
  const noted = ctx.notes.get(key)
  if (noted !== undefined) {
    try {
      return await wait(noted, true)
    } catch (error) {
      if (!endedBadly(error)) throw error
      ctx.log(
        `The task started before did not succeed; it is started again. (${error.message})`,
        'warn',
      )
    }
  }
  const upid = await start()
  if (upid === null) return
  await ctx.notes.set(key, upid)
  await wait(upid, false)
}

const endedBadly = (error: unknown): error is ProxmoxError =>
  error instanceof ProxmoxError &&
  (error.code === 'proxmox.task-failed' || error.code === 'proxmox.not-found')

import { pause } from '@/lib/io/pause'
import { SshError } from './errors'
import type { SharedConnection } from './pool'
import { sh } from './shell'

const BOOT_ID = sh`cat /proc/sys/kernel/random/boot_id`
const FIRST_PAUSE_MS = 250
const LAST_PAUSE_MS = 3_000

/** See GuestSession.reboot. */
export async function reboot(
  connection: SharedConnection,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<void> {
  const before = (await connection.exec(BOOT_ID, { signal })).out.trim()
  await unlessGone(connection.exec(sh`systemctl reboot`, { sudo: true, signal, timeoutMs: 20_000 }))
  connection.drop()

  const startedAt = performance.now()
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LAST_PAUSE_MS)) {
    await pause(pauseMs, signal)
    const boot = await unlessGone(connection.exec(BOOT_ID, { signal, timeoutMs: 10_000 }))
    if (boot?.code === 0 && boot.out.trim() !== before) return
    if (performance.now() - startedAt > timeoutMs)
      throw new SshError(
        'ssh.timeout',
        `${connection.name} did not come back within ${Math.round(timeoutMs / 1000)} s after its reboot - look at its console.`,
      )
  }
}

/** The answer, or null while the machine is away: that is what a reboot looks like. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof SshError && (error.transient || error.code === 'ssh.timeout')) return null
    throw error
  }
}

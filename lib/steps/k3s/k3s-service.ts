import { PanelError } from '@/lib/base/errors'
import { type K3sService, unitFile, unitPath } from '@/lib/plan/files/k3s-unit'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext } from '../handler'
import { K8sError } from '../kubernetes/k8s-error'
import { waitUntil } from '../wait'
import { followJournal } from './journal'
import { knownFault, messageOf } from './k3s-error'

/** A file that k3s reads when it starts. */
export type K3sFile = { path: string; content: string; mode: '0600' | '0644' }

export type BringUp = {
  service: K3sService
  files: readonly K3sFile[]
  /** Whether the outcome is there; a transient error is "not yet". */
  isUp(): Promise<boolean>
  /** `edge-agent did not join edge`. */
  failure: string
}

/** Images are in the release; only etcd and a slow disk take their time. */
const LIMIT_MS = 600_000

/** Whether a unit of k3s runs and has told systemd so. */
export const runs = async (session: GuestSession, service: K3sService): Promise<boolean> =>
  (await stateOf(session, service)) === 'active'

const stateOf = async (session: GuestSession, service: K3sService): Promise<string> =>
  (await session.run(sh`systemctl is-active ${service}`)).out.trim()

/**
 * Starts k3s with these files and waits until it is up. Nothing is restarted that runs with them
 * already, so that a worker that comes after a killed one waits for what that began. systemd starts
 * k3s again by itself for as long as it fails; a fault that will not pass ends the wait at once.
 */
export async function bringUp(session: GuestSession, ctx: StepContext, up: BringUp): Promise<void> {
  const { service } = up
  const unit: K3sFile = { path: unitPath(service), content: unitFile(service), mode: '0644' }
  const changed = await writeChanged(session, [...up.files, unit])
  const journal = await followJournal(session, service)
  await session.must(sh`systemctl daemon-reload`, { sudo: true })
  await session.must(sh`systemctl enable ${service}`, { sudo: true })
  if (changed || !['active', 'activating', 'reloading'].includes(await stateOf(session, service)))
    await session.must(sh`systemctl restart --no-block ${service}`, { sudo: true })
  let last = 'it says nothing'
  const notUp = (when: string) =>
    new K8sError(
      service === 'k3s' ? 'k8s.init-failed' : 'k8s.join-failed',
      `${up.failure} ${when}. Its last words: ${last}. Look at "journalctl -u ${service}" there.`,
    )
  await waitUntil(
    async () => {
      for (const line of await journal.next()) {
        const bad = /\blevel=(fatal|error)\b/.test(line)
        ctx.log(line, bad ? 'warn' : 'debug')
        if (bad || /not ready|not found/.test(line)) last = messageOf(line)
        const fault = knownFault(up.failure, line)
        if (fault) throw fault
      }
      if (await notYetIfTransient(up.isUp)) return true
      if ((await stateOf(session, service)) === 'failed') throw notUp('and systemd gave it up')
      return false
    },
    {
      everyMs: 2000,
      timeoutMs: LIMIT_MS,
      signal: ctx.signal,
      now: ctx.now,
      onTimeout: () => notUp(`within ${LIMIT_MS / 60_000} min`),
    },
  )
}

async function notYetIfTransient(isUp: () => Promise<boolean>): Promise<boolean> {
  try {
    return await isUp()
  } catch (error) {
    // The API goes away for a moment whenever a server starts.
    if (error instanceof PanelError && error.transient) return false
    throw error
  }
}

/** Writes those that are not there as they should be; whether there were any. */
async function writeChanged(session: GuestSession, files: readonly K3sFile[]): Promise<boolean> {
  let changed = false
  for (const { path, content, mode } of files) {
    if ((await session.readFile(path)) === content) continue
    changed = true
    await session.writeFile(path, content, { mode })
  }
  return changed
}

import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import type { StepContext } from '../handler'
import { waitUntil } from '../wait'
import { GuestError } from './guest-error'
import { longRun } from './long-run'

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders.
const DPKG_FORMAT = '${Package} ${Version} ${db:Status-Status}\\n'
const LOCK_WAIT_S = 600
const LOCKED =
  /Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock directory/

/** What apt's own words mean, first match wins (apt 2.6 and 3.0, measured; T1, T2 of Kubernetes' repository). */
function aptError(machine: string, what: string, said: string): GuestError {
  const quoted = said.trim().split('\n').slice(-3).join(' ')
  if (LOCKED.test(said)) {
    return new GuestError(
      'guest.apt-locked',
      `${machine} could not ${what}: another package manager holds its lock. It is asked again by itself. ${quoted}`,
    )
  }
  if (/NO_PUBKEY|EXPKEYSIG|sqv returned an error|not signed/.test(said)) {
    return new GuestError(
      'guest.apt-signature',
      `${machine} could not ${what}: the repository's signature is not accepted, its key is missing or has expired. ${quoted}`,
    )
  }
  if (
    /Could not resolve|Temporary failure resolving|Failed to fetch|Connection (timed out|refused)/.test(
      said,
    )
  ) {
    return new GuestError(
      'guest.apt-unreachable',
      `${machine} could not ${what}: the package server does not answer. Check the network's gateway and DNS. ${quoted}`,
    )
  }
  return new GuestError('guest.apt-failed', `${machine} could not ${what}. ${quoted}`)
}

/** Installed version of each package, null for one that is not installed. */
export async function installedVersions(
  session: GuestSession,
  packages: readonly string[],
): Promise<Record<string, string | null>> {
  // Exits 1 if one is unknown and still lists the others.
  const { out } = await session.run(sh`dpkg-query -W -f ${DPKG_FORMAT} ${packages}`)
  const lines = out.split('\n').map((line) => line.split(' '))
  return Object.fromEntries(
    packages.map((name) => {
      const found = lines.find(([each, , status]) => each === name && status === 'installed')
      return [name, found?.[1] ?? null]
    }),
  )
}

/**
 * Refreshes the package lists. `DPkg::Lock::Timeout` has no effect on the lists' lock (measured on
 * apt 2.6), so the wait is ours.
 */
export async function aptUpdate(session: GuestSession, ctx: StepContext, machine: string) {
  let said = ''
  await waitUntil(
    async () => {
      const { code, out, err } = await session.run(sh`apt-get update -q`, {
        sudo: true,
        timeoutMs: 300_000,
        signal: ctx.signal,
        onLine: (line) => ctx.log(line, 'debug'),
      })
      said = `${out}\n${err}`
      // A key that is not accepted is a warning to apt, and the repository is left out.
      if (code === 0 && !/^(E:|W: .*(NO_PUBKEY|EXPKEYSIG|sqv returned))/m.test(said)) return true
      if (!LOCKED.test(said)) throw aptError(machine, 'refresh its package lists', said)
      ctx.log('Another package manager is at work; waiting for it.')
      return false
    },
    {
      everyMs: 3000,
      timeoutMs: LOCK_WAIT_S * 1000,
      signal: ctx.signal,
      now: ctx.now,
      onTimeout: () => aptError(machine, 'refresh its package lists', said),
    },
  )
}

/** Installs packages (`name` or `name=version`) without asking anybody; waits for the dpkg lock. */
export async function aptInstall(
  session: GuestSession,
  ctx: StepContext,
  machine: string,
  packages: readonly string[],
): Promise<void> {
  const { code, out, err } = await longRun(
    session,
    ctx,
    'apt-install',
    sh`env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get install -y -q --no-install-recommends --allow-change-held-packages -o ${`DPkg::Lock::Timeout=${LOCK_WAIT_S}`} -o Dpkg::Options::=--force-confold ${packages}`,
    1_200_000,
  )
  if (code !== 0) throw aptError(machine, `install ${packages.join(', ')}`, `${out}\n${err}`)
}

import { expect, test } from 'vitest'
import type { GuestSession, RunResult } from '@/lib/ssh/session'
import type { StepContext } from '../handler'
import { aptUpdate, installedVersions } from './apt'

/** A session whose commands are answered one after the other; the last answer stays. */
function sessionOf(...answers: Partial<RunResult>[]): GuestSession {
  let asked = 0
  const run = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)]
    asked += 1
    return { code: 0, out: '', err: '', ...answer }
  }
  return { run } as unknown as GuestSession
}

const lines: string[] = []
const ctx = {
  log: (line: string) => void lines.push(line),
  signal: AbortSignal.timeout(15_000),
  now: () => Date.now(),
} as unknown as StepContext

const update = (...answers: Partial<RunResult>[]) => aptUpdate(sessionOf(...answers), ctx, 'm1')

test('a list that could not be had and is not needed does not fail an update', async () => {
  await update({ out: 'Err:1 file:/opt/repository ./ Translation-en\nReading package lists...' })
})

test.each<[what: string, answer: Partial<RunResult>, code: string]>([
  [
    'a key that is not accepted, which apt only warns of',
    { err: 'W: GPG error: https://pkgs.k8s.io: NO_PUBKEY 234654DA9A296436' },
    'guest.apt-signature',
  ],
  [
    "the same in apt 3's words",
    { err: 'W: OpenPGP signature verification failed: sqv returned an error code (1)' },
    'guest.apt-signature',
  ],
  [
    'no way out',
    { code: 100, err: "E: Failed to fetch http://x Temporary failure resolving 'x'" },
    'guest.apt-unreachable',
  ],
  ['anything else', { code: 100, err: 'E: The repository is broken' }, 'guest.apt-failed'],
])('%s', async (_what, answer, code) => {
  await expect(update(answer)).rejects.toMatchObject({ code })
})

test('a lock is waited for, and told', async () => {
  const locked = { code: 100, err: 'E: Could not get lock /var/lib/apt/lists/lock.' }
  await update(locked, locked, {})
  expect(lines).toContain('Another package manager is at work; waiting for it.')
})

test('a package counts as installed only if dpkg says so', async () => {
  const out = 'haproxy 2.4.29-0ubuntu0.22.04.1 installed\ncurl 7.81.0-1 config-files'
  const session = sessionOf({ code: 1, out, err: 'dpkg-query: no packages found matching x' })
  expect(await installedVersions(session, ['haproxy', 'curl', 'x'])).toEqual({
    ...{ haproxy: '2.4.29-0ubuntu0.22.04.1', curl: null, x: null },
  })
})

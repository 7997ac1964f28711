import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import type { Secret } from '@/lib/base/secret'
import { GitError } from './errors'

/**
 * Where programs are looked for: the system's folders and no other, whatever the panel was started
 * with (a `PATH` of a person's shell may begin with a folder that others can write to).
 */
const CHILD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin'

/** A program that was told to stop and does not is ended after this long. */
const GRACE_MS = 3_000

/** Who signs in over HTTPS. */
export type GitCredential = { username: string; token: Secret }

export type GitRun = {
  /** `git` or `ssh-keyscan`. */
  program?: 'git' | 'ssh-keyscan'
  args: readonly string[]
  cwd: string
  /** Beside what every run has; nothing secret. */
  env?: Record<string, string>
  stdin?: string
  /** Handed over through a pipe that only this child has, and only when Git asks. */
  credential?: GitCredential | null
  signal?: AbortSignal
  timeoutMs: number
  /** Standard output beyond it ends the run (`git.too-much`). */
  mostBytes?: number
}

export type GitRan = { code: number; stdout: Buffer; stderr: string }

const MIB = 1024 * 1024

/**
 * Git's own settings for every run: nothing of this machine's configuration, no hooks, no prompts, no
 * redirects to a server that would get the token too, nothing in the background.
 */
const SETTINGS = [
  ...['core.hooksPath=/dev/null', 'http.followRedirects=false', 'credential.helper='],
  ...['gc.autoDetach=false', 'maintenance.auto=false', 'protocol.version=2'],
  ...['core.fsmonitor=false', 'log.showSignature=false', 'transfer.bundleURI=false'],
  ...['core.autocrlf=false', 'core.safecrlf=false', 'commit.gpgSign=false', 'push.gpgSign=false'],
].flatMap((each) => ['-c', each])

/**
 * A helper that Git runs when a server asks who is there. It reads the answer from descriptor 3,
 * which is a pipe from this process: the token is in no argument, no environment and no file.
 */
const HELPER = `credential.helper=!f() { if [ "$1" = get ]; then cat <&3; fi; }; f`

/**
 * Runs Git in an environment of its own and gives what it wrote, whatever its exit code. Throws
 * `git.not-found`, `git.timeout`, `git.too-much`, and `git.cancelled` when the signal ends it.
 */
export async function runGit(run: GitRun): Promise<GitRan> {
  const { program = 'git', args, cwd, env = {}, stdin, credential, signal } = run
  signal?.throwIfAborted()
  const own = program === 'git' ? [...SETTINGS, ...(credential ? ['-c', HELPER] : [])] : []
  const child = spawn(program, [...own, ...args], {
    cwd,
    env: { ...baseEnvironment(cwd), ...env },
    stdio: ['pipe', 'pipe', 'pipe', credential ? 'pipe' : 'ignore'],
    // A group of its own: what Git starts (ssh, git-remote-https) ends with it.
    detached: true,
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  let bytes = 0
  let ended: GitError | null = null
  const stop = (error: GitError) => {
    ended ??= error
    kill(child.pid, 'SIGTERM')
    setTimeout(() => kill(child.pid, 'SIGKILL'), GRACE_MS).unref()
  }
  const onAbort = () => stop(new GitError('git.cancelled', 'Git was stopped.', signal?.reason))
  signal?.addEventListener('abort', onAbort, { once: true })
  const late = setTimeout(() => stop(tooLate(args, run.timeoutMs)), run.timeoutMs)
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > (run.mostBytes ?? 16 * MIB)) stop(tooMuch(args))
    else out.push(chunk)
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    err.push(chunk)
    while (err.length > 200) err.shift()
  })
  give(child.stdin as unknown as Duplex, stdin ?? '')
  if (credential) {
    const { username, token } = credential
    give(child.stdio[3] as unknown as Duplex, `username=${username}\npassword=${token.reveal()}\n`)
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? notFound(program, error) : error)
    })
    child.once('close', (exit) => resolve(exit ?? 143))
  }).finally(() => {
    clearTimeout(late)
    signal?.removeEventListener('abort', onAbort)
  })
  if (ended) throw ended
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') }
}

const baseEnvironment = (home: string): NodeJS.ProcessEnv => ({
  NODE_ENV: 'production',
  PATH: CHILD_PATH,
  LANG: 'C.UTF-8',
  LC_ALL: 'C',
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '/bin/false',
  GIT_ALLOW_PROTOCOL: 'https:ssh',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  // Nothing above the copy is taken for a repository.
  GIT_CEILING_DIRECTORIES: home,
})

function give(pipe: Duplex, text: string): void {
  pipe.on('error', () => {
    // The child ended before it read everything; its exit code tells why.
  })
  pipe.end(text)
}

/** The whole group; one that is gone already is what was wanted. */
function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const notFound = (program: string, cause: unknown) =>
  new GitError(
    'git.not-found',
    `There is no ${program} on the panel's machine - Git is kept in step with it - install it ("apt install git openssh-client").`,
    cause,
  )

const tooLate = ([verb]: readonly string[], ms: number) =>
  new GitError(
    'git.timeout',
    `Git ${verb} did not end within ${Math.round(ms / 1000)} s - the server or the line is slow, or the repository is very large - it is tried again.`,
  )

const tooMuch = ([verb]: readonly string[]) =>
  new GitError(
    'git.too-much',
    `Git ${verb} gave more than the panel reads - look at the repository.`,
  )

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { HelmError, helmCode } from './errors'
import { findExecutable } from './executable'

/** A Helm that was told to stop and does not is ended after this long. */
const GRACE_MS = 10_000

export type HelmRun = {
  /** Executable; its name is what the connection's settings say. */
  path: string
  args: readonly string[]
  /** Everything the child sees. Nothing secret: the kubeconfig is a file. */
  env: NodeJS.ProcessEnv
  /** The way values travel. */
  stdin?: string
  log?(line: string): void
  signal?: AbortSignal
  /** Default 10 s. */
  graceMs?: number
}

/**
 * Runs Helm and gives its standard output. Throws `helm.not-found` if there is no such executable,
 * `helm.cancelled` when the signal ends it, else what {@link helmCode} makes of its last lines.
 */
export async function runHelm({
  path,
  args,
  env,
  stdin,
  log,
  signal,
  graceMs = GRACE_MS,
}: HelmRun): Promise<string> {
  signal?.throwIfAborted()
  const { command, before } = await findExecutable(path)
  const child = spawn(command, [...before, ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const out: string[] = []
  const err: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    out.push(line)
    log?.(line)
  })
  createInterface({ input: child.stderr }).on('line', (line) => {
    err.push(line)
    log?.(line)
  })
  let killing: NodeJS.Timeout | undefined
  const stop = () => {
    child.kill('SIGTERM')
    killing ??= setTimeout(() => child.kill('SIGKILL'), graceMs)
  }
  signal?.addEventListener('abort', stop, { once: true })
  child.stdin.on('error', () => {
    // The child ended before it read everything; its exit code tells why.
  })
  child.stdin.end(stdin ?? '')

  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'ENOENT'
          ? new HelmError(
              'helm.not-found',
              `There is no Helm at "${path}". Install Helm 3.13 or later on the panel's machine, or set its path in Settings > Connections.`,
              error,
            )
          : error,
      )
    })
    child.once('close', resolve)
  }).finally(() => {
    signal?.removeEventListener('abort', stop)
    clearTimeout(killing)
  })

  if (signal?.aborted) {
    throw new HelmError('helm.cancelled', 'Helm was stopped before it finished.', signal.reason)
  }
  if (code !== 0) {
    const said = err.slice(-5).join(' ').trim() || `it ended with code ${code} and said nothing`
    throw new HelmError(helmCode(said), `Helm ${args[0]} failed: ${said}`)
  }
  return out.join('\n')
}

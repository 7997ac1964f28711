import { pause } from '@/lib/io/pause'
import { SshError } from './errors'
import { lineReader } from './lines'
import type { SharedConnection } from './pool'
import type { RunOptions, RunResult } from './session'
import { type ShellText, sh } from './shell'

const LOG_FOLDER = '/var/log/drawbridge'
const TIMEOUT_MS = 30 * 60_000
const FIRST_PAUSE_MS = 150
const LAST_PAUSE_MS = 2_000
/** How long a guest that went away (reboot, network) is waited for before the step is given up. */
const PATIENCE_MS = 120_000

type UnitState = {
  /** systemd's ActiveState; `exited` when it ended well and is kept for us, `gone` when not loaded. */
  active: string
  status: number
}

/** The transient unit that a long command of this name runs as, without `.service`. */
export const unitOf = (name: string): string => `drawbridge-${name.replaceAll(/[^\w-]/g, '-')}`

/** See GuestSession.runLong in `session.ts`. */
export async function runLong(
  connection: SharedConnection,
  name: string,
  command: ShellText,
  options: Omit<RunOptions, 'stdin'> = {},
): Promise<RunResult> {
  const unit = unitOf(name)
  const log = `${LOG_FOLDER}/${unit}.log`
  const { signal } = options
  try {
    const before = await stateOf(connection, unit, signal)
    if (!isThere(before)) await start(connection, unit, log, command, signal)
    const result = await follow(connection, unit, log, options)
    await forget(connection, unit)
    return result
  } catch (error) {
    if (signal?.aborted && isCancel(signal.reason)) await forget(connection, unit)
    throw error
  }
}

/** The worker's own reason of stopping a job: `cancel`, not `lease-lost` or `shutdown`. */
const isCancel = (why: unknown) => (why as { reason?: unknown } | null)?.reason === 'cancel'

const isThere = ({ active }: UnitState) =>
  ['active', 'activating', 'deactivating', 'reloading', 'exited', 'failed'].includes(active)

async function start(
  connection: SharedConnection,
  unit: string,
  log: string,
  command: ShellText,
  signal?: AbortSignal,
): Promise<void> {
  const steps = [
    // kubeadm prints its join token and the key of the certificates.
    sh`mkdir -p -m 0700 ${LOG_FOLDER}`,
    sh`rm -f ${log}`,
    sh`systemd-run --unit=${unit} --property=RemainAfterExit=yes --property=${`StandardOutput=append:${log}`} --property=${`StandardError=append:${log}`} sh -c ${String(command)}`,
  ]
  for (const step of steps) {
    const { code, err } = await connection.exec(step, { sudo: true, signal })
    // Somebody (an earlier attempt that lost its answer) started it meanwhile: attach.
    if (code !== 0 && /already (exists|loaded)/.test(err)) return
    if (code !== 0)
      throw new SshError(
        'ssh.command-failed',
        `${connection.name} could not start ${unit}: ${err || `exit ${code}`}`,
      )
  }
}

async function follow(
  connection: SharedConnection,
  unit: string,
  log: string,
  { onLine, timeoutMs = TIMEOUT_MS, signal }: Omit<RunOptions, 'stdin'>,
): Promise<RunResult> {
  const startedAt = performance.now()
  let heardAt = startedAt
  let offset = 0
  const kept: string[] = []
  const lines = lineReader((line) => {
    kept.push(line)
    onLine?.(line, 'out')
  })
  const readOn = async () => {
    const bytes = await readFrom(connection, log, offset, signal)
    offset += bytes.length
    lines.push(bytes)
    return bytes.length > 0
  }
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LAST_PAUSE_MS)) {
    signal?.throwIfAborted()
    const state = await unlessAway(async () => {
      const seen = await stateOf(connection, unit, signal)
      if (await readOn()) pauseMs = FIRST_PAUSE_MS
      return seen
    }, heardAt)
    if (state) heardAt = performance.now()
    const code = state && exitOf(state, connection.name, unit)
    if (code !== null) {
      await readOn() // What it wrote between the two looks.
      lines.end()
      return { code, out: kept.join('\n'), err: '' }
    }
    if (performance.now() - startedAt > timeoutMs)
      throw new SshError(
        'ssh.timeout',
        `${unit} on ${connection.name} still runs after ${Math.round(timeoutMs / 60_000)} min - its output is in ${log} there.`,
      )
    await pause(pauseMs, signal)
  }
}

/** The answer, or null while the guest is away and was heard of not long ago. */
async function unlessAway<T>(look: () => Promise<T>, heardAt: number): Promise<T | null> {
  try {
    return await look()
  } catch (error) {
    const away = error instanceof SshError && error.transient
    if (!away || performance.now() - heardAt > PATIENCE_MS) throw error
    return null
  }
}

/** Its exit code, or null while it runs. */
function exitOf({ active, status }: UnitState, name: string, unit: string): number | null {
  if (active === 'exited') return status
  if (active === 'failed') return status || 1
  // Transient units do not survive a reboot, and ours does not end by itself (RemainAfterExit).
  if (active === 'gone')
    throw new SshError(
      'ssh.disconnected',
      `${name} was restarted while ${unit} ran - it is begun again.`,
    )
  return null
}

async function stateOf(
  connection: SharedConnection,
  unit: string,
  signal?: AbortSignal,
): Promise<UnitState> {
  const { out, err, code } = await connection.exec(
    sh`systemctl show -p LoadState -p ActiveState -p SubState -p ExecMainStatus ${`${unit}.service`}`,
    { signal },
  )
  if (code !== 0)
    throw new SshError(
      'ssh.command-failed',
      `${connection.name} cannot tell the state of ${unit}: ${err || `exit ${code}`}`,
    )
  const values = new Map(out.split('\n').map((line) => splitOnce(line)))
  const [load, active, sub] = ['LoadState', 'ActiveState', 'SubState'].map((key) => values.get(key))
  return {
    active:
      load === 'not-found' || active === 'inactive'
        ? 'gone'
        : active === 'active' && sub === 'exited'
          ? 'exited'
          : (active ?? ''),
    status: Number(values.get('ExecMainStatus') || 0),
  }
}

const splitOnce = (line: string): [string, string] => {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1)]
}

/** Bytes of the log from an offset on; none while there is no file. */
async function readFrom(
  connection: SharedConnection,
  log: string,
  offset: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  await connection.exec(sh`tail -c ${`+${offset + 1}`} ${log}`, {
    sudo: true,
    signal,
    onChunk: (chunk) => chunks.push(chunk),
  })
  return Buffer.concat(chunks)
}

/** Stops it if it runs and clears its name, so that the next call starts anew. Its log stays. */
async function forget(connection: SharedConnection, unit: string): Promise<void> {
  await connection.exec(sh`systemctl stop ${`${unit}.service`}`, { sudo: true })
  await connection.exec(sh`systemctl reset-failed ${`${unit}.service`}`, { sudo: true })
}
